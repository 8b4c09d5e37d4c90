"""What a tenant's sign-in by certificate is judged by, one file for each part of it. Pure."""
