"""The app's whole world on loopback: real storage, simulated Microsoft services, a function host."""
