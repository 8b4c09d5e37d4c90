"""Set a tenant up for the app, one step after the other, and take it back."""
