"""Graph's federated domains: who signs in elsewhere, and what is asked there."""

import uuid
from typing import Any

import httpx
import pytest

from tests.contract.graph_world import DOMAIN, OWN_DOMAIN, World, refused

READ, WRITE = "Domain-InternalFederation.Read.All", "Domain-InternalFederation.ReadWrite.All"
FEDERATION = f"/domains/{OWN_DOMAIN}/federationConfiguration"
BAD, MISSING = (400, "Request_BadRequest"), (404, "Request_ResourceNotFound")


@pytest.fixture
def world() -> World:
    made = World()
    made.graph.domains.federate(made.tenant, OWN_DOMAIN)
    return made


def the_one(world: World) -> dict[str, Any]:
    [found] = world.call("GET", FEDERATION, READ).json()["value"]
    one: dict[str, Any] = found
    return one


def patch(world: World, **change: object) -> httpx.Response:
    return world.call("PATCH", f"{FEDERATION}/{the_one(world)['id']}", WRITE, body=change)


def test_domains_say_where_their_users_sign_in(world: World) -> None:
    select = "/domains?$select=id,authenticationType,isVerified,supportedServices"

    listed = world.call("GET", select, "Domain.Read.All").json()["value"]

    services = ["Email", "OfficeCommunicationsOnline"]
    rest = {"isVerified": True, "supportedServices": services}
    assert listed == [
        {"id": DOMAIN, "authenticationType": "Managed", **rest},
        {"id": OWN_DOMAIN, "authenticationType": "Federated", **rest},
    ]
    organization = world.call("GET", "/organization", "Organization.Read.All").json()["value"][0]
    types = {one["name"]: one["type"] for one in organization["verifiedDomains"]}
    assert types == {DOMAIN: "Managed", OWN_DOMAIN: "Federated"}


def test_a_domain_may_be_unverified_and_serve_otherwise(world: World) -> None:
    world.graph.domains.doubt(world.tenant, OWN_DOMAIN)
    world.graph.domains.serve(world.tenant, OWN_DOMAIN, ["Yammer"])

    shown = world.call("GET", f"/domains/{OWN_DOMAIN}", "Domain.Read.All").json()

    assert (shown["isVerified"], shown["supportedServices"]) == (False, ["Yammer"])
    organization = world.call("GET", "/organization", "Organization.Read.All").json()["value"][0]
    assert [one["name"] for one in organization["verifiedDomains"]] == [DOMAIN]


def test_a_prompt_that_nobody_chose_is_null(world: World) -> None:
    found = the_one(world)

    assert found["promptLoginBehavior"] is None
    assert found["passiveSignInUri"] == f"https://sts.{OWN_DOMAIN}/adfs/ls"
    single = world.call("GET", f"{FEDERATION}/{found['id']}", READ).json()
    assert {name: single[name] for name in found} == found


@pytest.mark.parametrize(
    "prompt", ["translateToFreshPasswordAuthentication", "nativeSupport", "disabled", None]
)
def test_the_prompt_is_changed_and_the_whole_comes_back(world: World, prompt: str | None) -> None:
    before = the_one(world)

    answer = patch(world, promptLoginBehavior=prompt)

    assert (answer.status_code, answer.json()["id"]) == (200, before["id"])
    assert the_one(world) == before | {"promptLoginBehavior": prompt}


@pytest.mark.parametrize(
    "change",
    [
        {"promptLoginBehavior": "Disabled"},
        {"promptLoginBehavior": "unknownFutureValue"},
        {"federatedIdpMfaBehavior": "accept"},
        {"preferredAuthenticationProtocol": "WsFed"},
        {"isSignedAuthenticationRequestRequired": "yes"},
        {"passiveSignInUri": "adfs/ls"},
        {"colour": "red"},
        {},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    world: World, change: dict[str, object]
) -> None:
    before = the_one(world)

    assert refused(patch(world, **change)) == BAD
    assert the_one(world) == before


def test_a_managed_or_unknown_domain_has_no_federation_to_be_found(world: World) -> None:
    for name in (DOMAIN, "fabrikam.example"):
        path = f"/domains/{name}/federationConfiguration"
        assert refused(world.call("GET", path, READ)) == MISSING
        assert refused(world.call("PATCH", f"{path}/{uuid.uuid4()}", WRITE, body={})) == MISSING
    assert refused(world.call("GET", f"{FEDERATION}/{uuid.uuid4()}", READ)) == MISSING
    world.graph.domains.manage(world.tenant, OWN_DOMAIN)
    assert refused(world.call("GET", FEDERATION, READ)) == MISSING


def test_it_takes_permissions_of_its_own(world: World) -> None:
    one = f"{FEDERATION}/{the_one(world)['id']}"
    body = {"promptLoginBehavior": "disabled"}

    assert world.call("GET", FEDERATION, "Directory.Read.All").status_code == 403
    assert world.call("PATCH", one, READ, body=body).status_code == 403
    assert world.call("PATCH", one, "Domain.Read.All", body=body).status_code == 403
    assert world.call("GET", FEDERATION, WRITE).status_code == 200


def test_nothing_can_be_selected(world: World) -> None:
    answer = world.call("GET", f"{FEDERATION}?$select=id", READ)

    assert refused(answer) == (400, "Request_UnsupportedQuery")


def test_tests_cannot_set_what_a_federation_does_not_have(world: World) -> None:
    with pytest.raises(ValueError, match="no property colour"):
        world.graph.domains.federate(world.tenant, OWN_DOMAIN, colour="red")
