"""Subscribers hear of users from Graph, and of their own standing."""

import uuid
from datetime import datetime, timedelta

import pytest

from infra.local.simulators.graph import Lifecycle
from tests.contract.graph_notifications_world import (
    ADELE,
    ENDPOINT,
    LIFECYCLE,
    Watched,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Watched:
    return Watched()


def test_a_disabled_user_is_told_as_the_service_tells_it(world: Watched) -> None:
    """Not a word of what has changed, no id, and times in the service's own offset."""
    made = world.subscribe()
    world.graph.users.disable(world.adele.object_id)
    (told,) = world.told()

    path = f"Users/{world.adele.object_id}"
    assert told == {
        "changeType": "updated",
        "clientState": "s3cret",
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.User",
            "@odata.id": path,
            "id": world.adele.object_id,
            "organizationId": world.tenant,
            "eventTime": "2026-05-04T12:00:00.0000000Z",
            "sequenceNumber": 639134928000000000,
        },
        "subscriptionExpirationDateTime": "2026-05-05T04:00:00-08:00",
        "subscriptionId": made["id"],
        "tenantId": world.tenant,
    }
    (request,) = world.receiver.requests
    assert (request.method, str(request.url)) == ("POST", ENDPOINT)
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


def test_only_a_purge_is_told_as_a_deletion(world: Watched) -> None:
    world.subscribe()
    users, adele = world.graph.users, world.adele.object_id
    users.add(world.tenant, "new@contoso.example")
    users.update(adele, jobTitle="Retail Manager")
    users.disable(adele)
    users.enable(adele)
    users.delete(adele)
    users.purge(adele)

    assert [one["changeType"] for one in world.told()] == ["updated"] * 5 + ["deleted"]


def test_what_changes_nothing_is_not_told(world: Watched) -> None:
    world.subscribe()
    world.graph.users.enable(world.adele.object_id)

    assert world.told() == []


@pytest.mark.parametrize("wanted", ["updated", "deleted"])
def test_a_subscriber_hears_only_of_the_kinds_it_wants(world: Watched, wanted: str) -> None:
    world.subscribe(changeType=wanted)
    world.graph.users.delete(world.adele.object_id)
    world.graph.users.purge(world.adele.object_id)

    assert [one["changeType"] for one in world.told()] == [wanted]


def test_a_subscriber_to_one_user_hears_of_no_other(world: Watched) -> None:
    world.subscribe(resource=f"/users/{world.adele.object_id}")
    world.graph.users.add(world.tenant, "new@contoso.example")
    world.graph.users.add(str(uuid.uuid4()), ADELE)
    world.graph.users.disable(world.adele.object_id)

    assert [one["resourceData"]["id"] for one in world.told()] == [world.adele.object_id]


def test_another_tenants_users_are_not_told(world: Watched) -> None:
    world.subscribe()
    world.graph.users.add(str(uuid.uuid4()), "eve@fabrikam.example")

    assert world.told() == []


def test_what_waits_for_one_endpoint_is_sent_together(world: Watched) -> None:
    """Also for different subscriptions; each endpoint gets its own."""
    one, two = world.subscribe(), world.subscribe(clientState=None)
    three = world.subscribe(notificationUrl=f"{ENDPOINT}?other=1")
    world.graph.users.disable(world.adele.object_id)
    first, second = world.graph.notifications.deliver()

    told = first.body["value"]
    assert [each["subscriptionId"] for each in told] == [one["id"], two["id"]]
    assert [each["clientState"] for each in told] == ["s3cret", None]
    assert second.url == f"{ENDPOINT}?other=1"
    assert [each["subscriptionId"] for each in second.body["value"]] == [three["id"]]


@pytest.mark.parametrize("event", list(Lifecycle))
def test_a_subscription_hears_about_itself(world: Watched, event: Lifecycle) -> None:
    made = world.subscribe(lifecycleNotificationUrl=LIFECYCLE)
    world.graph.notifications.lifecycle(event, made["id"])
    (attempt,) = world.graph.notifications.deliver()

    assert attempt.url == LIFECYCLE
    assert attempt.body == {
        "value": [
            {
                "subscriptionExpirationDateTime": "2026-05-05T04:00:00-08:00",
                "subscriptionId": made["id"],
                "tenantId": world.tenant,
                "clientState": "s3cret",
                "lifecycleEvent": event.value,
            }
        ]
    }


def test_without_a_url_for_it_a_subscription_hears_nothing_about_itself(world: Watched) -> None:
    made = world.subscribe()
    world.graph.notifications.lifecycle(Lifecycle.SUBSCRIPTION_REMOVED, made["id"])

    assert world.told() == []
    assert world.listed() == []
    with pytest.raises(KeyError):
        world.graph.notifications.lifecycle(Lifecycle.MISSED, made["id"])


def test_a_removed_subscription_hears_of_its_end_and_of_nothing_else(world: Watched) -> None:
    made = world.subscribe(lifecycleNotificationUrl=LIFECYCLE)
    world.graph.users.disable(world.adele.object_id)
    world.graph.notifications.lifecycle(Lifecycle.SUBSCRIPTION_REMOVED, made["id"])
    world.graph.users.enable(world.adele.object_id)

    assert [one.get("lifecycleEvent") for one in world.told()] == ["subscriptionRemoved"]


def test_an_expired_or_deleted_subscription_is_told_no_more(world: Watched) -> None:
    made = world.subscribe()
    other = world.subscribe(expirationDateTime=(world.clock.now + 50 * MINUTE).isoformat())
    world.graph.users.disable(world.adele.object_id)
    world.ask("DELETE", f"/subscriptions/{made['id']}")
    assert [one["subscriptionId"] for one in world.told()] == [other["id"]]
    world.clock.now += 50 * MINUTE
    world.graph.users.enable(world.adele.object_id)

    assert world.told() == []


def test_who_does_not_reauthorize_misses_changes(world: Watched) -> None:
    made = world.subscribe(lifecycleNotificationUrl=LIFECYCLE)
    world.graph.notifications.lifecycle(Lifecycle.REAUTHORIZATION_REQUIRED, made["id"])
    world.graph.users.disable(world.adele.object_id)
    assert len(world.told()) == 2
    world.clock.now += timedelta(hours=1)
    world.graph.users.enable(world.adele.object_id)

    assert world.told() == []


@pytest.mark.parametrize("way", ["reauthorize", "renew"])
def test_who_reauthorizes_goes_on_hearing(world: Watched, way: str) -> None:
    made = world.subscribe(lifecycleNotificationUrl=LIFECYCLE)
    path = f"/subscriptions/{made['id']}"
    world.graph.notifications.lifecycle(Lifecycle.REAUTHORIZATION_REQUIRED, made["id"])
    if way == "renew":
        ends = datetime.fromisoformat(made["expirationDateTime"]) + MINUTE
        answer = world.ask("PATCH", path, {"expirationDateTime": ends.isoformat()})
    else:
        answer = world.ask("POST", f"{path}/reauthorize")
    assert answer.is_success
    world.told()
    world.clock.now += timedelta(hours=1)
    world.graph.users.disable(world.adele.object_id)

    assert len(world.told()) == 1
