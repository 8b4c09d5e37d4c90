"""Device access rules in Exchange: list, put, remove; repeating any of them does no harm."""

import time
from functools import partial

from shared.devices.model import AccessLevel, AccessPolicy, AccessRule
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.looking_back import Sleep, look_back, not_shown
from shared.exchange.paging import complete, rows_of
from shared.exchange.transport import Transport

RULES = "Get-ActiveSyncDeviceAccessRule"
SETTINGS = "Get-ActiveSyncOrganizationSettings"


class AccessRules:
    """One tenant's device access rules; a rule is its characteristic and query."""

    def __init__(self, transport: Transport, sleep: Sleep = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def list(self) -> tuple[AccessRule, ...]:
        """Return all rules, or raise."""
        whole = partial(self._transport.pages_of, rows.DeviceAccessRule, RULES, {})
        # A listing that was started again brings rows twice.
        found = {each.name: each for each in rows_of(complete(whole))}
        return tuple(rows.rule(each) for each in found.values())

    def policy(self) -> AccessPolicy:
        """Return the default access level and all rules."""
        settings = self._transport.invoke(SETTINGS, {}).rows
        if not settings:
            raise Retryable("Exchange returned no organisation settings")
        default = rows.read(settings[0], rows.OrganizationSettings).default_access_level
        return AccessPolicy(default=default, rules=self.list())

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
            find = partial(self._find, characteristic, query)
            if standing := look_back(find, bool, self._sleep):
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
        find = partial(self._find, characteristic, query)
        seen = look_back(find, lambda rule: _level(rule) is level, self._sleep)
        if _level(seen) is not level:
            raise not_shown(f"the rule {query} ({characteristic})")


def _level(rule: AccessRule | None) -> AccessLevel | None:
    return rule.level if rule else None
