"""Webhook secrets: the current and the previous enabled version, remembered for a while."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.secrets import SecretClient, SecretProperties

from shared.azure_failures import translated
from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Failure, Misconfigured

LIVE_VERSIONS = 2
FRESH = timedelta(minutes=5)
# Whoever sends bad signatures must not be able to make us hammer the vault, nor must its outage.
RECHECK = timedelta(seconds=30)
# While the vault is down, an old secret beats refusing every webhook.
STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    """What the vault last said of a secret, and what came of asking it again."""

    values: tuple[LiveSecret, ...] = ()
    read_at: datetime | None = None
    failure: Failure | None = None
    failed_at: datetime | None = None


class WebhookSecrets:
    """Reads secrets by name; one reader for each, so that a burst asks the vault once."""

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        clock: Callable[[], datetime],
        *,
        verify_challenge_resource: bool,
        patience: Mapping[str, Any],
    ) -> None:
        self._client = SecretClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, **patience
        )
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}
        self._locks: dict[str, threading.Lock] = {}

    def live(self, name: str, at_most: timedelta = FRESH) -> tuple[LiveSecret, ...]:
        """
        Return the live versions, newest first, as they stood at most so long ago.

        While the vault is down, older ones will do, unless those of this minute are asked for.
        """
        with self._locks.setdefault(name, threading.Lock()):
            known = self._remembered.get(name, _Remembered())
            # A secret that is missing is looked for soon again: somebody may be storing it.
            fresh = max(at_most, RECHECK) if known.values else RECHECK
            if not self._is_within(known.read_at, fresh) and not (
                self._is_within(known.failed_at, RECHECK)
            ):
                known = self._remembered[name] = self._asked(name, known)
        stale = timedelta() if at_most < RECHECK else STALE
        if known.failure and not (known.values and self._is_within(known.read_at, stale)):
            raise known.failure.with_traceback(None)
        if not known.values:
            raise _missing(name)
        return known.values

    def expires_at(self, name: str) -> datetime | None:
        """Return when the last of the live versions expires; None if one carries no date."""
        with translated("Key Vault"):
            try:
                ends = [version.expires_on for version in self._newest(name)]
            except ResourceNotFoundError as error:
                raise _missing(name) from error
        if not ends:
            raise _missing(name)
        dated = [end for end in ends if end is not None]
        return max(dated) if len(dated) == len(ends) else None

    def _is_within(self, moment: datetime | None, span: timedelta) -> bool:
        return moment is not None and self._clock() - moment < span

    def _asked(self, name: str, known: _Remembered) -> _Remembered:
        try:
            values = self._read(name)
        except Failure as failure:
            return _Remembered(
                values=known.values,
                read_at=known.read_at,
                failure=failure,
                failed_at=self._clock(),
            )
        return _Remembered(values=values, read_at=self._clock())

    def _read(self, name: str) -> tuple[LiveSecret, ...]:
        """Return the live versions; none if there is no such secret, or none is enabled."""
        with translated("Key Vault"):
            try:
                newest = self._newest(name)
                found = [self._client.get_secret(name, each.version) for each in newest]
            except ResourceNotFoundError:
                return ()
        return tuple(
            LiveSecret(name=name, version=each.properties.version or "", value=each.value)
            for each in found
            if each.value
        )

    def _newest(self, name: str) -> list[SecretProperties]:
        """Return the live versions, newest first."""
        versions = self._client.list_properties_of_secret_versions(name)
        enabled = [version for version in versions if version.enabled]
        return sorted(enabled, key=_created, reverse=True)[:LIVE_VERSIONS]


def _missing(name: str) -> Misconfigured:
    return Misconfigured(
        f"the vault holds no enabled secret {name}: store the sender's signing secret there"
    )


def _created(version: SecretProperties) -> datetime:
    created = version.created_on
    if created is None:
        raise Misconfigured("the vault tells no creation date of a secret version")
    return created
