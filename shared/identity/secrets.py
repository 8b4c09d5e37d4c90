"""Webhook secrets: the current and the previous enabled version, remembered for a while."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.secrets import SecretClient, SecretProperties

from shared.azure_failures import translated
from shared.errors import Misconfigured, Retryable

LIVE_VERSIONS = 2
FRESH = timedelta(minutes=5)
# Whoever sends bad signatures must not be able to make us hammer the vault.
RECHECK = timedelta(seconds=30)
# While the vault is down, an old secret beats refusing every webhook.
STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    values: tuple[str, ...]
    read_at: datetime


class WebhookSecrets:
    """Reads secrets by name; one reader at a time, so that a burst asks the vault once."""

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        clock: Callable[[], datetime],
        *,
        verify_challenge_resource: bool,
    ) -> None:
        self._client = SecretClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, retry_total=2
        )
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}
        self._lock = threading.Lock()

    def live(self, name: str, at_most: timedelta = FRESH) -> tuple[str, ...]:
        """Return the live versions, newest first, as they stood at most so long ago."""
        with self._lock:
            known = self._remembered.get(name)
            age = self._clock() - known.read_at if known else STALE
            if known and age < max(at_most, RECHECK):
                return known.values
            try:
                values = self._read(name)
            except Retryable:
                if known and age < STALE:
                    return known.values
                raise
            self._remembered[name] = _Remembered(values=values, read_at=self._clock())
            return values

    def _read(self, name: str) -> tuple[str, ...]:
        with translated("Key Vault"):
            try:
                versions = [
                    version
                    for version in self._client.list_properties_of_secret_versions(name)
                    if version.enabled
                ]
                newest = sorted(versions, key=_created, reverse=True)[:LIVE_VERSIONS]
                values = [self._client.get_secret(name, each.version).value for each in newest]
            except ResourceNotFoundError:
                values = []
        live = tuple(value for value in values if value)
        if not live:
            raise Misconfigured(
                f"the vault holds no enabled secret {name}: store the sender's signing secret there"
            )
        return live


def _created(version: SecretProperties) -> datetime:
    created = version.created_on
    if created is None:
        raise Misconfigured("the vault tells no creation date of a secret version")
    return created
