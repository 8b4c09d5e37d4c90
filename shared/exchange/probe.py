"""Whether this app may still run what its actions need: roles are taken away, cmdlets vanish."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

FRESH = timedelta(hours=1)

_DEVICE = frozenset({"Get-MobileDevice", "Get-CASMailbox"})
_LISTS = _DEVICE | {"Set-CASMailbox"}
_WIPE = _DEVICE | {"Clear-MobileDevice", "Get-MobileDeviceStatistics"}
_ACCESS = frozenset({"Get-ActiveSyncOrganizationSettings", "Get-ActiveSyncDeviceAccessRule"})
_POLICY = frozenset({"Get-MobileDeviceMailboxPolicy"})

CMDLETS: Mapping[str, frozenset[str]] = {
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
    "offboard_device": _LISTS | _WIPE | {"Remove-MobileDevice"},
    "offboard_user": _LISTS | _WIPE | {"Remove-MobileDevice"},
}


class Probe:
    """
    What one tenant's Exchange lets the app run, remembered for an hour.

    What cannot be read is not known: the Failure goes to the caller, and no older answer
    stands in for it.
    """

    def __init__(
        self, exported: Callable[[], frozenset[str]], clock: Callable[[], datetime]
    ) -> None:
        self._exported = exported
        self._clock = clock
        self._held: frozenset[str] = frozenset()
        self._good_until = datetime.min.replace(tzinfo=clock().tzinfo)

    def cmdlets(self) -> frozenset[str]:
        """Return the cmdlets that may be run; a Failure if that cannot be known now."""
        now = self._clock()
        if now >= self._good_until:
            self._held = self._exported()
            self._good_until = now + FRESH
        return self._held

    def missing_for(self, actions: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the cmdlets each action lacks, empty where nothing does; raises like cmdlets."""
        allowed = {name.casefold() for name in self.cmdlets()}
        return {
            action: frozenset(name for name in CMDLETS[action] if name.casefold() not in allowed)
            for action in actions
        }
