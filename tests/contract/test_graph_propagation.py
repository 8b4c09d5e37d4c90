"""What Graph registers reaches the token endpoint late, and not every replica at once."""

from datetime import timedelta

import pytest

from tests.contract.graph_certificates import Certificate, a_key, key_credential
from tests.contract.graph_world import EXCHANGE, WRITE, World

NEW = Certificate(key=a_key(1))
NOT_YET = [700027]


@pytest.fixture
def world() -> World:
    return World()


def logins(world: World, times: int, certificate: Certificate = NEW) -> list[bool]:
    return [world.login(certificate).status_code == 200 for _ in range(times)]


def test_a_new_key_takes_its_time_and_the_old_one_works_meanwhile(world: World) -> None:
    world.directory.propagation = timedelta(minutes=2)
    world.add_key(NEW)

    assert world.login(NEW).json()["error_codes"] == NOT_YET
    assert logins(world, 1, world.certificate) == [True]
    world.clock.now += timedelta(minutes=2)
    assert logins(world, 2) == [True, True]


def test_a_key_that_is_sent_again_does_not_start_anew(world: World) -> None:
    world.directory.propagation = timedelta(minutes=2)

    entries = [{"keyId": world.key_id}, key_credential(NEW)]
    world.call("PATCH", world.path, WRITE, body={"keyCredentials": entries})

    assert logins(world, 1, world.certificate) == [True]
    assert logins(world, 1) == [False]


def test_for_a_while_only_every_second_replica_knows_a_new_key(world: World) -> None:
    """The first success proves little: the next request may meet another replica."""
    world.directory.propagation = timedelta(minutes=1)
    world.directory.disagreement = timedelta(minutes=3)
    world.add_key(NEW)

    assert logins(world, 2) == [False, False]
    world.clock.now += timedelta(minutes=1)
    assert logins(world, 4) == [True, False, True, False]
    assert logins(world, 2, world.certificate) == [True, True]
    world.clock.now += timedelta(minutes=3)
    assert logins(world, 3) == [True, True, True]


def test_a_removed_key_is_gone_at_once(world: World) -> None:
    world.directory.disagreement = timedelta(minutes=3)

    world.call("PATCH", world.path, WRITE, body={"keyCredentials": [key_credential(NEW)]})

    assert logins(world, 2, world.certificate) == [False, False]


def test_a_key_that_is_not_there_cannot_be_taken_off(world: World) -> None:
    with pytest.raises(LookupError):
        world.directory.remove_certificate(world.client_id, "none")


def test_roles_that_tests_give_are_seen_by_graph(world: World) -> None:
    """The older way of making an application, whole, leads to the same grants."""
    world.directory.add_application(
        world.client_id,
        tenant_id=world.tenant,
        roles={f"{EXCHANGE}/": ["Exchange.ManageAsApp", "Some.OtherRole"]},
        wids=["29232cdf-9323-42fd-ade2-1d097af3e4de"],
    )

    path = f"/servicePrincipals(appId='{world.client_id}')/appRoleAssignments"
    held = world.call("GET", path, WRITE).json()["value"]

    assert held[0]["appRoleId"] == "dc50a0fb-09a3-484d-be87-e023b12c6440"
    claims = world.claims(resource=EXCHANGE)
    assert claims["roles"] == ["Exchange.ManageAsApp", "Some.OtherRole"]
    assert claims["wids"] == ["29232cdf-9323-42fd-ade2-1d097af3e4de"]
