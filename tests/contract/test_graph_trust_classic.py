"""Graph's older store of authorities: made and deleted whole, with nothing in between."""

import uuid
from typing import Any

import pytest

from infra.local.simulators.graph import Moment
from tests.contract.graph_authorities import Trusting, an_authority, der, in_base64, key_id
from tests.contract.graph_world import refused

READ, WRITE = "Organization.Read.All", "Organization.ReadWrite.All"
ROOT, BELOW = an_authority("root"), an_authority("below", issuer="root")
THE_ID = "29728ade-6ae4-4ee9-9103-412912537da5"
BAD, MISSING = (400, "Request_BadRequest"), (404, "Request_ResourceNotFound")
CRL = "http://crl.contoso.example/root.crl"
ENTRY = {"certificate": in_base64(ROOT), "isRootAuthority": True}


@pytest.fixture
def world() -> Trusting:
    return Trusting()


def path(world: Trusting) -> str:
    return f"/organization/{world.tenant}/certificateBasedAuthConfiguration"


def create(world: Trusting, *entries: object) -> Any:  # noqa: ANN401 -- as the world answers
    body = {"certificateAuthorities": list(entries)}
    return world.call("POST", path(world), WRITE, body=body)


def test_the_store_is_made_and_shown_with_what_is_computed(world: Trusting) -> None:
    assert world.call("GET", path(world), READ).json()["value"] == []
    below = {"certificate": in_base64(BELOW), "isRootAuthority": False}

    made = create(world, ENTRY | {"deltaCertificateRevocationListUrl": CRL}, below)

    assert made.status_code == 201
    [shown] = world.call("GET", path(world), READ).json()["value"]
    assert shown["id"] == made.json()["id"] == THE_ID
    assert shown["certificateAuthorities"][0] == {
        **ENTRY,
        "certificateRevocationListUrl": None,
        "deltaCertificateRevocationListUrl": CRL,
        "issuer": "CN=root, O=Contoso, C=US",
        "issuerSki": key_id(ROOT),
    }
    single = world.call("GET", f"{path(world)}/{THE_ID}", READ).json()
    assert single["certificateAuthorities"] == shown["certificateAuthorities"]


def test_it_can_be_deleted_and_made_but_not_changed(world: Trusting) -> None:
    create(world, ENTRY)
    one = f"{path(world)}/{THE_ID}"

    assert world.call("PATCH", one, WRITE, body={}).status_code == 405
    assert refused(create(world, ENTRY)) == BAD
    assert world.call("DELETE", one, WRITE).status_code == 204
    assert refused(world.call("DELETE", one, WRITE)) == MISSING
    assert refused(world.call("GET", one, READ)) == MISSING
    assert create(world, ENTRY).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": "AAAA"},
        {"certificate": None},
        {"isRootAuthority": None},
        {"issuer": "CN=root"},
        {"issuerSki": "00"},
        {"deltacertificateRevocationListUrl": CRL},
        {"certificateRevocationListUrl": "file:///root.crl"},
    ],
    ids=lambda change: "=".join(map(str, next(iter(change.items())))),
)
def test_an_entry_of_the_wrong_form_is_refused(world: Trusting, change: dict[str, Any]) -> None:
    """What is computed may not be sent, and names are spelled otherwise than in PKIs."""
    assert refused(create(world, ENTRY | change)) == BAD
    assert not world.graph.classic.has(world.tenant)


def test_a_store_holds_something_and_nothing_twice(world: Trusting) -> None:
    assert refused(create(world)) == BAD
    assert refused(create(world, ENTRY, ENTRY)) == BAD
    assert refused(create(world, {"isRootAuthority": True})) == BAD


def test_it_takes_the_permissions_of_the_organization(world: Trusting) -> None:
    one = f"{path(world)}/{THE_ID}"
    world.graph.classic.add(world.tenant, der(ROOT))

    assert world.call("GET", path(world), "Directory.Read.All").status_code == 403
    assert world.call("DELETE", one, READ).status_code == 403
    assert world.call("POST", path(world), READ, body={}).status_code == 403
    assert world.call("GET", one, WRITE).status_code == 200


def test_another_organization_and_another_id_are_not_found(world: Trusting) -> None:
    world.graph.classic.add(world.tenant, der(ROOT), crl_url=CRL)
    other = f"/organization/{uuid.uuid4()}/certificateBasedAuthConfiguration"

    assert refused(world.call("GET", other, READ)) == MISSING
    assert refused(world.call("GET", f"{path(world)}/{uuid.uuid4()}", READ)) == MISSING
    [held] = world.graph.classic.get(world.tenant)
    assert (held.is_root, held.crl_url) == (True, CRL)


def test_a_connection_is_cut_after_the_store_was_deleted(world: Trusting) -> None:
    """The worst moment: nothing is trusted, and the caller does not know."""
    world.graph.classic.add(world.tenant, der(ROOT))
    world.graph.fail_next(504, on="deleteClassicStore", moment=Moment.AFTER)

    assert world.call("DELETE", f"{path(world)}/{THE_ID}", WRITE).status_code == 504
    assert not world.graph.classic.has(world.tenant)
