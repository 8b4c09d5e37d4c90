"""When a row that is no longer listed counts as gone, and which device came back under another."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices.inventory import MobileDevice, Scope
from shared.devices.packed_keys import Keys

GONE_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The rows that complete runs have not listed since one moment."""

    since: datetime  # of the first run that did not list them
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """What a complete run means for the rows that are missing."""

    gone: Keys
    waiting: tuple[Absence, ...]  # missing, but not for long enough; the oldest first
    returned: Keys  # missing before, and listed again


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A partnership that was made anew: the same device and mailbox, another guid."""

    before: MobileDevice  # superseded: gone, without any wait
    after: MobileDevice


def is_evidence(scope: Scope, *, listed: int, before: int) -> bool:
    """
    Whether a part's complete listing can show that something is missing.

    An empty one where there were rows is more likely to be Exchange's failure.
    """
    return scope is Scope.FULL and (listed > 0 or before == 0)


def judge(
    waiting: Iterable[Absence],
    missing: Iterable[bytes],
    *,
    at: datetime,
    gone_after: timedelta = GONE_AFTER,
) -> Absences:
    """
    Tell what is gone from what a complete full run, begun *at* a time, does not list.

    *missing* are the keys of the picture before it that it has not seen.
    """
    unseen, known = _keys(missing), Keys()
    gone, returned = Keys(), Keys()
    still: list[Absence] = []
    for absence in sorted(waiting, key=lambda each: each.since):
        returned.add_all(_packed(absence.keys, but=unseen))
        known.add_all(_packed(absence.keys))
        kept = Keys(_packed(absence.keys, but=returned))
        still.append(Absence(since=absence.since, keys=kept))
    still.append(Absence(since=at, keys=Keys(_packed(unseen, but=known))))
    for absence in still:
        if at - absence.since >= gone_after:
            gone.add_all(_packed(absence.keys))
    return Absences(gone=gone, waiting=_without(still, gone), returned=returned)


def renewals(new: Iterable[MobileDevice], absent: Iterable[MobileDevice]) -> tuple[Renewal, ...]:
    """
    Find the absent devices that are back: the same mailbox and DeviceID, a new guid.

    Only what is no longer listed may be among the *absent*: two clients on one device can
    have one DeviceID, and are two partnerships.
    """
    came = {_partnership(device): device for device in sorted(new, key=_age)}
    return tuple(
        Renewal(before=device, after=came[_partnership(device)])
        for device in absent
        if _partnership(device) in came and came[_partnership(device)].key != device.key
    )


def superseded(absences: Absences, renewed: Iterable[Renewal]) -> Absences:
    """Return the absences with what was renewed gone at once, rather than waiting."""
    gone = _keys(absences.gone)
    for renewal in renewed:
        gone.add(renewal.before.key)
    return replace(absences, gone=gone, waiting=_without(absences.waiting, gone))


def _without(absences: Iterable[Absence], gone: Keys) -> tuple[Absence, ...]:
    kept = (replace(each, keys=Keys(_packed(each.keys, but=gone))) for each in absences)
    return tuple(each for each in kept if len(each.keys) > 0)


def _keys(keys: Iterable[bytes]) -> Keys:
    return Keys(_packed(keys))


def _packed(keys: Iterable[bytes], but: Keys | None = None) -> bytes:
    return b"".join(key for key in keys if but is None or key not in but)


def _partnership(device: MobileDevice) -> tuple[str, str]:
    return device.place.casefold(), device.device_id.casefold()


def _age(device: MobileDevice) -> tuple[float, bytes]:
    since = device.first_sync_at
    return since.timestamp() if since else 0, device.key
