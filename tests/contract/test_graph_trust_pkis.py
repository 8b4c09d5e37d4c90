"""Graph's PKIs: containers of authorities that are made, renamed, deleted and brought back."""

from datetime import timedelta

import pytest

from tests.contract.graph_authorities import PKIS, READ, WRITE, Trusting, an_authority, key_id
from tests.contract.graph_world import refused

ROOT = an_authority("root")
DELETED = "/directory/deletedItems"
AS_PKIS = f"{DELETED}/microsoft.graph.certificateBasedAuthPki"
AS_AUTHORITIES = f"{DELETED}/microsoft.graph.certificateAuthorityDetail"
BAD, MISSING = (400, "Request_BadRequest"), (404, "Request_ResourceNotFound")


@pytest.fixture
def world() -> Trusting:
    return Trusting()


def test_a_pki_is_made_renamed_and_read(world: Trusting) -> None:
    one = f"{PKIS}/{world.pki}"

    renamed = world.call("PATCH", one, WRITE, body={"displayName": "Fabrikam PKI"})

    assert renamed.status_code == 200
    shown = world.call("GET", one, READ).json()
    assert shown["displayName"] == renamed.json()["displayName"] == "Fabrikam PKI"
    assert (shown["status"], shown["statusDetails"]) == ("succeeded", None)
    assert world.call("GET", f"{one}?$select=id", READ).json()["id"] == world.pki
    assert [pki["id"] for pki in world.call("GET", PKIS, READ).json()["value"]] == [world.pki]


@pytest.mark.parametrize(
    "body", [{"displayName": "x" * 257}, {"displayName": 7}, {"status": "succeeded"}]
)
def test_a_pki_has_a_name_of_limited_length_and_nothing_else(
    world: Trusting, body: dict[str, object]
) -> None:
    assert refused(world.call("POST", PKIS, WRITE, body=body)) == BAD
    assert refused(world.call("PATCH", f"{PKIS}/{world.pki}", WRITE, body=body)) == BAD
    assert world.call("POST", PKIS, WRITE, body={}).json()["displayName"] is None


def test_reading_and_writing_take_their_permissions(world: Trusting) -> None:
    one, body = f"{PKIS}/{world.pki}", {"displayName": "x"}

    for method in ("PATCH", "DELETE"):
        assert world.call(method, one, READ, body=body).status_code == 403
    assert world.call("POST", PKIS, READ, body=body).status_code == 403
    assert world.call("GET", PKIS, "Directory.Read.All").status_code == 403
    assert world.call("GET", one, WRITE).status_code == 200


def test_another_tenants_pki_is_not_there(world: Trusting) -> None:
    other = Trusting()
    pki = world.graph.trust.pki(other.tenant)

    assert refused(world.call("GET", f"{PKIS}/{pki.pki_id}", READ)) == MISSING


def test_where_the_method_has_to_come_first_nothing_is_managed_before(world: Trusting) -> None:
    world.graph.trust.needs_method = True
    body = {"displayName": "second"}

    assert refused(world.call("POST", PKIS, WRITE, body=body)) == BAD
    world.graph.methods.put(world.tenant, state="enabled")
    assert world.call("POST", PKIS, WRITE, body=body).status_code == 201


def test_a_deleted_pki_comes_back_with_what_was_in_it(world: Trusting) -> None:
    authority = world.added(ROOT)["id"]
    assert world.call("DELETE", f"{PKIS}/{world.pki}", WRITE).status_code == 204

    assert world.call("GET", PKIS, READ).json()["value"] == []
    assert refused(world.call("GET", world.inside, READ)) == MISSING
    [gone] = world.call("GET", AS_PKIS, READ).json()["value"]
    assert (gone["id"], gone["deletedDateTime"]) == (world.pki, "2026-05-04T12:00:00Z")
    [lost] = world.call("GET", f"{AS_AUTHORITIES}?$select=id", READ).json()["value"]
    assert lost == {"id": authority}

    back = world.call("POST", f"{DELETED}/{world.pki}/restore", WRITE)

    assert back.json()["@odata.type"] == "#microsoft.graph.certificateBasedAuthPki"
    assert [one["id"] for one in world.listed()] == [authority]


def test_a_deleted_authority_is_shown_restored_and_purged(world: Trusting) -> None:
    made = world.added(ROOT)
    one, gone = f"{world.inside}/{made['id']}", f"{DELETED}/{made['id']}"
    assert world.call("DELETE", one, WRITE).status_code == 204
    assert world.listed() == []

    shown = world.call("GET", gone, READ).json()
    assert shown["@odata.type"] == "#microsoft.graph.certificateAuthorityDetail"
    assert shown["issuerSubjectKeyIdentifier"] == key_id(ROOT)
    assert world.call("POST", f"{gone}/restore", READ).status_code == 403
    assert world.call("POST", f"{gone}/restore", WRITE).status_code == 200
    assert [found["id"] for found in world.listed()] == [made["id"]]

    world.call("DELETE", one, WRITE)
    assert world.call("DELETE", gone, WRITE).status_code == 204
    assert refused(world.call("GET", gone, READ)) == MISSING


def test_what_was_deleted_is_gone_after_thirty_days(world: Trusting) -> None:
    one = f"{world.inside}/{world.added(ROOT)['id']}"
    world.call("DELETE", one, WRITE)

    world.clock.now += timedelta(days=30, seconds=-1)
    assert len(world.call("GET", AS_AUTHORITIES, READ).json()["value"]) == 1
    world.clock.now += timedelta(seconds=1)
    assert world.call("GET", AS_AUTHORITIES, READ).json()["value"] == []


def test_an_authority_that_was_added_again_does_not_come_back_as_well(world: Trusting) -> None:
    first = world.added(ROOT)["id"]
    world.call("DELETE", f"{world.inside}/{first}", WRITE)
    world.added(ROOT)

    again = world.call("POST", f"{DELETED}/{first}/restore", WRITE)

    assert refused(again) == BAD
    assert "Duplicate" in again.json()["error"]["message"]


def test_an_authority_comes_back_after_its_pki_only(world: Trusting) -> None:
    authority = world.added(ROOT)["id"]
    world.call("DELETE", f"{PKIS}/{world.pki}", WRITE)

    assert refused(world.call("POST", f"{DELETED}/{authority}/restore", WRITE)) == BAD


def test_an_application_is_restored_by_who_may_write_applications(world: Trusting) -> None:
    world.call("DELETE", world.path, "Application.ReadWrite.All")
    restore = f"{DELETED}/{world.app.object_id}/restore"

    assert world.call("POST", restore, WRITE).status_code == 403
    assert world.call("POST", restore, "Application.ReadWrite.All").status_code == 200
