"""What the product does, apart from the platform that starts it."""
