"""Our polling of MaaS360, against the simulator: which another hand built from the same facts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.maas360 import ActionStatus, faults
from shared.devices.model import Ownership
from shared.errors import Failure, Misconfigured, Retryable
from tests.contract.maas360_polling_world import HOUR, MINUTE, PolledWorld
from tests.contract.storage_wire import Wire, table

C, N, R = "compliant", "noncompliant", "retired"


@pytest.fixture
def world() -> PolledWorld:
    return PolledWorld()


@pytest.fixture
def address(world: PolledWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Server(Authority.create(tmp_path_factory.mktemp("authority"))) as server:
        yield server.mount(world.maas, name="maas360")


def test_a_fleet_is_reported_once_and_then_only_what_changes(world: PolledWorld) -> None:
    fleet = world.fleet(600)

    assert world.poll() == []
    assert sorted(world.told()) == sorted((name, C) for name in fleet)

    for _ in range(3):
        assert world.poll(5 * MINUTE) == []
    assert world.poll(HOUR) == []
    assert world.told() == []


def test_a_report_says_what_the_service_says(world: PolledWorld) -> None:
    name = world.maas.add_device(mailboxDeviceId="TQ9V4M2H7KB1C8RDX5N0E3GJLA", osVersion="17.5")

    world.poll()

    (report,) = world.queue.reports
    said = report.subject
    assert (said.mdm_id, said.mail, said.eas_device_id) == (
        name,
        "user1@contoso.com",
        "TQ9V4M2H7KB1C8RDX5N0E3GJLA",
    )
    assert (said.serial, said.imei, said.model, said.os) == (
        "F2LX00000001",
        "356511070000001",
        "iPhone14,2",
        "iOS 17.5",
    )
    assert (report.ownership, report.occurred_at) == (Ownership.CORPORATE, world.clock())
    assert report.verified_by == "maas/v1"


@pytest.mark.parametrize(
    ("facts", "posture"),
    [
        ({"jailbreakStatus": "Yes"}, N),
        ({"ruleComplianceState": "Out of Compliance"}, N),
        ({"maas360ManagedStatus": "User Removed Control", "deviceStatus": "Inactive"}, R),
        ({"selectiveWipeStatus": "Complete"}, R),
    ],
)
def test_a_device_that_reports_anew_is_heard_at_the_next_run(
    world: PolledWorld, facts: dict[str, str], posture: str
) -> None:
    name, *_ = world.fleet(3)
    world.poll()
    world.told()

    world.clock.now += MINUTE
    world.maas.change(name, lastReported=world.clock(), **facts)
    world.poll(4 * MINUTE)

    assert world.told() == [(name, posture)]


def test_what_changes_without_the_device_is_heard_within_the_hour(world: PolledWorld) -> None:
    name, *_ = world.fleet(3)
    world.poll()
    world.poll(30 * MINUTE)
    world.told()

    world.maas.change(name, maas360ManagedStatus="Control Removed", deviceStatus="Inactive")
    world.poll(5 * MINUTE)
    assert world.told() == []
    world.poll(HOUR)
    assert world.told() == [(name, R)]


def test_a_wipe_in_the_history_retires_the_device(world: PolledWorld) -> None:
    name, *_ = world.fleet(3)
    world.poll()
    world.told()

    done = world.maas.record_action(name, "Wipe Device", at=world.clock() + MINUTE)
    world.poll(HOUR)
    assert world.told() == []
    world.maas.settle_action(done, ActionStatus.COMPLETE)
    world.poll(HOUR)
    assert world.told() == [(name, R)]


def test_a_device_that_is_forgotten_is_retired_after_two_whole_rounds(world: PolledWorld) -> None:
    name, *_ = world.fleet(3)
    world.poll()
    world.told()

    world.maas.remove(name)
    world.poll(HOUR)
    assert world.told() == []
    world.poll(HOUR)
    assert world.told() == [(name, R)]


def slip(world: PolledWorld, fleet: list[str]) -> None:
    """Take one away: those behind it move up."""
    world.maas.remove(fleet[0])


def report(world: PolledWorld, fleet: list[str]) -> None:
    """Let ten report: they move to the end, and the others up."""
    for name in fleet[:10]:
        world.maas.change(name, lastReported=world.clock() + MINUTE)


def hide(world: PolledWorld, fleet: list[str]) -> None:
    """Hide ten, which moves them to the other list."""
    for name in fleet[10:20]:
        world.maas.change(name, deviceStatus="Inactive")


@pytest.mark.parametrize("all_at_once", [False, True])
@pytest.mark.parametrize("move", [slip, report, hide])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_nobody_is_lost_while_the_list_moves(
    world: PolledWorld,
    move: Callable[[PolledWorld, list[str]], None],
    after: int,
    all_at_once: object,
) -> None:
    """Six hundred devices are three pages; the list moves between two of them."""
    fleet = world.fleet(600)
    if all_at_once:
        for name in fleet:
            world.maas.change(name, lastReported=world.clock() - HOUR)
    world.polling = replace(world.polling, pages=1)
    world.maas.inject(
        faults.meanwhile(lambda: move(world, fleet)), on="searchDevices", after=2 + after
    )

    for _ in range(8):
        world.poll(timedelta(seconds=1))

    assert {name for name, _ in world.told()} >= set(fleet[1:])


def test_tokens_that_are_revoked_on_the_way_are_renewed(world: PolledWorld) -> None:
    fleet = world.fleet(600)
    world.maas.inject(faults.meanwhile(world.maas.revoke_tokens), on="searchDevices", after=3)

    assert world.poll() == []

    assert len(world.told()) == len(fleet)
    assert world.maas.count("authenticate") == 2


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (faults.throttled("120"), timedelta(seconds=120)),
        (faults.throttled(), MINUTE),
        (faults.throttled(reset_window=60), MINUTE),
        (faults.unavailable("90"), timedelta(seconds=90)),
        (faults.unavailable(), MINUTE),
    ],
)
def test_a_service_that_wants_rest_gets_it_and_the_round_goes_on(
    world: PolledWorld, fault: faults.Fault, wait: timedelta
) -> None:
    fleet = world.fleet(600)
    world.maas.inject(fault, on="searchDevices", after=3)

    ((_, trouble),) = world.poll()
    assert isinstance(trouble, Retryable)
    assert trouble.after == wait
    asked = len(world.maas.calls)
    world.poll(wait / 2)
    assert len(world.maas.calls) == asked

    assert world.poll(wait / 2) == []
    assert sorted(world.told()) == sorted((name, C) for name in fleet)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (faults.web_page(), Retryable),
        (faults.failing(500), Retryable),
        (faults.dropped(), Retryable),
        (faults.failing(403), Misconfigured),
    ],
)
def test_a_bad_day_retires_nobody(
    world: PolledWorld, fault: faults.Fault, failure: type[Failure]
) -> None:
    world.fleet(30)
    world.poll()
    world.told()

    world.maas.inject(fault, on="searchDevices", times=1000)
    for _ in range(4):
        ((name, trouble),) = world.poll(HOUR)
        assert (name, type(trouble)) == ("maas", failure)
    world.maas.faults.clear()

    assert world.poll(HOUR) == []
    assert world.told() == []


def test_a_wrong_password_is_told_and_does_not_lock_the_account(world: PolledWorld) -> None:
    world.fleet(3)
    world.maas.change_password("another")

    for _ in range(12):
        ((_, trouble),) = world.poll(5 * MINUTE)
        assert isinstance(trouble, Misconfigured)
        assert "correct the secret maas" in str(trouble)

    assert world.maas.count("authenticate") < 5


def test_the_newer_sign_in_serves_where_the_older_is_gone(world: PolledWorld) -> None:
    world.fleet(3)
    world.maas.inject(faults.failing(404), on="authenticate")

    assert world.poll() == []

    assert [call.path.split("/")[3] for call in world.maas.calls[:2]] == ["1.0", "2.0"]


def test_words_that_nobody_knows_are_counted(world: PolledWorld) -> None:
    world.maas.add_device(maas360ManagedStatus="Suspended")

    world.poll()

    assert world.told() == []
    (counted,) = world.unheeded.of("maas")
    assert counted.kind == "maas360ManagedStatus: suspended"


def test_it_is_polled_on_a_port_as_it_is_in_memory(world: PolledWorld, address: str) -> None:
    fleet = world.fleet(5)

    with httpx.Client(verify=False) as http:  # noqa: S501 - TLS is not what this is about
        world.connect(http, address)
        assert world.poll() == []

    assert sorted(world.told()) == sorted((name, C) for name in fleet)


def test_what_is_known_is_kept_in_real_tables(storage: str) -> None:
    with table(storage, Wire()) as rows:
        world = PolledWorld(rows)
        fleet = world.fleet(120)
        assert world.poll() == []
        assert len(world.told()) == 120

        world.maas.remove(fleet[0])
        world.maas.change(fleet[1], jailbreakStatus="Yes")
        assert world.poll(HOUR) == []
        assert world.told() == [(fleet[1], N)]
        assert world.poll(HOUR) == []
        assert world.told() == [(fleet[0], R)]
        assert world.poll(HOUR) == []
        assert world.told() == []
