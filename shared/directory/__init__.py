"""Microsoft Graph: our app's registration, and the keys it may sign in with."""
