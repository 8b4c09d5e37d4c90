"""Sign-ins that begin on one device and are completed by a person on another."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.local.simulators.entra.codes import SLOW_DOWN
from infra.local.simulators.entra.people import Person
from infra.local.simulators.entra.refusals import RefusedError
from infra.local.simulators.entra.scopes import Scopes

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SLOWER = timedelta(seconds=5)  # what each slow_down adds to the interval, by RFC 8628
_TOLERANCE = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class SignIn:
    """One attempt, open until it expires, is declined or is redeemed."""

    client_id: str
    tenant_id: str
    scopes: Scopes
    expires: datetime
    interval: timedelta
    device_code: str = field(default_factory=lambda: secrets.token_urlsafe(96))
    user_code: str = field(
        default_factory=lambda: "".join(secrets.choice(_LETTERS) for _ in range(9))
    )
    polled: datetime | None = None
    person: Person | None = None
    declined: bool = False
    redeemed: bool = False


class DeviceCodes:
    """The attempts; `sign_in` and `decline` are what a person does at the browser."""

    def __init__(self) -> None:
        self.interval = timedelta(seconds=5)
        self.lifetime = timedelta(minutes=15)
        self._attempts: list[SignIn] = []
        self._lock = threading.Lock()

    def begin(self, client_id: str, tenant_id: str, scopes: Scopes, now: datetime) -> SignIn:
        """Begin an attempt."""
        attempt = SignIn(
            client_id=client_id,
            tenant_id=tenant_id,
            scopes=scopes,
            expires=now + self.lifetime,
            interval=self.interval,
        )
        with self._lock:
            self._attempts.append(attempt)
        return attempt

    def sign_in(self, user_code: str, person: Person) -> None:
        """Enter the code and sign in; LookupError if this code is not for this person."""
        attempt = self._entered(user_code)
        if person.tenant_id != attempt.tenant_id:
            raise LookupError(f"{person.user_principal_name} is no user of {attempt.tenant_id}")
        attempt.person = person

    def decline(self, user_code: str) -> None:
        """Enter the code and refuse."""
        self._entered(user_code).declined = True

    def redeem(
        self, device_code: str, *, client_id: str, tenant_id: str, now: datetime
    ) -> tuple[Person, SignIn]:
        """Return who has signed in; `RefusedError` if nobody has, or if the client is too eager."""
        with self._lock:
            attempt = self._attempt(device_code, client_id, tenant_id)
            _check_pace(attempt, now)
            if attempt.declined:
                raise RefusedError(65004)
            if now >= attempt.expires:
                raise RefusedError(70020)
            if attempt.person is None:
                raise RefusedError(70016)
            if attempt.redeemed:
                raise RefusedError(70000)
            return attempt.person, attempt

    def _attempt(self, device_code: str, client_id: str, tenant_id: str) -> SignIn:
        wanted = device_code, client_id, tenant_id
        for one in self._attempts:
            if (one.device_code, one.client_id, one.tenant_id) == wanted:
                return one
        raise RefusedError(70018)

    def _entered(self, user_code: str) -> SignIn:
        typed = user_code.replace("-", "").upper()
        for one in self._attempts:
            if one.user_code == typed and not one.redeemed and not one.declined:
                return one
        raise LookupError(f"no sign-in waits for the code {user_code}")


def _check_pace(attempt: SignIn, now: datetime) -> None:
    last, attempt.polled = attempt.polled, now
    if last and now - last < attempt.interval - _TOLERANCE:
        attempt.interval += _SLOWER
        raise RefusedError(70016, answer=SLOW_DOWN)
