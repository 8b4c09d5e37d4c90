"""What Exchange last said of all devices: runs, their pages, and the picture they leave."""
