"""What Exchange lets all of a tenant's clients do: sign in with tokens, or not."""

import time
from functools import partial

import msgspec

from shared.errors import NotPermitted, Retryable
from shared.exchange import management_roles
from shared.exchange.looking_back import Sleep, look_back, not_shown
from shared.exchange.paging import complete, rows_of
from shared.exchange.transport import Transport

GET, SET = "Get-OrganizationConfig", "Set-OrganizationConfig"
SWITCH = "OAuth2ClientProfileEnabled"


class _Organization(msgspec.Struct):
    is_on: bool | None = msgspec.field(name=SWITCH, default=None)


class Organization:
    """One tenant's switch for modern authentication; repeating an order does no harm."""

    def __init__(self, transport: Transport, sleep: Sleep = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def modern_authentication(self) -> bool | None:
        """Return whether clients may sign in with tokens; None: Exchange does not say."""
        # One row, of hundreds of properties.
        whole = partial(self._transport.pages_of, _Organization, GET, {}, select=(SWITCH,))
        try:
            row = next(rows_of(complete(whole)), None)
        except NotPermitted as denied:
            raise _remedied(GET, denied) from denied
        if row is None:
            raise Retryable("Exchange returned no organisation settings")
        return row.is_on

    def set_modern_authentication(self, *, enabled: bool) -> None:
        """Set it and read it back; the cmdlet is a slow one, so it is not run for nothing."""
        if self.modern_authentication() is enabled:
            return
        try:
            self._transport.invoke(SET, {SWITCH: enabled, "Confirm": False})
        except NotPermitted as denied:
            raise _remedied(SET, denied) from denied
        shown = look_back(self.modern_authentication, lambda is_on: is_on is enabled, self._sleep)
        if shown is not enabled:
            raise not_shown("modern authentication")


def _remedied(cmdlet: str, denied: NotPermitted) -> NotPermitted:
    return NotPermitted(f"{denied}; {management_roles.remedy([cmdlet])}")
