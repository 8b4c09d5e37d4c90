"""Who would lose access by another default access level, and how far a change of it has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.access import matching
from shared.devices.model import AccessLevel, AccessPolicy, AccessState, Device

HELD = frozenset({AccessState.BLOCKED, AccessState.QUARANTINED, AccessState.DISCOVERY})
BY_DEFAULT = frozenset({"Global", "Unknown", ""})  # reasons that name no other cause


class Phase(StrEnum):
    """How far a change of the default access level has come."""

    SNAPSHOT = "snapshot"
    COVERING = "covering"
    VERIFIED = "verified"
    SWITCHING = "switching"
    WATCHING = "watching"
    ROLLING_BACK = "rolling_back"
    DONE = "done"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"


FINISHED = frozenset({Phase.DONE, Phase.ROLLED_BACK, Phase.REFUSED})
# The default may be the new one, and nobody has looked yet what that did.
UNWATCHED = frozenset({Phase.SWITCHING, Phase.WATCHING, Phase.ROLLING_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultAccessChange:
    """One order to change a tenant's default access level, on its way to an end."""

    change_id: str
    tenant_id: str
    wanted: AccessLevel
    started_at: datetime
    phase: Phase = Phase.SNAPSHOT
    before: AccessLevel | None = None  # None until Exchange was asked
    devices: int = 0  # seen by the last complete listing
    covered: int = 0  # device ids that we put on allowed lists
    switched_at: datetime | None = None
    why: str = ""  # what the phase is due to, where it is not plain
    etag: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.phase in FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One partnership as Exchange shows it, and since when there is one."""

    device: Device
    first_sync_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The device ids that one mailbox's allowed list lacks."""

    mailbox: str
    device_ids: tuple[str, ...]


def lacking(standings: Iterable[Standing], policy: AccessPolicy) -> tuple[Cover, ...]:
    """Return what has to go on which allowed list before *policy*'s default may change."""
    needed: dict[str, dict[str, str]] = {}  # ids without case, in the order found
    for standing in standings:
        if needs_cover(standing.device, policy):
            ids = needed.setdefault(standing.device.mailbox, {})
            ids.setdefault(standing.device.device_id.casefold(), standing.device.device_id)
    return tuple(
        Cover(mailbox=mailbox, device_ids=tuple(ids.values())) for mailbox, ids in needed.items()
    )


def needs_cover(device: Device, policy: AccessPolicy) -> bool:
    """
    Whether only the default lets the device in.

    A device whose state is not known is let in wherever the default is Allow.
    """
    let_in = {AccessState.ALLOWED}
    if policy.default is AccessLevel.ALLOW:
        let_in.add(AccessState.UNKNOWN)
    return device.access in let_in and _rests_on_default(device, policy)


def is_doubtful(device: Device, policy: AccessPolicy) -> bool:
    """
    Whether the device shows as held although the default lets it in, and nothing else decides.

    Exchange may show an earlier state: to cover such a device might let in what somebody held,
    and to leave it might shut out what is let in.
    """
    is_let_in = policy.default is AccessLevel.ALLOW
    return is_let_in and device.access in HELD and _rests_on_default(device, policy)


def is_exposed(standing: Standing, policy: AccessPolicy, change: DefaultAccessChange) -> bool:
    """Whether the change has shut the device out, or will; *policy* is the one since then."""
    since, switched = standing.first_sync_at, change.switched_at
    if since is not None and switched is not None and since > switched:
        return False  # it came to the new default, and never knew another
    was_let_in = change.before is AccessLevel.ALLOW or standing.device.access is AccessState.ALLOWED
    return was_let_in and _rests_on_default(standing.device, policy)


def _rests_on_default(device: Device, policy: AccessPolicy) -> bool:
    if device.on_allowed_list or device.on_blocked_list:
        return False
    if device.access in HELD and device.access_reason not in BY_DEFAULT:
        return False
    return not _is_let_in_by_rule(device, policy)


def _is_let_in_by_rule(device: Device, policy: AccessPolicy) -> bool:
    """Whether a rule we see lets the device in, and Exchange says so: it may skip the rules."""
    deciding = matching(device, policy.rules)[:1]
    is_shown = device.access_reason == "DeviceRule"
    return is_shown and any(rule.level is AccessLevel.ALLOW for rule in deciding)
