"""What azd runs when it has provisioned, and when it has deployed."""
