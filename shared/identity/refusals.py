"""
What Entra ID's refusals of a certificate mean, and what to do.

The numbers pick a help text and nothing else: Microsoft warns that they may change. Only
those that say "this certificate, not this app" make us try another version of it.
"""

from collections.abc import Sequence

from shared.errors import Misconfigured

# The certificate is not registered (yet), is not the registered one, has expired or was revoked.
OF_THE_CERTIFICATE = frozenset({700027, 7000274, 50012, 1000502, 7000214, 7000277})
TRANSIENT = frozenset({50000, 90006, 90012, 90024, 90033})

REMEDIES = {
    700027: "register the public part of this very certificate version on the app; if that has "
    "just been done, wait a few minutes",
    7000274: "register the public part of this very certificate version on the app",
    50012: "register the public part of this very certificate version on the app",
    1000502: "renew the certificate and register it, and check the clock of this machine",
    7000214: "the certificate was revoked: issue and register a new one",
    7000277: "the certificate was revoked: issue and register a new one",
    700024: "check the clock of this machine",
    700016: "check client_id, and that the enterprise application exists in this tenant",
    7000112: "enable the enterprise application",
    700025: "turn off public client flows for the app registration",
    500011: "check that the tenant has Exchange Online",
    90002: "check tenant_id and CLOUD",
    90038: "the tenant is in another cloud: set CLOUD",
    53003: "a Conditional Access policy for workload identities blocks this app's address",
}


class Refused(Misconfigured):
    """Entra ID refused; `codes` are its AADSTS numbers."""

    def __init__(self, codes: Sequence[int], error: str, trace: str) -> None:
        self.codes = frozenset(codes)
        named = ", ".join(f"AADSTS{code}" for code in codes) or error
        known = [REMEDIES[code] for code in codes if code in REMEDIES]
        remedy = known[0] if known else "see Microsoft's page on AADSTS codes"
        super().__init__(f"Entra ID refused the certificate ({named}): {remedy} ({trace})")

    @property
    def is_of_the_certificate(self) -> bool:
        """Whether another version of the certificate may do better."""
        return bool(self.codes & OF_THE_CERTIFICATE)
