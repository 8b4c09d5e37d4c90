"""An application rolls its own certificate: addKey and removeKey, with no permission at all."""

import uuid
from datetime import timedelta

import httpx
import pytest

from tests.contract.graph_certificates import NOON, Certificate, a_key, key_credential
from tests.contract.graph_world import OWNED, READ, WRITE, World, refused

NEW = Certificate(key=a_key(1))
REJECTED = (401, "Authentication_MissingOrMalformed")


@pytest.fixture
def world() -> World:
    return World()


def remove(
    world: World, key_id: object, *, proof: str = "", token: str = "", path: str = ""
) -> httpx.Response:
    body = {"keyId": key_id, "proof": proof or world.proof()}
    token = token or world.token(appid=world.client_id)
    return world.call("POST", f"{path or world.path}/removeKey", token=token, body=body)


def test_an_application_rolls_its_key_without_any_permission(world: World) -> None:
    assert "roles" not in world.claims()

    added = world.add_key(NEW)

    assert added.status_code == 200
    shown = added.json()
    assert shown.pop("@odata.context").endswith("#microsoft.graph.keyCredential")
    assert [key | {"key": None} for key in world.registered()][1] == shown
    removed = remove(world, world.key_id, proof=world.proof(NEW))
    assert (removed.status_code, removed.content) == (204, b"")
    assert world.login().json()["error_codes"] == [700027]
    assert world.login(NEW).status_code == 200


def test_the_other_form_of_the_path_does_the_same(world: World) -> None:
    path = f"/applications(appId='{world.client_id}')"
    body = {"keyCredential": key_credential(NEW), "proof": world.proof()}

    added = world.call("POST", f"{path}/addKey", token=world.own_token(), body=body)

    assert added.status_code == 200
    assert remove(world, added.json()["keyId"], path=path).status_code == 204
    assert len(world.registered()) == 1


def test_the_same_certificate_is_added_as_often_as_it_is_sent(world: World) -> None:
    ids = {world.add_key(NEW).json()["keyId"] for _ in range(2)}

    assert len(ids) == 2
    assert [key["key"] for key in world.registered()].count(NEW.base64) == 2


def test_an_application_rolls_its_own_keys_only(world: World) -> None:
    """The proof is good; it is the bearer who may not."""
    stranger = world.token(READ)

    assert refused(world.add_key(NEW, token=stranger)) == (403, "Authorization_RequestDenied")
    assert refused(remove(world, world.key_id, token=stranger))[0] == 403
    assert len(world.registered()) == 1


def test_who_holds_the_large_permission_still_needs_the_proof(world: World) -> None:
    administrator = world.token(WRITE)

    assert world.add_key(NEW, token=administrator).status_code == 200
    forged = world.proof(NEW, iss=str(uuid.uuid4()))
    assert refused(world.add_key(NEW, token=administrator, proof=forged)) == REJECTED


def test_owned_by_rolls_keys_of_what_the_caller_owns(world: World) -> None:
    owner_id = str(uuid.uuid4())
    owner = world.token(OWNED, oid=owner_id)
    entry = {"displayName": "own", "keyCredentials": [key_credential(world.certificate)]}
    made = world.call("POST", "/applications", token=owner, body=entry).json()
    body = {"keyCredential": key_credential(NEW), "proof": world.proof(iss=made["id"])}
    path = f"/applications/{made['id']}/addKey"

    just_owner = world.token(oid=owner_id)
    assert world.call("POST", path, token=world.token(OWNED), body=body).status_code == 403
    assert world.call("POST", path, token=just_owner, body=body).status_code == 403
    assert world.call("POST", path, token=owner, body=body).status_code == 200


def test_a_person_rolls_with_scope_and_role_only(world: World) -> None:
    """Signed in through the application itself, a person is still not the application."""
    administrator = ["9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"]
    through = {"appid": world.client_id}

    without = world.token(scp="User.Read", **through)
    with_role = world.token(scp="User.Read", wids=administrator, **through)
    with_scope = world.token(scp=WRITE, **through)
    with_both = world.token(scp=WRITE, wids=administrator, **through)

    for token in (without, with_role, with_scope):
        assert world.add_key(NEW, token=token).status_code == 403
    assert world.add_key(NEW, token=with_both).status_code == 200


@pytest.mark.parametrize("proof", [None, "", 7, ["a.b.c"]])
def test_without_a_proof_nobody_rolls(world: World, proof: object) -> None:
    body = {"keyCredential": key_credential(NEW), "proof": proof}

    answer = world.call("POST", f"{world.path}/addKey", token=world.own_token(), body=body)

    assert refused(answer) == (403, "Authorization_RequestDenied")


def test_after_the_last_certificate_expired_only_somebody_else_helps(world: World) -> None:
    later = Certificate(key=a_key(1), ends=NOON + timedelta(days=300))
    token = world.token(appid=world.client_id, exp=int((NOON + timedelta(days=90)).timestamp()))
    world.clock.now = world.certificate.ends + timedelta(seconds=1)

    assert refused(world.add_key(later, token=token)) == REJECTED

    change = {"keyCredentials": [key_credential(later)]}
    assert world.call("PATCH", world.path, WRITE, body=change).status_code == 204
    assert world.login(later).status_code == 200


def test_an_application_without_keys_cannot_add_one(world: World) -> None:
    remove(world, world.key_id)

    assert world.registered() == []
    assert refused(world.add_key(NEW, token=world.token(WRITE))) == REJECTED


def test_a_key_may_remove_itself(world: World) -> None:
    world.add_key(NEW)

    assert remove(world, world.key_id, proof=world.proof()).status_code == 204
    assert refused(remove(world, world.key_id, proof=world.proof())) == REJECTED


@pytest.mark.parametrize("key_id", [None, "", "first", str(uuid.UUID(int=7))])
def test_a_key_that_is_not_there_is_not_removed(world: World, key_id: object) -> None:
    assert remove(world, key_id).status_code == 400
    assert len(world.registered()) == 1


def test_a_password_is_not_taken(world: World) -> None:
    answer = world.add_key(NEW, passwordCredential={"secretText": "of a private key"})

    assert refused(answer) == (400, "Request_BadRequest")


def test_there_is_no_rolling_of_what_is_not_there(world: World) -> None:
    path = f"/applications/{uuid.uuid4()}"

    assert refused(remove(world, world.key_id, path=path)) == (404, "Request_ResourceNotFound")
