"""The audit, taken out of its storage account and verified where nobody else can reach it."""
