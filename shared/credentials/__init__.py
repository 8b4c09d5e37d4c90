"""DECIDE: what the app signs in with, how long it lasts, whether it works, what follows it."""
