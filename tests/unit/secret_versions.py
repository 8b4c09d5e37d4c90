"""A vault's secrets behind the real reader of webhook secrets."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from azure.core.exceptions import HttpResponseError

from shared.identity.secrets import WebhookSecrets
from tests.unit.builders import NOW
from tests.unit.stand_ins import FakeClock

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.keyvault.secrets import SecretClient

DAY = timedelta(days=1)
FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True)
class Version:
    """One version of a secret."""

    version: str
    value: str | None
    created_on: datetime | None = NOW
    enabled: bool = True
    expires_on: datetime | None = None


@dataclass(frozen=True)
class Fetched:
    """One version of a secret, and its value."""

    properties: Version

    @property
    def value(self) -> str | None:
        """Return the value."""
        return self.properties.value


ONE = Version("1", "whsec_one", NOW - 3 * DAY)
TWO = Version("2", "whsec_two", NOW - 2 * DAY)
THREE = Version("3", "whsec_three", NOW - DAY)


def denied() -> HttpResponseError:
    """Return what the SDK raises for a missing role."""
    error = HttpResponseError("Caller is not authorized")
    error.status_code = 403
    return error


@dataclass
class FakeClient:
    """The SDK's client, as far as it is used here."""

    versions: list[Version]
    down: Exception | None = None
    listed: list[str] = field(default_factory=list)
    held: dict[str, threading.Event] = field(default_factory=dict)

    def list_properties_of_secret_versions(self, name: str) -> Iterator[Version]:
        """Yield the versions, in no order one may rely on."""
        self.listed.append(name)
        if name in self.held:
            assert self.held[name].wait(10)
        if self.down:
            raise self.down
        yield from self.versions

    def get_secret(self, name: str, version: str) -> Fetched:
        """Return a version with its value; the SDK fails for one that is disabled."""
        assert name
        (found,) = [each for each in self.versions if each.version == version]
        if not found.enabled:
            raise denied()
        return Fetched(found)


@dataclass
class Known:
    """Secrets, and the world they come from."""

    client: FakeClient = field(default_factory=lambda: FakeClient([TWO, THREE, ONE]))
    clock: FakeClock = field(default_factory=FakeClock)
    secrets: WebhookSecrets = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = WebhookSecrets(
            "https://vault.example",
            cast("TokenCredential", object()),
            self.clock,
            verify_challenge_resource=True,
            patience={},
        )
        # Its constructor makes a client of its own and takes none; nothing has been sent yet.
        self.secrets._client = cast("SecretClient", self.client)  # noqa: SLF001 - as above

    def live(self, at_most: timedelta = FIVE_MINUTES) -> tuple[str, ...]:
        """Return the values of the live versions."""
        return tuple(each.value for each in self.secrets.live("portal-secret", at_most))

    @property
    def asked(self) -> int:
        """How often the vault was asked."""
        return len(self.client.listed)
