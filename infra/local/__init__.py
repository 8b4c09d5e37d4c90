"""The app's world on loopback: real storage, simulated Microsoft services, a function host."""
