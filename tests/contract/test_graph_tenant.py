"""The tenant in Graph: its id, and which of its domains it was born with."""

import uuid

import pytest

from tests.contract.graph_world import DOMAIN, OWN_DOMAIN, World, refused


@pytest.fixture
def world() -> World:
    return World()


def test_the_organization_knows_its_id_and_its_initial_domain(world: World) -> None:
    listed = world.call("GET", "/organization", "Organization.Read.All").json()["value"]

    assert [one["id"] for one in listed] == [world.tenant]
    initial = {one["name"]: one["isInitial"] for one in listed[0]["verifiedDomains"]}
    assert initial == {DOMAIN: True, OWN_DOMAIN: False}
    path = f"/organization/{world.tenant}?$select=id"
    single = world.call("GET", path, "Organization.Read.All").json()
    assert single["id"] == world.tenant
    other = world.call("GET", f"/organization/{uuid.uuid4()}", "Organization.Read.All")
    assert refused(other) == (404, "Request_ResourceNotFound")


def test_domains_are_listed_and_found_by_name(world: World) -> None:
    listed = world.call("GET", "/domains?$select=id,isInitial", "Domain.Read.All").json()["value"]

    assert listed == [
        {"id": DOMAIN, "isInitial": True},
        {"id": OWN_DOMAIN, "isInitial": False},
    ]
    single = world.call("GET", f"/domains/{OWN_DOMAIN.upper()}", "Domain.Read.All").json()
    assert (single["id"], single["isVerified"]) == (OWN_DOMAIN, True)
    other = world.call("GET", "/domains/fabrikam.example", "Domain.Read.All")
    assert refused(other) == (404, "Request_ResourceNotFound")
