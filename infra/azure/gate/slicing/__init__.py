"""Cuts the Azure resource types that the templates use out of Microsoft's Python packages."""
