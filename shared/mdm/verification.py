"""Whoever sends must prove who it is; how, differs. Here is what all the ways have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call

VerifiedBody = NewType("VerifiedBody", bytes)


class Claim(Protocol):
    """What a call claims about itself."""

    @property
    def delivery_id(self) -> str:
        """The sender's own id for the delivery, kept over its retries; empty if it has none."""
        ...

    def holds(self, secret: str) -> bool:
        """Tell whether the secret bears it out; Misconfigured if the secret can prove nothing."""
        ...


class Scheme(Protocol):
    """One way in which senders prove who they are."""

    def claim(self, call: Call, now: datetime) -> Claim:
        """Return what is claimed, or raise Unverified if no secret could make it true."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A call whose sender is proved."""

    call: Call
    body: VerifiedBody
    delivery_id: str  # empty if the sender names none
    secret: LiveSecret


def verify(claim: Claim, call: Call, secrets: Sequence[LiveSecret]) -> Verified:
    """Return the proved call and the secret that proves it, or raise Unverified."""
    useless: Misconfigured | None = None
    tried = 0
    for secret in secrets:
        try:
            holds = claim.holds(secret.value)
        except Misconfigured as failure:
            useless = failure
            continue
        tried += 1
        if holds:
            body = VerifiedBody(call.body)
            return Verified(call=call, body=body, delivery_id=claim.delivery_id, secret=secret)
    if useless is not None and not tried:
        raise useless
    raise Unverified("nothing that the sender gave matches a live secret")
