"""How senders prove who they are: one file for each way, and `names` to choose one by."""
