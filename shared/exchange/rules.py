"""Device access rules in Exchange: list, put, remove; repeating any of them does no harm."""

import time
from collections.abc import Callable

from shared.devices.model import AccessLevel, AccessRule
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.admin import LOOKS_BACK, NOT_YET_VISIBLE
from shared.exchange.transport import Transport


class AccessRules:
    """One tenant's device access rules; a rule is its characteristic and query."""

    def __init__(self, transport: Transport, sleep: Callable[[float], None] = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def list(self) -> tuple[AccessRule, ...]:
        """Return all rules."""
        found = self._transport.invoke("Get-ActiveSyncDeviceAccessRule", {}).rows
        return tuple(rows.rule(rows.read(row, rows.DeviceAccessRule)) for row in found)

    def put(self, characteristic: str, query: str, *, level: AccessLevel) -> None:
        """Make the rule say *level*, whether or not it stands already, and read it back."""
        standing = self._find(characteristic, query)
        if standing and standing.level is level:
            return
        if standing is None:
            standing = self._new(characteristic, query, level)
        if standing and standing.level is not level:
            self._set(standing, level)
        self._read_back(characteristic, query, level=level)

    def remove(self, characteristic: str, query: str) -> None:
        """Remove the rule; done as well if there is none."""
        standing = self._find(characteristic, query)
        if standing is None:
            return
        parameters = {"Identity": standing.name, "Confirm": False}
        try:
            self._transport.invoke("Remove-ActiveSyncDeviceAccessRule", parameters)
        except NotFound:
            return  # gone is what was asked for; an earlier attempt may have done it
        self._read_back(characteristic, query, level=None)

    def _new(self, characteristic: str, query: str, level: AccessLevel) -> AccessRule | None:
        """Create the rule; return it if it turns out to stand already."""
        rule = {
            "Characteristic": characteristic,
            "QueryString": query,
            "AccessLevel": level,
            "Confirm": False,
        }
        try:
            self._transport.invoke("New-ActiveSyncDeviceAccessRule", rule)
        except NotFound:
            raise
        except Rejected:
            # An attempt whose answer was lost, or another hand, may have made it: then it shows.
            for wait in LOOKS_BACK:
                self._sleep(wait.total_seconds())
                if standing := self._find(characteristic, query):
                    return standing
            raise
        return None

    def _set(self, rule: AccessRule, level: AccessLevel) -> None:
        change = {"Identity": rule.name, "AccessLevel": level, "Confirm": False}
        self._transport.invoke("Set-ActiveSyncDeviceAccessRule", change)

    def _find(self, characteristic: str, query: str) -> AccessRule | None:
        for rule in self.list():
            if (rule.characteristic, rule.query) == (characteristic, query):
                return rule
        return None

    def _read_back(self, characteristic: str, query: str, *, level: AccessLevel | None) -> None:
        """Wait until the rule says *level*, or for None until it is gone."""
        for wait in LOOKS_BACK:
            self._sleep(wait.total_seconds())
            rule = self._find(characteristic, query)
            if (rule.level if rule else None) is level:
                return
        raise Retryable(
            f"Exchange took the change to the rule {query} ({characteristic}) but does not show "
            "it yet",
            after=NOT_YET_VISIBLE,
        )
