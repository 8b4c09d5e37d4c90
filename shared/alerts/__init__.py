"""Alerts: what people's own tools are told of our events, besides Event Grid."""
