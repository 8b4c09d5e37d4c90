"""EMIT: every event we send, and how it is sent."""
