"""Who we are: the certificate in the vault and the tokens it earns."""
