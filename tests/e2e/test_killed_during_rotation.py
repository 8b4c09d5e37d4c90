"""
The app is killed right after each thing that its rotation of the certificate did.

Not between the note that a key is about to be registered and its registration: who wakes up
there cannot know for a minute, and waits. Tests with a clock of their own cover that.
"""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import zip_longest

import httpx

from infra.local import contoso
from infra.local.world import World
from tests.e2e.asking import carried_out
from tests.e2e.keys import (
    FAILED,
    ROTATED,
    can_sign_in,
    is_enabled,
    pinned,
    registered,
    rotate,
    signed_in,
    told,
    versions,
)
from tests.e2e.killer import Killer, Moment, insistent, revive, until, without_telemetry
from tests.e2e.looking import has_no_messages, written_down
from tests.e2e.side_by_side import a_world

SHARES = 3  # worlds that share the deaths
EACH = 2  # every so manieth deed; with all of them the file takes a minute more
FEWEST = 10  # deaths in all of them
NOTE, REGISTRATION = "tables PUT /rotations", "graph POST /v1.0/applications//addKey"
TOKEN = "entra POST //oauth2/v2.0/token"  # what a trial of the key asks for
DEEDS = (
    NOTE,
    "tables PUT /certificates",
    "graph POST",
    "vault PATCH",
    TOKEN,
    "topic POST",
    "queues POST /device-commands",
)
MAKING = f"vault POST /certificates/{contoso.CERTIFICATE}/create"


def test_a_rotation_leaves_one_new_key_that_works_whatever_moment_the_app_dies_at() -> None:
    """Nor is there a moment at which the tenant has none that is pinned, known and enabled."""
    with ThreadPoolExecutor() as pool:
        making = [pool.submit(_dies_while_making, (call, 1)) for call in (NOTE, MAKING)]
        shares = [pool.submit(_dies_ever_later, share) for share in range(SHARES)]
        for each in making:
            each.result()
        assert sum(each.result() for each in shares) >= FEWEST


def _dies_while_making(deadly: Moment) -> None:
    """Kill the app once, before it has a new version."""
    with _a_killable_world() as (world, killer, client):
        old = signed_in(world, client)
        assert _rotate(world, killer, client, deadly), f"not killed after {deadly}"
        (new,) = set(versions(world)) - {old}
        _assert_rotated(world, old, new, deadly)


def _dies_ever_later(share: int) -> int:
    """Kill the app at every so manieth of its deeds; returns how often it died."""
    with _a_killable_world() as (world, killer, client):
        signed_in(world, client)
        _rotate_to_renewed(world, killer, client, None)  # the very first makes the table's rows
        _rotate_to_renewed(world, killer, client, None)
        mine = _deeds(killer.seen)[share :: SHARES * EACH]
        # On a busy machine a token is tried once more or less: its last moment may not come.
        deaths = sum([_rotate_to_renewed(world, killer, client, moment) for moment in mine])
        carried_out(world, client, world.phone, "block")
    return deaths


def _rotate_to_renewed(
    world: World, killer: Killer, client: httpx.Client, deadly: Moment | None
) -> bool:
    """Rotate to a version that the vault has made by itself, which saves a wait for one."""
    old, before = pinned(world), versions(world)
    new = world.vault.create_certificate(contoso.CERTIFICATE, subject="CN=easgate")
    has_died = _rotate(world, killer, client, deadly)
    assert versions(world) == [*before, new], f"killed after {deadly}"
    _assert_rotated(world, old, new, deadly)
    return has_died


def _rotate(world: World, killer: Killer, client: httpx.Client, deadly: Moment | None) -> bool:
    """Order a rotation, and see it through, whatever dies; say whether the app did."""
    rotation_id = str(uuid.uuid4())
    killer.arm(deadly)
    insistent(world, lambda: rotate(world, client, command_id=rotation_id))

    def settled() -> bool:
        assert can_sign_in(world), f"killed after {deadly}"
        revive(world)
        return written_down(world, rotation_id) == "done" and has_no_messages(world)

    until(settled, f"the rotation is done, killed after {deadly}")
    ended = [each["rotation_id"] for each in told(world, ROTATED)]
    assert ended.count(rotation_id) == 1, f"killed after {deadly}"
    assert not told(world, FAILED), f"killed after {deadly}"
    return killer.has_killed


def _assert_rotated(world: World, old: str, new: str, deadly: Moment | None) -> None:
    assert (pinned(world), registered(world)) == (new, [new]), f"killed after {deadly}"
    assert is_enabled(world, new), f"killed after {deadly}"
    assert not is_enabled(world, old), f"killed after {deadly}"


def _deeds(seen: Sequence[Moment]) -> list[Moment]:
    """
    Return the calls that change or prove something, but for those that leave a doubt.

    Of tokens running only the last: it is the one whose use would come next.
    """
    calls = [call for call, _ in seen]
    registration = calls.index(REGISTRATION)
    note = max(place for place in range(registration) if calls[place] == NOTE)
    certain = [*seen[:note], *seen[registration:]]
    deeds = [moment for moment in certain if moment[0].startswith(DEEDS)]
    return [
        moment
        for moment, (after, _) in zip_longest(deeds, deeds[1:], fillvalue=("", 0))
        if not moment[0] == after == TOKEN
    ]


@contextmanager
def _a_killable_world() -> Iterator[tuple[World, Killer, httpx.Client]]:
    killer = Killer()
    with a_world(watch=killer.watch, lease=1, limits={"key_trials_apart": 0}) as (world, client):
        killer.world = world
        without_telemetry(world)
        yield world, killer, client
