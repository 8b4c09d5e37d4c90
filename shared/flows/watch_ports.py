"""What the watch over certificates and webhook secrets needs from the world."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from shared.credentials.certificate import App, Certificate
from shared.credentials.expiry import Stage
from shared.credentials.mismatch import Mismatch, Noted
from shared.flows.countdown import AnnouncedStages


class Certificates(Protocol):
    """The vault's certificates."""

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return one version, or the current one; NotFound if there is none."""
        ...

    def versions(self, name: str) -> tuple[Certificate, ...]:
        """Return every version, also disabled ones."""
        ...


class Secrets(Protocol):
    """The webhook secrets of each tenant's MDMs."""

    def secret_names(self, tenant_id: str) -> Iterable[str]:
        """Return the names of the secrets, each once."""
        ...

    def secret_ends(self, name: str) -> datetime | None:
        """Return when the last live version expires; None if one has no date."""
        ...


class Announced(AnnouncedStages, Protocol):
    """What has been announced so far."""

    def mismatches(self, tenant_id: str) -> Mapping[Mismatch, Noted]:
        """Return every mismatch that was ever announced, mended or not."""
        ...

    def note(self, tenant_id: str, found: Mismatch, known: Noted) -> None:
        """Note that a mismatch was announced, or mended."""
        ...


class WatchEvents(Protocol):
    """What we tell the world about what nears its end or does not fit."""

    def certificate_expiring(
        self, app: App, certificate: Certificate, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Announce that a certificate has come to a stage on its way to expiry."""
        ...

    def webhook_secret_expiring(
        self, app: App, name: str, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Announce that a webhook secret has come to a stage on its way to expiry."""
        ...

    def certificate_mismatch(
        self, app: App, found: Mismatch, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that vault and registration do not agree."""
        ...
