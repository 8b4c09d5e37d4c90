"""What was set up is taken back; what others made stays."""

import uuid
from dataclasses import replace

import pytest

from infra.local.simulators.exchange.roles import ManagementRole
from tests.contract.entra_world import Credential
from tests.contract.graph_world import EXCHANGE_APP_ID, GRAPH_APP_ID
from tests.contract.onboarding_world import SCOPED, World


@pytest.fixture
def world() -> World:
    return World()


def test_undo_leaves_the_tenant_as_it_was(world: World) -> None:
    before = world.state()
    world.run("--grant", *SCOPED)

    code, screen = world.run("--undo")

    assert code == 0, screen
    assert world.state() == before


def test_after_an_undo_it_can_be_set_up_again(world: World) -> None:
    world.run("--grant")
    world.run("--undo")

    code, screen = world.run("--grant")

    assert code == 0, screen
    world.app()


def test_undo_says_first_what_goes_and_wants_the_tenants_name(world: World) -> None:
    world.run("--grant", *SCOPED)
    settled = world.state()
    world.answer = "yes"

    code, screen = world.run("--undo")

    assert code == 1
    assert (world.writes, world.state()) == ([], settled)
    gone = [line.split()[1] for line in screen.splitlines() if line.startswith("remove ")]
    assert gone == ["the", "role", "management", "service", "application", "certificate"]


def test_undo_without_anybody_to_ask_removes_nothing(world: World) -> None:
    world.run("--grant")
    settled = world.state()
    world.answer = None

    code, screen = world.run("--undo")

    assert code == 1, screen
    assert (world.writes, world.state()) == ([], settled)


def test_undo_can_be_planned_and_can_do_without_asking(world: World) -> None:
    world.run("--grant")
    world.answer = ""
    settled = world.state()

    world.run("--undo", "--plan")
    assert (world.writes, world.state()) == ([], settled)
    code, _ = world.run("--undo", "--yes")

    assert code == 0
    assert world.applications() == []


def test_where_nothing_was_set_up_there_is_nothing_to_undo(world: World) -> None:
    before = world.state()

    code, screen = world.run("--undo", "--yes")

    assert (code, world.writes, world.state()) == (0, [], before)
    assert "nothing stands here" in screen


def test_an_application_of_somebody_elses_keeps_all_it_had(world: World) -> None:
    theirs = world.directory.register("their app", tenant_id=world.tenant_id)
    world.directory.add_certificate(theirs.client_id, Credential().der)
    asked = [
        {"resourceAppId": service, "resourceAccess": [{"id": str(uuid.uuid4()), "type": "Role"}]}
        for service in (GRAPH_APP_ID, EXCHANGE_APP_ID)
    ]
    had = {"tags": ["theirs"], "requiredResourceAccess": asked}
    world.directory.change(theirs.client_id, lambda app: replace(app, properties=had))
    before = world.state()
    chosen = ("--client-id", theirs.client_id)

    code, screen = world.run("--grant", *SCOPED, *chosen)
    assert code == 0, screen
    assert len(world.application().certificates) == 2
    services = world.application().properties["requiredResourceAccess"]
    assert sorted(len(each["resourceAccess"]) for each in services) == [1, 2]
    world.app()
    world.run("--grant", *SCOPED, *chosen)
    assert world.writes == []
    code, screen = world.run("--undo", *chosen)

    assert code == 0, screen
    assert world.state() == before


def test_a_certificate_that_was_there_stays(world: World) -> None:
    world.vault.create_certificate("easgate")
    before = world.state()

    world.run("--grant")
    code, _ = world.run("--undo")

    assert code == 0
    assert world.state() == before


def test_a_role_group_that_others_have_joined_stays(world: World) -> None:
    world.run("--grant")
    [group] = [each for each in world.tenant.role_groups if each.name.startswith("easgate")]
    group.members.add("jo@contoso.com")

    code, screen = world.run("--undo")

    assert code == 1
    assert "has other members by now" in screen
    assert group.members == {"jo@contoso.com"}
    assert world.applications() != []


def test_a_role_group_of_the_same_name_is_not_touched(world: World) -> None:
    world.tenant.add_role_group(
        "easgate device managers", members=[], roles=[ManagementRole.MAIL_RECIPIENTS]
    )
    before = world.state()

    code, screen = world.run("--grant")

    assert (code, world.writes, world.state()) == (1, [], before)
    assert "was not made for this application" in screen
    world.run("--undo")
    assert world.state() == before
