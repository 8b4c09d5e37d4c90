"""TRIGGER: the only code that knows azure.functions."""
