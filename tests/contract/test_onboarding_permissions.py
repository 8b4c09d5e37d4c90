"""What users' certificates take in Microsoft Graph is asked for and granted, exactly, and back."""

import uuid
from dataclasses import replace

import pytest

from infra.azure.onboarding import permissions
from infra.azure.onboarding.permissions import NAMES, UserCertificates
from infra.local.simulators.entra.resources import GRAPH
from tests.contract.graph_world import GRAPH_APP_ID
from tests.contract.onboarding_world import Died, World

READ, CHANGE, OFFBOARD = (("--user-certificates", each.value) for each in UserCertificates)
READING = sorted(NAMES[UserCertificates.READ])
ALL = sorted({name for names in NAMES.values() for name in names})
BEFORE = 9  # writes of a set-up without a scope, and without any of these


@pytest.fixture
def world() -> World:
    """Return a tenant with somebody who may consent to permissions in Microsoft Graph."""
    made = World()
    made.person = made.someone(
        "Cloud Application Administrator", "Privileged Role Administrator", "Exchange Administrator"
    )
    return made


def asked(world: World) -> list[str]:
    """Return which permissions in Microsoft Graph the application asks for."""
    names = {GRAPH.role(name).role_id: name for name in ALL}
    [service] = [
        each
        for each in world.application().properties["requiredResourceAccess"]
        if each["resourceAppId"] == GRAPH_APP_ID
    ]
    return sorted(names[each["id"]] for each in service["resourceAccess"])


def test_a_plan_names_each_permission_and_changes_nothing(world: World) -> None:
    before = world.state()

    code, screen = world.run("--plan", "--grant", *READ, *OFFBOARD)

    assert code == 0, screen
    [access] = [line for line in screen.splitlines() if line.endswith("asked for")]
    [consent] = [line for line in screen.splitlines() if "consent to" in line]
    for name in (*READING, "User.RevokeSessions.All", "Exchange.ManageAsApp"):
        assert name in access
        assert name in consent
    assert "ReadWrite" not in screen
    assert (world.writes, world.state()) == ([], before)


@pytest.mark.parametrize(
    ("chosen", "held"),
    [
        (READ, READING),
        (CHANGE, sorted(NAMES[UserCertificates.CHANGE])),
        (OFFBOARD, sorted(NAMES[UserCertificates.OFFBOARD])),
        ((*OFFBOARD, *CHANGE, *READ), ALL),
        ((), []),
    ],
    ids=["read", "change", "offboard", "all", "none"],
)
def test_the_app_holds_what_it_is_for_and_no_more(
    world: World, chosen: tuple[str, ...], held: list[str]
) -> None:
    code, screen = world.run("--grant", *chosen)
    assert code == 0, screen

    assert list(world.graph_roles()) == held
    assert len(world.writes) == BEFORE + len(held)
    if held:
        assert asked(world) == held
        assert '"watch_user_certificates": true' in screen
    settled = world.state()
    code, screen = world.run("--grant", *chosen)
    assert (code, world.writes, world.state()) == (0, [], settled), screen


def test_more_can_be_asked_for_later_and_less_takes_nothing_away(world: World) -> None:
    world.run("--grant")
    world.run("--grant", *READ)
    assert len(world.writes) == 1 + 1 + len(READING)  # the record, the list, each consent

    code, _ = world.run("--grant", *OFFBOARD)
    assert (code, len(world.writes)) == (0, 1 + 1 + 2)
    code, _ = world.run("--grant")

    assert (code, world.writes) == (0, [])
    held = sorted({*READING, *NAMES[UserCertificates.OFFBOARD]})
    assert list(world.graph_roles()) == asked(world) == held


def test_who_may_not_consent_in_graph_leaves_that_to_an_administrator(world: World) -> None:
    able, world.person = (
        world.person,
        world.someone("Cloud Application Administrator", "Exchange Administrator"),
    )

    code, screen = world.run("--grant", *READ)

    assert code == 2, screen
    left = screen[screen.index("all is in place but this:") :]
    assert f"consent to {', '.join(READING)}: let an administrator open" in left
    assert "Privileged Role Administrator" in left
    world.app()
    assert world.graph_roles() == ()
    world.person = able
    code, _ = world.run("--grant", *READ)
    assert code == 0
    assert list(world.graph_roles()) == READING


def test_without_grant_one_link_is_for_all_of_it(world: World) -> None:
    code, screen = world.run(*READ)

    assert code == 2
    assert asked(world) == READING
    left = screen[screen.index("all is in place but this:") :]
    assert left.count("/adminconsent?client_id=") == 1


def test_undo_leaves_the_tenant_as_it_was_without_being_told_what_to_undo(world: World) -> None:
    before = world.state()
    world.run("--grant", *READ, *OFFBOARD)

    code, screen = world.run("--undo")

    assert code == 0, screen
    assert world.state() == before


def test_an_application_of_somebody_elses_keeps_what_it_had_of_these(world: World) -> None:
    theirs = world.directory.register("their app", tenant_id=world.tenant_id)
    had = [
        {"id": GRAPH.role("User.Read.All").role_id, "type": "Role"},
        {"id": str(uuid.uuid4()), "type": "Scope"},
    ]
    asking = [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": had}]
    world.directory.change(
        theirs.client_id, lambda app: replace(app, properties={"requiredResourceAccess": asking})
    )
    world.directory.add_application(
        theirs.client_id, tenant_id=world.tenant_id, roles={GRAPH.url: ["User.Read.All"]}
    )
    before = world.state()
    chosen = ("--client-id", theirs.client_id)

    code, screen = world.run("--grant", *READ, *chosen)
    assert code == 0, screen
    assert list(world.graph_roles()) == READING
    [service] = [
        each
        for each in world.application().properties["requiredResourceAccess"]
        if each["resourceAppId"] == GRAPH_APP_ID
    ]
    assert len(service["resourceAccess"]) == len(READING) + 1
    code, screen = world.run("--undo", *chosen)

    assert code == 0, screen
    [gone] = [line for line in screen.splitlines() if line.split()[1:3] == ["consent", "to"]]
    assert "User.Read.All" not in gone
    assert world.state() == before


@pytest.mark.parametrize("deed", [4, 5, 6, 9, 12, 16])
def test_a_run_that_died_is_completed_by_the_next_or_taken_back(world: World, deed: int) -> None:
    before = world.state()
    world.dies_after = deed
    with pytest.raises(Died):
        world.run("--grant", *READ)
    world.dies_after = 0
    code, screen = world.run("--grant", *READ)
    assert code == 0, screen
    assert len(world.writes) == BEFORE + len(READING) - deed
    assert list(world.graph_roles()) == READING
    world.run("--undo")
    assert world.state() == before


def test_a_permission_that_graph_does_not_offer_is_named_before_anything_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(permissions.NAMES, UserCertificates.READ, ("Moon.Read.All",))
    before = world.state()

    code, screen = world.run("--grant", *READ)

    assert (code, world.writes, world.state()) == (1, [], before)
    assert "Moon.Read.All" in screen.splitlines()[-1]


def test_there_is_no_other_purpose(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        world.run("--user-certificates", "everything")
    assert "invalid choice" in capsys.readouterr().err
