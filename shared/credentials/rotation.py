"""One rotation of a tenant's certificate: how far it has come, and what may follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.credentials.certificate import App, Certificate

NEEDED = 3  # tokens in a row: Entra's replicas learn of a new key one after another
LONGEST_PROPAGATION = timedelta(minutes=15)
SETTLE = timedelta(minutes=1)  # a look at the registration that soon proves nothing
PATIENCE = timedelta(days=3)  # with one phase
PAUSE = timedelta(days=1)  # after a failure, before another is begun unasked
# One property of an entity holds 32 Ki characters, and a quote takes two in JSON.
HISTORY_LIMIT = 30
NOTE_LIMIT = 300  # characters
MOST_LEFTOVERS = 10


class Phase(StrEnum):
    """How far a rotation has come."""

    CREATING = "creating"
    REGISTERING = "registering"
    PROPAGATING = "propagating"
    SWITCHING = "switching"
    OVERLAP = "overlap"
    RETIRING = "retiring"
    DONE = "done"
    FAILED = "failed"


FINISHED = frozenset({Phase.DONE, Phase.FAILED})
FOLLOWING: dict[Phase, frozenset[Phase]] = {
    Phase.CREATING: frozenset({Phase.REGISTERING, Phase.FAILED}),
    Phase.REGISTERING: frozenset({Phase.PROPAGATING, Phase.FAILED}),
    Phase.PROPAGATING: frozenset({Phase.SWITCHING, Phase.FAILED}),
    Phase.SWITCHING: frozenset({Phase.PROPAGATING, Phase.OVERLAP, Phase.FAILED}),
    Phase.OVERLAP: frozenset({Phase.RETIRING, Phase.FAILED}),
    Phase.RETIRING: frozenset({Phase.DONE, Phase.FAILED}),
    Phase.DONE: frozenset(),
    Phase.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One version of the certificate, and the id of its registration as far as we know it."""

    version: str
    thumbprint: str
    expires_at: datetime
    key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a rotation's history."""

    at: datetime
    phase: Phase
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """One rotation on its way to an end."""

    rotation_id: str
    app: App
    asked_by: str
    started_at: datetime
    since: datetime  # when its phase was entered
    old: Key
    phase: Phase = Phase.CREATING
    new: Key | None = None
    passed_over: str = ""  # a version that failed before: taken only if it works by now
    beyond: str = ""  # the newest version there was when the vault was asked for another
    leftovers: tuple[Key, ...] = ()  # of earlier rotations: they may still be registered
    attempted_at: datetime | None = None  # the phase's act was about to be done: perhaps it was
    tried_at: datetime | None = None  # when the new key was last tried
    successes: int = 0  # of the new key, in a row
    switched_at: datetime | None = None
    why: str = ""  # what it failed of, or what was left undone
    remedy: str = ""
    told_at: datetime | None = None
    history: tuple[Step, ...] = ()
    etag: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be done, except to tell of it."""
        return self.phase in FINISHED

    @property
    def is_switched(self) -> bool:
        """Whether the tenant has come to sign with the new key."""
        return self.switched_at is not None

    @property
    def successor(self) -> Key:
        """The new key, in the phases that have one."""
        if self.new is None:
            raise ValueError(f"a rotation that is {self.phase} has no new key yet")
        return self.new

    @property
    def doomed(self) -> tuple[Key, ...]:
        """The keys that the new one replaces; it is never among them."""
        kept = self.successor.thumbprint
        return tuple(key for key in (self.old, *self.leftovers) if key.thumbprint != kept)

    @property
    def left(self) -> tuple[Key, ...]:
        """The keys that may be registered once it is finished."""
        found = (self.new,) if self.new else ()
        return (
            (*found, *self.leftovers)
            if self.phase is Phase.DONE
            else (
                self.old,
                *found,
                *self.leftovers,
            )
        )


def entered(rotation: Rotation, phase: Phase, note: str, at: datetime) -> Rotation:
    """
    Return the rotation in its next phase; ValueError if that must not follow.

    Nothing is switched to before it has worked several times, and nothing retired before a
    switch.
    """
    if phase not in FOLLOWING[rotation.phase]:
        raise ValueError(f"{phase} does not follow on {rotation.phase}")
    if phase is Phase.SWITCHING and rotation.successes < NEEDED:
        raise ValueError("the new key is not proved to work")
    if phase is Phase.RETIRING and not rotation.is_switched:
        raise ValueError("the tenant still signs with the old key")
    line = Step(at=at, phase=phase, note=note[:NOTE_LIMIT])
    return replace(
        rotation,
        phase=phase,
        since=at,
        attempted_at=None,
        history=(*rotation.history[:1], *rotation.history[1:][-HISTORY_LIMIT:], line),
    )


def key_of(certificate: Certificate, known: Iterable[Key] = ()) -> Key:
    """Return a certificate as a rotation records it, with its key id if one is *known*."""
    ids = [key.key_id for key in known if key.thumbprint == certificate.thumbprint]
    return Key(
        version=certificate.version,
        thumbprint=certificate.thumbprint,
        expires_at=certificate.expires_at,
        key_id=next(filter(None, ids), ""),
    )


def is_usable(certificate: Certificate, now: datetime) -> bool:
    """Whether the vault signs with the certificate's key now."""
    return certificate.is_enabled and certificate.valid_from <= now < certificate.expires_at


