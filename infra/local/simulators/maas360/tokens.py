"""The tokens that are out: good for sixty minutes, however often they are used."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.local.simulators.maas360.refusals import expired_token, invalid_token

LIFETIME = timedelta(minutes=60)  # IBM's documentation of the web services
REFRESH_LIFETIME = timedelta(days=1)  # a guess

_HEADER = re.compile(r'MaaS token="([^"]+)"')  # IBM's documentation insists on the quotes


@dataclass(slots=True)
class Tokens:
    """
    Tokens and refresh tokens, with the instants they end at.

    Guesses: a later sign-in leaves earlier tokens alone, and a refresh token serves once.
    """

    _ends: dict[str, datetime] = field(default_factory=dict)
    _refreshing: dict[str, datetime] = field(default_factory=dict)

    def issue(self, now: datetime) -> str:
        """Return a new token."""
        token = str(uuid.uuid4())
        self._ends[token] = now + LIFETIME
        return token

    def issue_refreshing(self, now: datetime) -> str:
        """Return a new refresh token."""
        token = str(uuid.uuid4())
        self._refreshing[token] = now + REFRESH_LIFETIME
        return token

    def redeem(self, token: str, now: datetime) -> bool:
        """Use up a refresh token, and say whether it was good."""
        ends = self._refreshing.pop(token, None)
        return ends is not None and now < ends

    def admit(self, header: str, now: datetime) -> None:
        """Raise `RefusedError` unless the Authorization header holds a good token."""
        match = _HEADER.fullmatch(header)
        ends = self._ends.get(match[1]) if match else None
        if ends is None:
            raise invalid_token()
        if now >= ends:
            raise expired_token()

    def revoke(self) -> None:
        """Make every token that is out worthless."""
        self._ends.clear()
        self._refreshing.clear()
