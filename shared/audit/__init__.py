"""The audit: what was decided, by whom and on whose word, in a chain that nobody bends unseen."""
