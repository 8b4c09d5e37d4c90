"""The certificate is replaced by a new one, through the real host, and mail control goes on."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.graph import Restriction
from infra.local.world import World
from tests.e2e.asking import a_phone, carried_out, ended, get, order
from tests.e2e.keys import (
    FAILED,
    ROTATED,
    can_sign_in,
    is_enabled,
    ordered,
    pinned,
    registered,
    rotate,
    run_the_watch,
    signed_in,
    told,
    versions,
)
from tests.e2e.looking import finished, until, waits_for
from tests.e2e.side_by_side import a_world

ISSUING = "the vault is still issuing the new version"
THIRTY_DAYS_AT_MOST = Restriction(kind="asymmetricKeyLifetime", max_lifetime="P30D")


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """A rotation that has ended."""

    operation: dict[str, Any]
    old: str
    new: str
    second: dict[str, Any]  # ordered while it ran
    allow: dict[str, Any]  # likewise


@pytest.fixture(scope="module")
def rotated(world: World, client: httpx.Client) -> Rotated:
    """Rotate the certificate, while a phone is let in and another rotation is ordered."""
    phone = a_phone(world, "DURING1")
    carried_out(world, client, phone, "block")
    old = signed_in(world, client)
    rotation_id = ordered(world, client)
    until(lambda: waits_for(world, client, rotation_id) == ISSUING, "the vault is asked")
    second_id = ordered(world, client, requested_by="helpdesk:mo")
    allow_id = order(world, client, phone, "allow")
    until(
        lambda: _ended_safely(world, client, rotation_id),
        "the rotation comes to an end, and there is always a key that works",
    )
    return Rotated(
        operation=finished(world, client, rotation_id),
        old=old,
        new=versions(world)[-1],
        second=ended(world, client, second_id),
        allow=ended(world, client, allow_id),
    )


def test_a_new_version_is_registered_and_in_use(
    world: World, client: httpx.Client, rotated: Rotated
) -> None:
    assert rotated.operation["state"] == "done", rotated.operation["history"]
    assert [rotated.old, rotated.new] == versions(world)
    assert pinned(world) == rotated.new
    (shown,) = get(world, client, "certificate").json()["certificates"]
    assert (shown["version"], shown["registered"], shown["mismatches"]) == (rotated.new, True, [])
    assert shown["thumbprint_sha256"] == _thumbprint(world, rotated.new)
    assert rotated.operation["altered"]["after"]["version"] == rotated.new


def test_the_old_key_is_removed_and_disabled(world: World, rotated: Rotated) -> None:
    assert registered(world) == [rotated.new]
    assert not is_enabled(world, rotated.old)
    assert is_enabled(world, rotated.new)


def test_only_the_rotating_identity_has_changed_the_vault(world: World, rotated: Rotated) -> None:
    changes = [each for each in world.vault.operations if "/certificates/" in each.path]
    assert {each.principal_id for each in changes if each.method in {"POST", "PATCH"}} == {
        contoso.ROTATOR_IDENTITY
    }, rotated


def test_the_rotation_is_announced_once(world: World, rotated: Rotated) -> None:
    (event,) = told(world, ROTATED)
    assert event["rotation_id"] == rotated.operation["operation_id"]
    assert event["asked_by"] == "helpdesk:jo"
    assert (event["old"]["version"], event["new"]["version"]) == (rotated.old, rotated.new)
    assert (event["reason"], event["remedy"]) == ("", "")


def test_a_second_order_while_one_runs_is_refused_by_its_name(rotated: Rotated) -> None:
    assert rotated.second["state"] == "abandoned"
    reason = rotated.second["history"][-1]["note"]
    assert "ordered by helpdesk:jo" in reason
    assert rotated.operation["operation_id"] in reason


def test_mail_control_goes_on_meanwhile(rotated: Rotated) -> None:
    assert rotated.allow["state"] == "done", rotated.allow["history"]
    # Both times are in one format, and of one clock.
    assert rotated.allow["history"][-1]["at"] < rotated.operation["history"][-1]["at"]


def test_mail_control_goes_on_with_the_new_key(
    world: World, client: httpx.Client, rotated: Rotated
) -> None:
    world.kill_host()  # and with it the token that it holds
    world.start_host()
    assert carried_out(world, client, a_phone(world, "AFTER1"), "block")
    assert pinned(world) == rotated.new


def test_the_same_order_again_changes_nothing(
    world: World, client: httpx.Client, rotated: Rotated
) -> None:
    rotation_id = rotated.operation["operation_id"]
    events = len(world.topic.events)

    again = rotate(world, client, command_id=rotation_id)

    assert again.status_code == httpx.codes.ACCEPTED
    assert (again.json()["operation_id"], again.json()["state"]) == (rotation_id, "done")
    assert again.headers["location"] == f"/api/operations/{rotation_id}"
    assert (pinned(world), registered(world)) == (rotated.new, [rotated.new])
    assert len(world.topic.events) == events


def test_a_policy_against_the_new_certificate_ends_the_rotation_and_the_old_key_stays(
    world: World, client: httpx.Client
) -> None:
    old, known = signed_in(world, client), registered(world)
    rotation_id = str(uuid.uuid4())
    world.graph.policies.restrict(THIRTY_DAYS_AT_MOST)

    assert ordered(world, client, command_id=rotation_id) == rotation_id
    found = ended(world, client, rotation_id)

    assert found["state"] == "abandoned"
    reason = found["history"][-1]["note"]
    assert "app management policy limits the certificate's lifetime" in reason
    (event,) = told(world, FAILED)
    assert (event["rotation_id"], event["switched_at"]) == (rotation_id, None)
    assert event["reason"] in reason
    assert event["remedy"]
    assert (pinned(world), registered(world)) == (old, known)
    assert is_enabled(world, old)
    assert carried_out(world, client, a_phone(world, "DESPITE1"), "block")


def test_a_certificate_near_its_end_is_rotated_unasked() -> None:
    with a_world(lasts=timedelta(days=20), limits={"rotate_ahead": 30}) as (world, client):
        old = signed_in(world, client)
        run_the_watch(world, client)
        until(lambda: versions(world) != [old], "a new version is made", seconds=10)
        run_the_watch(world, client)

        until(lambda: told(world, ROTATED), "the certificate is rotated")

        (event,) = told(world, ROTATED)
        assert (event["asked_by"], event["old"]["version"]) == ("timer", old)
        until(lambda: ended(world, client, event["rotation_id"]), "the operation ends")
        run_the_watch(world, client)
        assert carried_out(world, client, world.phone, "block")
        assert versions(world) == [old, event["new"]["version"]]
        assert registered(world) == [pinned(world)] == [event["new"]["version"]]


def _ended_safely(world: World, client: httpx.Client, rotation_id: str) -> bool:
    assert can_sign_in(world)
    return bool(finished(world, client, rotation_id))


def _thumbprint(world: World, version: str) -> str:
    return sha256(world.vault.certificate_der(contoso.CERTIFICATE, version)).hexdigest()
