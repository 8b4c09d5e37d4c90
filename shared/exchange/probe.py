"""Whether this app may still run what its actions need: roles are taken away, cmdlets vanish."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from shared.errors import Failure

FRESH = timedelta(hours=1)
BRIEFLY = timedelta(minutes=1)

_DEVICE = frozenset({"Get-MobileDevice", "Get-CASMailbox"})
_LISTS = _DEVICE | {"Set-CASMailbox"}
_WIPE = _DEVICE | {"Clear-MobileDevice", "Get-MobileDeviceStatistics"}
_ACCESS = frozenset({"Get-ActiveSyncOrganizationSettings", "Get-ActiveSyncDeviceAccessRule"})
_POLICY = frozenset({"Get-MobileDeviceMailboxPolicy"})

CMDLETS: Mapping[str, frozenset[str]] = {
    "recognise": frozenset({"Get-MobileDevice", "Get-Mailbox"}),
    "allow": _LISTS,
    "block": _LISTS,
    "quarantine": _LISTS | _ACCESS,
    "clear": _LISTS | _ACCESS,
    "wipe_account": _WIPE,
    "wipe_device": _WIPE,
    "cancel_wipe": _WIPE,
    "remove": _DEVICE | {"Remove-MobileDevice"},
    "assign_policy": _POLICY | {"Get-CASMailbox", "Set-CASMailbox"},
    "put_policy": _POLICY | {"New-MobileDeviceMailboxPolicy", "Set-MobileDeviceMailboxPolicy"},
    "remove_policy": _POLICY | {"Remove-MobileDeviceMailboxPolicy"},
    "put_access_rule": _ACCESS
    | {"New-ActiveSyncDeviceAccessRule", "Set-ActiveSyncDeviceAccessRule"},
    "remove_access_rule": _ACCESS | {"Remove-ActiveSyncDeviceAccessRule"},
    "set_default_access": _ACCESS | {"Set-ActiveSyncOrganizationSettings"},
    "set_modern_authentication": frozenset({"Get-OrganizationConfig", "Set-OrganizationConfig"}),
    "plan_stale": frozenset({"Get-MobileDeviceStatistics"}),
    "remove_stale": _DEVICE | {"Remove-MobileDevice", "Get-MobileDeviceStatistics"},
    "offboard_device": _LISTS | _WIPE | {"Remove-MobileDevice"},
    "offboard_user": _LISTS | _WIPE | {"Remove-MobileDevice"},
}


class Probe:
    """
    What one tenant's Exchange lets the app run, remembered for an hour.

    That something is missing is believed for a minute only: the administrator may be
    granting it. What cannot be read is not known, and no older answer stands in for it.
    """

    def __init__(
        self, exported: Callable[[], frozenset[str]], clock: Callable[[], datetime]
    ) -> None:
        self._exported = exported
        self._clock = clock
        self._lock = threading.Lock()  # one asks, the others wait for the answer
        self._held: frozenset[str] = frozenset()
        self._read_at = self._unreadable_at = datetime.min.replace(tzinfo=clock().tzinfo)

    def missing_for(self, actions: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the cmdlets each action lacks; a Failure if that cannot be known now."""
        with self._lock:
            return self._missing(tuple(actions))

    def known_to_lack(self, action: str) -> frozenset[str]:
        """
        Return the cmdlets the action lacks for all we know: none, if that cannot be read.

        Then the call itself will tell, and for a minute nobody is kept waiting for this.
        """
        with self._lock:
            if self._clock() - self._unreadable_at < BRIEFLY:
                return frozenset()
            try:
                return self._missing([action])[action]
            except Failure:
                self._unreadable_at = self._clock()
                return frozenset()

    def _missing(self, actions: Sequence[str]) -> dict[str, frozenset[str]]:
        missing = _lacking(actions, self._cmdlets(FRESH))
        if any(missing.values()):
            missing = _lacking(actions, self._cmdlets(BRIEFLY))
        return missing

    def _cmdlets(self, at_most: timedelta) -> frozenset[str]:
        """Return the names of what may be run, in lower case, as read so long ago at most."""
        now = self._clock()
        if now - self._read_at >= at_most:
            self._held = frozenset(name.casefold() for name in self._exported())
            self._read_at = now
        return self._held


def _lacking(actions: Sequence[str], allowed: frozenset[str]) -> dict[str, frozenset[str]]:
    return {
        action: frozenset(name for name in CMDLETS[action] if name.casefold() not in allowed)
        for action in actions
    }