def newer(versions: Sequence[Certificate], version: str, now: datetime) -> Certificate | None:
    """Return the newest version after this one that can be used; they come oldest first."""
    names = [each.version for each in versions]
    after = versions[names.index(version) + 1 :] if version in names else versions
    fit = [each for each in after if is_usable(each, now)]
    return fit[-1] if fit else None


def is_due(
    active: Certificate, versions: Sequence[Certificate], now: datetime, *, ahead: timedelta
) -> bool:
    """Whether the active version nears its end, or the vault has renewed it by itself."""
    nears_its_end = active.expires_at - now <= ahead
    return nears_its_end or newer(versions, active.version, now) is not None


def rests(last: Rotation | None, now: datetime) -> bool:
    """Whether the last rotation has failed so lately that only a person may begin another."""
    is_failed = last is not None and last.phase is Phase.FAILED
    return is_failed and last is not None and timedelta() <= now - last.since < PAUSE


def tried(rotation: Rotation, now: datetime, *, successes: int) -> Rotation:
    """Return the rotation after another trial of its new key."""
    return replace(rotation, successes=successes, tried_at=now)


def rest_before_trial(rotation: Rotation, now: datetime, apart: timedelta) -> timedelta:
    """Return how long to wait before the new key is tried again; zero if it may be now."""
    if rotation.tried_at is None:
        return timedelta()
    passed = now - rotation.tried_at
    # A clock that was put back must not make anybody wait for long.
    return apart - passed if timedelta() <= passed < apart else timedelta()


def is_uncertain(rotation: Rotation, now: datetime, doubt: timedelta) -> bool:
    """Whether an attempt may yet turn out to have succeeded; *doubt* says how long it may."""
    at = rotation.attempted_at
    return at is not None and timedelta() <= now - at < doubt


def is_too_slow(rotation: Rotation, now: datetime) -> bool:
    """Whether a key that still does not work has had its time."""
    return now - rotation.since > LONGEST_PROPAGATION or now - rotation.started_at > PATIENCE


def is_out_of_patience(rotation: Rotation, now: datetime) -> bool:
    """Whether trouble has gone on for so long that a person has to look."""
    return now - rotation.since > PATIENCE


def overlap_left(rotation: Rotation, overlap: timedelta, now: datetime) -> timedelta:
    """Return how much longer both keys have to work."""
    return min(overlap, (rotation.switched_at or now) + overlap - now)


def is_stalled(rotation: Rotation, overlap: timedelta, now: datetime) -> bool:
    """Whether whoever was to take it on should have done so long ago: its message is lost."""
    if rotation.told_at is not None:
        return False
    waits = overlap if rotation.phase is Phase.OVERLAP else timedelta()
    moved = rotation.tried_at or rotation.since
    return now - max(moved, rotation.since) > waits + timedelta(hours=1)
