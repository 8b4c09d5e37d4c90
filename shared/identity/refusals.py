"""
What Entra ID's refusals of a certificate mean, and what to do.

The numbers pick a help text and little else: Microsoft warns that they may change. Only
those that say "this certificate, not this app" make us try another version of it.
"""

from collections.abc import Sequence

from shared.credentials.aadsts import finding_of
from shared.credentials.advice import ADVICE
from shared.credentials.findings import Found

# The certificate is not registered (yet), is not the registered one, has expired or was revoked.
OF_THE_CERTIFICATE = frozenset({700027, 7000274, 50012, 1000502, 7000214, 7000277})
OF_THE_CREDENTIAL = "invalid_client"  # the error beside them
TRANSIENT = frozenset({50000, 90006, 90012, 90024, 90033})


class Refused(Found):
    """Entra ID refused; `codes` are its AADSTS numbers."""

    def __init__(self, codes: Sequence[int], error: str, trace: str) -> None:
        self.codes = frozenset(codes)
        self.error = error
        named = ", ".join(f"AADSTS{code}" for code in codes) or error
        finding = finding_of(codes)
        remedy = ADVICE[finding].remedy
        super().__init__(finding, f"Entra ID refused the sign-in ({named}): {remedy} ({trace})")

    @property
    def is_of_the_certificate(self) -> bool:
        """Whether another version of the certificate may do better."""
        return self.error == OF_THE_CREDENTIAL and bool(self.codes & OF_THE_CERTIFICATE)
