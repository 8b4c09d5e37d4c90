"""Subscriptions to users: what may be asked for, for how long, and by whom."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.contract.graph_notifications_world import (
    A_DAY,
    ENDPOINT,
    LIFECYCLE,
    READ_USERS,
    Watched,
)
from tests.contract.graph_world import refused

MAXIMUM = timedelta(minutes=41760)


@pytest.fixture
def world() -> Watched:
    return Watched()


def ask(world: Watched, **change: object) -> httpx.Response:
    return world.ask("POST", "/subscriptions", world.wish(**change))


def test_a_subscription_is_made_and_keeps_its_secrets(world: Watched) -> None:
    """The client state is not shown again, to nobody: so it was seen at the service."""
    made = world.subscribe(lifecycleNotificationUrl=LIFECYCLE, resource="/users")

    path = f"/subscriptions/{made['id']}"
    assert made["@odata.context"].endswith("#subscriptions/$entity")
    assert made | {"@odata.context": "", "id": "", "creatorId": ""} == {
        "@odata.context": "",
        "id": "",
        "resource": "/users",
        "applicationId": world.app_id,
        "changeType": "updated,deleted",
        "clientState": None,
        "notificationUrl": ENDPOINT,
        "notificationQueryOptions": None,
        "lifecycleNotificationUrl": LIFECYCLE,
        "expirationDateTime": "2026-05-05T12:00:00Z",
        "creatorId": "",
        "includeResourceData": None,
        "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": None,
    }
    assert world.ask("GET", path).json() == made
    assert world.listed() == [made["id"]]


@pytest.mark.parametrize(
    "change",
    [
        *({name: None} for name in ("changeType", "notificationUrl", "resource")),
        {"expirationDateTime": None},
        {"changeType": "created"},
        {"changeType": "created,updated"},
        {"changeType": "Updated"},
        {"changeType": "updated,"},
        {"changeType": ["updated"]},
        {"notificationUrl": "http://app.contoso.example/api/graph"},
        {"notificationUrl": "app.contoso.example"},
        {"notificationUrl": "https://"},
        {"lifecycleNotificationUrl": "http://app.contoso.example/api/graph"},
        {"resource": "groups"},
        {"resource": "https://graph.microsoft.com/v1.0/users"},
        {"resource": "users?$select=id"},
        {"resource": "users/adele@contoso.example"},
        {"clientState": "x" * 129},
        {"latestSupportedTlsVersion": "1.2"},
        {"includeResourceData": "true"},
        {"includeResourceData": True},
        {"encryptionCertificate": "no certificate"},
        {"notificationQueryOptions": "$filter=x"},
        {"applicationId": str(uuid.uuid4())},
        {"webPushEncryptionSecret": "x"},
        {"ClientState": "x"},
        {"expirationDateTime": "soon"},
        {"expirationDateTime": "2026-05-05T12:00:00"},
        {"expirationDateTime": 1777896000},
    ],
)
def test_what_is_missing_or_wrong_is_refused_before_any_endpoint_is_asked(
    world: Watched, change: dict[str, Any]
) -> None:
    assert refused(ask(world, **change)) == (400, "InvalidRequest")
    assert world.receiver.requests == []


def test_the_longest_client_state_and_every_tls_version_are_accepted(world: Watched) -> None:
    for version in ("v1_0", "v1_1", "v1_2", "v1_3"):
        made = world.subscribe(latestSupportedTlsVersion=version, clientState="x" * 128)
        assert made["latestSupportedTlsVersion"] == version


@pytest.mark.parametrize(
    ("lasts", "kept"),
    [
        (timedelta(seconds=1), timedelta(minutes=45)),
        (timedelta(hours=1), timedelta(hours=1)),
        (MAXIMUM, MAXIMUM),
    ],
)
def test_a_subscription_lasts_as_long_as_it_may(
    world: Watched, lasts: timedelta, kept: timedelta
) -> None:
    """What is short is made longer."""
    made = world.subscribe(expirationDateTime=(world.clock.now + lasts).isoformat())

    ends = (world.clock.now + kept).replace(tzinfo=None).isoformat()
    assert made["expirationDateTime"] == f"{ends}Z"


@pytest.mark.parametrize(
    ("lasts", "code"),
    [
        (timedelta(), "InvalidRequest"),
        (-A_DAY, "InvalidRequest"),
        (MAXIMUM + timedelta(seconds=1), "ExtensionError"),
    ],
)
def test_an_end_in_the_past_or_too_far_off_is_refused(
    world: Watched, lasts: timedelta, code: str
) -> None:
    ends = (world.clock.now + lasts).isoformat()
    made = world.subscribe()

    assert refused(ask(world, expirationDateTime=ends)) == (400, code)
    renewed = world.ask("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": ends})
    assert refused(renewed) == (400, code)


def test_a_user_who_is_not_there_cannot_be_watched(world: Watched) -> None:
    assert ask(world, resource=f"users/{world.adele.object_id}").status_code == 201

    nobody = ask(world, resource=f"users/{uuid.uuid4()}")
    assert refused(nobody) == (404, "ResourceNotFound")


def test_an_app_finds_its_own_subscriptions_and_nobody_elses(world: Watched) -> None:
    made = world.subscribe()
    path, other = f"/subscriptions/{made['id']}", {"appid": str(uuid.uuid4())}
    body = {"expirationDateTime": (world.clock.now + A_DAY).isoformat()}

    assert world.ask("GET", "/subscriptions", **other).json()["value"] == []
    for method, where in (
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/reauthorize"),
    ):
        answer = world.ask(method, where, body if method == "PATCH" else None, **other)
        assert refused(answer) == (404, "ResourceNotFound")
    assert world.listed() == [made["id"]]


def test_a_person_finds_only_what_they_have_made_themselves(world: Watched) -> None:
    world.subscribe()
    person = {"scp": READ_USERS, "oid": str(uuid.uuid4())}
    own = world.ask("POST", "/subscriptions", world.wish(), **person).json()

    seen = world.ask("GET", "/subscriptions", **person).json()["value"]
    assert [one["id"] for one in seen] == [own["id"]]
    assert len(world.listed()) == 2


def test_an_expired_subscription_is_gone(world: Watched) -> None:
    made = world.subscribe()
    world.clock.now += A_DAY - timedelta(seconds=1)
    assert world.listed() == [made["id"]]
    world.clock.now += timedelta(seconds=1)

    assert world.listed() == []
    answer = world.ask("GET", f"/subscriptions/{made['id']}")
    assert refused(answer) == (404, "ResourceNotFound")


def test_a_subscription_is_renewed_without_asking_its_endpoint(world: Watched) -> None:
    made = world.subscribe()
    ends = world.clock.now + MAXIMUM
    body = {"expirationDateTime": ends.isoformat()}

    answer = world.ask("PATCH", f"/subscriptions/{made['id']}", body)
    assert answer.status_code == 200
    assert answer.json() == made | {"expirationDateTime": "2026-06-02T12:00:00Z"}
    assert world.receiver.requests == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"expirationDateTime": None},
        {"clientState": "x"},
        {"expirationDateTime": "2026-05-06T12:00:00Z", "lifecycleNotificationUrl": LIFECYCLE},
        {"expirationDateTime": "2026-05-06T12:00:00Z", "resource": "groups"},
    ],
)
def test_nothing_but_the_end_of_a_subscription_can_be_changed(
    world: Watched, body: dict[str, object]
) -> None:
    made = world.subscribe()

    assert refused(world.ask("PATCH", f"/subscriptions/{made['id']}", body)) == (
        400,
        "InvalidRequest",
    )
    assert world.ask("GET", f"/subscriptions/{made['id']}").json() == made


def test_a_subscription_is_reauthorized_and_ended(world: Watched) -> None:
    path = f"/subscriptions/{world.subscribe()['id']}"

    assert world.ask("POST", f"{path}/reauthorize").status_code == 204
    assert world.ask("DELETE", path).status_code == 204
    assert refused(world.ask("DELETE", path)) == (404, "ResourceNotFound")
    assert refused(world.ask("POST", f"{path}/reauthorize")) == (404, "ResourceNotFound")


def test_subscribing_takes_the_permission_to_read_users(world: Watched) -> None:
    for roles in ((), ("User.ReadWrite.All",), ("Application.Read.All",)):
        answer = world.call("POST", "/subscriptions", *roles, body=world.wish())
        assert refused(answer) == (403, "Authorization_RequestDenied")
    assert world.receiver.requests == []
    assert world.call("POST", "/subscriptions", READ_USERS, body=world.wish()).status_code == 201
