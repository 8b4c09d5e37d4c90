"""The world around the app: for real in azure, on this machine in local."""
