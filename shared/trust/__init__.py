"""What a tenant trusts its users' certificates by, and whether that holds. Pure: no I/O."""
