"""Intake: what each kind of MDM sender says, checked and put in our words."""
