"""Measurements, one module each; what they measure against runs in a process of its own."""
