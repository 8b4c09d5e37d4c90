"""STORY: one file for each reason this app exists; start reading here."""
