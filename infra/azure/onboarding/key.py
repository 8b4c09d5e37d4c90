"""The public certificate among the keys that the application may sign in with."""

import base64
from dataclasses import dataclass
from hashlib import sha256

from infra.azure.onboarding import record
from infra.azure.onboarding.application import WRITING, refreshed
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.registered import Registered
from infra.azure.onboarding.steps import Kind, Standing
from shared.errors import NotFound

MARK = "key-"  # and the certificate's SHA-256 thumbprint


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStep:
    """
    Registers the certificate beside those that are there.

    By a change of the whole list, as long as the application cannot roll its own keys:
    Graph's addKey takes a proof that only a registered key can give.
    """

    graph: Graph
    known: Known

    @property
    def marks(self) -> frozenset[str]:
        """What the record calls this very certificate."""
        return frozenset({f"{MARK}{_thumbprint(self.known.certificate)}"})

    def look(self) -> Standing:
        """See whether the certificate is registered."""
        if not self.known.certificate:
            return Standing(Kind.CREATE, "certificate registered on the application")
        says = f"certificate {_thumbprint(self.known.certificate)[:16]} on the application"
        if (found := self._application()) is None:
            return Standing(Kind.CREATE, says)
        if any(key.is_of(self.known.certificate) for key in found.keys):
            return Standing(Kind.IN_PLACE, says)
        beside = f" beside {len(found.keys)} that stay" if found.keys else ""
        return Standing(Kind.CREATE, says + beside)

    def apply(self) -> None:
        """Add the certificate to the list."""
        if (found := self.known.application) is None:
            raise NotFound("the application is not there yet")
        new = {
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
            "key": base64.b64encode(self.known.certificate).decode(),
        }
        body = {"keyCredentials": [*found.raw_keys, new]}
        self.graph.change(found.path, body, needs=WRITING)

    def leftover(self) -> str:
        """Say whether a key of ours is on somebody else's application."""
        kept = self._without_ours()
        return "" if kept is None else "the certificate on the application"

    def undo(self) -> None:
        """Take our key off an application that stays; every other key stays."""
        kept = self._without_ours()
        if kept is not None and (found := self.known.application):
            self.graph.change(found.path, {"keyCredentials": kept}, needs=WRITING)

    def _application(self) -> Registered | None:
        if (found := self.known.application) is not None:
            self.known.application = refreshed(self.graph, found)
        return self.known.application

    def _without_ours(self) -> list[dict[str, object]] | None:
        """Return the keys without those we registered; None if there is nothing to take."""
        found = self.known.application
        if found is None or self.known.is_our_application:
            return None
        ours = {mark.removeprefix(MARK) for mark in record.marks(found.tags, MARK)}
        going = {key.key_id for key in found.keys if key.thumbprint_sha256 in ours}
        kept = [raw for raw in found.raw_keys if raw.get("keyId") not in going]
        return None if len(kept) == len(found.raw_keys) else kept


def _thumbprint(der: bytes) -> str:
    return sha256(der).hexdigest()
