"""The program dies after any of its writes, services answer late, and the next run completes it."""

from pathlib import Path

import pytest

from infra.local.simulators.graph import Moment
from tests.contract.entra_world import Credential
from tests.contract.onboarding_world import SCOPED, Died, World

WRITES = 10


@pytest.fixture
def world() -> World:
    return World()


def died(world: World, *given: str) -> str:
    """Run until it dies; return the write after which it did."""
    with pytest.raises(Died):
        world.run(*given)
    world.dies_after = 0
    return world.writes[-1]


@pytest.mark.parametrize("deed", range(1, WRITES + 1))
def test_a_run_that_died_is_completed_by_the_next(world: World, deed: int) -> None:
    world.dies_after = deed
    died(world, "--grant", *SCOPED)

    code, screen = world.run("--grant", *SCOPED)

    assert code == 0, screen
    assert len(world.writes) == WRITES - deed
    world.app()


@pytest.mark.parametrize("deed", range(1, WRITES + 1))
def test_what_a_run_has_made_before_it_died_can_be_taken_back(world: World, deed: int) -> None:
    before = world.state()
    world.dies_after = deed
    died(world, "--grant", *SCOPED)

    code, screen = world.run("--undo")

    assert code == 0, screen
    assert world.state() == before


@pytest.mark.parametrize("deed", range(1, 7))
def test_an_undo_that_died_is_completed_by_the_next(world: World, deed: int) -> None:
    before = world.state()
    world.run("--grant", *SCOPED)
    world.dies_after = deed
    died(world, "--undo")

    code, screen = world.run("--undo")

    assert code == 0, screen
    assert world.state() == before


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate that need not be made again and again."""
    path = tmp_path_factory.mktemp("certificate") / "cert.cer"
    path.write_bytes(Credential().der)
    return path


@pytest.mark.parametrize("deed", range(1, WRITES))
def test_the_same_holds_for_somebody_elses_application(world: World, file: Path, deed: int) -> None:
    world.certificate = ("--certificate-file", str(file))
    theirs = world.directory.register("their app", tenant_id=world.tenant_id)
    before = world.state()
    given = ("--client-id", theirs.client_id, "--grant", *SCOPED)
    world.dies_after = deed
    died(world, *given)

    world.run("--undo", "--client-id", theirs.client_id)
    assert world.state() == before
    world.dies_after = deed
    died(world, *given)
    code, screen = world.run(*given)

    assert code == 0, screen
    assert len(world.writes) == WRITES - 1 - deed  # the certificate is there already


@pytest.mark.parametrize("reads", [1, 3, 6])
def test_what_was_made_just_now_may_take_a_while_to_be_seen(world: World, reads: int) -> None:
    world.graph.replication.reads = reads

    code, screen = world.run("--grant")

    assert code == 0, screen
    assert world.naps
    assert len(world.writes) == 9
    world.app()


@pytest.mark.parametrize("call", ["createServicePrincipal", "grantAppRole"])
def test_what_has_not_arrived_may_be_a_bad_request(world: World, call: str) -> None:
    world.graph.fail_next(400, on=call, code="Request_BadRequest", times=2)

    code, screen = world.run("--grant")

    assert code == 0, screen
    assert world.naps[:2] == [1, 2]
    world.app()


def test_something_that_never_arrives_ends_the_run_and_not_its_work(world: World) -> None:
    world.graph.replication.reads = 10_000

    code, screen = world.run("--grant")

    assert code == 1
    assert sum(world.naps) < 300
    assert "run this again in some minutes" in screen.splitlines()[-1]


@pytest.mark.parametrize("moment", Moment)
def test_cut_connections_make_nothing_twice(world: World, moment: Moment) -> None:
    world.run("--grant")
    calls = [each for each in world.graph.operations if each.method in ("POST", "PATCH")]
    world.run("--undo")
    for each in calls:
        world.graph.drop_next(on=each.name, moment=moment)

    runs = [world.run("--grant") for _ in range(len(calls) + 1)]

    assert runs[-1][0] == 0, runs[-1][1]
    assert len(world.application().certificates) == 1
    world.app()


def test_a_connection_that_is_cut_after_the_deed_does_not_stop_the_run(world: World) -> None:
    world.run("--grant")
    names = {each.name for each in world.graph.operations if each.method == "PATCH"}
    world.run("--undo")
    for name in names:
        world.graph.drop_next(on=name, moment=Moment.AFTER)

    code, screen = world.run("--grant")

    assert code == 0, screen


def test_a_busy_service_is_asked_again_for_what_it_shows(world: World) -> None:
    world.graph.fail_next(503, times=2)

    code, screen = world.run("--plan")

    assert code == 0, screen
    assert world.naps[:2] == [1, 2]
