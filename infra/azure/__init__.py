"""The app's surroundings for real: what an operator sets up and checks in Azure."""
