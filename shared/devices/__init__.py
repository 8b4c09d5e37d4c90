"""DECIDE: pure rules about devices; no I/O, no clock, no Azure."""
