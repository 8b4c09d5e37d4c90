"""A vault's certificate events reach a queue in every form they are documented in."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.storage.queue import QueueServiceClient

from infra.local.simulators.cloud_events import check
from infra.local.simulators.entra import Entra
from infra.local.simulators.event_grid_system_topic import (
    Encoding,
    Oddity,
    Order,
    Schema,
    Subscription,
    VaultTopic,
)
from infra.local.simulators.vault import EventKind, Vault
from tests.contract.vault_world import TENANT, Clock, Principal, World

START = datetime(2026, 5, 1, tzinfo=UTC)
VAULT = "https://contoso-kv.vault.azure.net"
SOURCE = (
    "/subscriptions/5d3c7ad8-9c43-4a43-8c2e-2b0fbd1d4001/resourceGroups/easgate"
    "/providers/Microsoft.KeyVault/vaults/contoso-kv"
)
CREATED, NEAR, EXPIRED = EventKind.NEW_VERSION, EventKind.NEAR_EXPIRY, EventKind.EXPIRED
RENEWED_BEFORE = {
    "policy": {
        "issuer": {"name": "Self"},
        "x509_props": {"subject": "CN=app", "validity_months": 12},
        "lifetime_actions": [
            {"trigger": {"days_before_expiry": 60}, "action": {"action_type": "AutoRenew"}}
        ],
    }
}


class Watched:
    """A vault whose events lie in a list once it has ticked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.vault, self.clock = world.vault, world.clock
        self.messages: list[tuple[str, str]] = []
        self.topic = VaultTopic(
            lambda queue, text: self.messages.append((queue, text)),
            vault_url=VAULT,
            source=SOURCE,
            subscription=Subscription(queue="vault-events"),
        )

    def events(self) -> list[tuple[str, str]]:
        """Tick, and return the type and version of each event that came since."""
        self.messages.clear()
        self.vault.tick()
        self.topic.deliver()
        said = [json.loads(base64.b64decode(text, validate=True)) for _, text in self.messages]
        return [(one["eventType"], one["data"]["Version"]) for one in said]

    def a_version(self, **lasts: float) -> str:
        """Make a version of the certificate that is not renewed by itself."""
        return self.vault.create_certificate("app", not_after=self.clock() + timedelta(**lasts))

    def only_message(self, **changes: Any) -> tuple[Any, str]:  # noqa: ANN401 -- any setting
        """Deliver the event of one new version under a subscription; also return the version."""
        self.topic.subscription = Subscription(queue="vault-events", **changes)
        version = self.a_version(days=90)
        self.vault.tick()
        self.topic.deliver()
        [(_, text)] = self.messages
        plain = self.topic.subscription.encoding is Encoding.PLAIN
        return json.loads(text if plain else base64.b64decode(text, validate=True)), version


@pytest.fixture(scope="module")
def entra() -> Entra:
    entra = Entra(clock=lambda: START)
    entra.directory.add_tenant(TENANT)
    return entra


@pytest.fixture
def unwatched(entra: Entra) -> Watched:
    clock = Clock(START)
    vault = Vault(jwks=entra.jwks, tenant_id=TENANT, clock=clock)
    admin = Principal(entra)
    vault.roles.grant(admin.principal_id, "Key Vault Administrator")
    return Watched(World(vault, entra, VAULT, clock, admin))


@pytest.fixture
def watched(unwatched: Watched) -> Watched:
    unwatched.vault.subscribe(unwatched.topic)
    return unwatched


def test_a_version_is_announced_near_its_end_and_at_its_end_each_time_once(
    watched: Watched,
) -> None:
    version = watched.a_version(days=90)
    assert watched.events() == [(CREATED, version)]

    watched.clock.advance(days=60, seconds=-1)
    assert watched.events() == []
    watched.clock.advance(seconds=1)
    assert watched.events() == [(NEAR, version)]

    watched.clock.advance(days=30, seconds=-1)
    assert watched.events() == []
    watched.clock.advance(seconds=1)
    assert watched.events() == [(EXPIRED, version)]
    watched.clock.advance(days=900)
    assert watched.events() == []


def test_a_version_older_than_the_subscription_is_never_spoken_of(unwatched: Watched) -> None:
    unwatched.a_version(days=40)
    unwatched.vault.subscribe(unwatched.topic)

    unwatched.clock.advance(days=41)
    assert unwatched.events() == []

    later = unwatched.a_version(days=90)
    assert unwatched.events() == [(CREATED, later)]


def test_a_version_that_is_no_longer_current_expires_in_silence(watched: Watched) -> None:
    versions = [watched.a_version(days=40), watched.a_version(days=90)]
    assert watched.events() == [(CREATED, version) for version in versions]

    watched.clock.advance(days=41)

    assert watched.events() == []


def test_a_certificate_that_is_renewed_in_time_is_never_near_its_end(watched: Watched) -> None:
    asked = "/certificates/app/create?api-version=7.4"
    assert watched.world.send("POST", asked, body=RENEWED_BEFORE).status_code == 202
    [(kind, first)] = watched.events()
    assert kind == CREATED

    watched.clock.advance(days=306)

    [(kind, second)] = watched.events()
    assert kind == CREATED
    assert second != first
    assert watched.vault.certificate_versions("app") == [first, second]
    watched.clock.advance(days=100)
    assert watched.events() == []


def test_nothing_is_said_before_the_certificate_is_issued(watched: Watched) -> None:
    watched.vault.delay_issuing(timedelta(minutes=2))
    watched.world.send("POST", "/certificates/app/create?api-version=7.4", body=RENEWED_BEFORE)
    assert watched.events() == []

    watched.clock.advance(minutes=2)

    assert [kind for kind, _ in watched.events()] == [CREATED]


def test_a_deleted_certificate_expires_in_silence(watched: Watched) -> None:
    watched.a_version(days=40)
    watched.events()

    watched.world.send("DELETE", "/certificates/app?api-version=7.4")
    watched.clock.advance(days=41)

    assert watched.events() == []


def test_the_event_grid_schema_says_which_version_of_which_vault(watched: Watched) -> None:
    event, version = watched.only_message()

    assert watched.messages[0][0] == "vault-events"
    assert event == {
        "id": event["id"],
        "topic": SOURCE,
        "subject": "app",
        "eventType": "Microsoft.KeyVault.CertificateNewVersionCreated",
        "eventTime": "2026-05-01T00:00:00.0000000Z",
        "data": {
            "Id": f"{VAULT}/certificates/app/{version}",
            "VaultName": "contoso-kv",
            "ObjectType": "Certificate",
            "ObjectName": "app",
            "Version": version,
            "NBF": event["data"]["NBF"],
            "EXP": int((START + timedelta(days=90)).timestamp()),
        },
        "dataVersion": "1",
        "metadataVersion": "1",
    }
    assert event["data"]["NBF"] < START.timestamp()


def test_the_event_may_stand_in_an_array_and_may_be_plain_json(watched: Watched) -> None:
    [event], version = watched.only_message(schema=Schema.EVENT_GRID_ARRAY, encoding=Encoding.PLAIN)

    assert event["data"]["Version"] == version


def test_the_other_schema_is_a_cloud_event_that_keeps_the_rules(watched: Watched) -> None:
    event, version = watched.only_message(schema=Schema.CLOUD_EVENTS)

    checked = check(event)
    assert (checked["type"], checked["source"], checked["subject"]) == (CREATED, SOURCE, "app")
    assert event["data"]["Version"] == version
    assert "eventType" not in event


def test_oddities_of_the_documents_can_be_switched_on(watched: Watched) -> None:
    odd = [Oddity.SPACE_AFTER_OBJECT_NAME, Oddity.SPACE_BEFORE_VERSION, Oddity.TIMES_AS_TEXT]

    event, version = watched.only_message(oddities=odd)

    data = event["data"]
    assert data["ObjectName "] == "app"
    assert "ObjectName" not in data
    assert data["Version"] == f" {version}"
    assert data["EXP"] == str(int((START + timedelta(days=90)).timestamp()))


def test_keys_may_be_camel_case_and_the_end_may_be_missing(watched: Watched) -> None:
    event, version = watched.only_message(oddities=[Oddity.CAMEL_CASE, Oddity.NO_EXPIRY])

    data = event["data"]
    assert sorted(data) == ["id", "nbf", "objectName", "objectType", "vaultName", "version"]
    assert data["version"] == version


def test_events_may_come_twice_under_one_id_and_in_no_order(watched: Watched) -> None:
    twice = Subscription(queue="vault-events", copies=2, order=Order.REVERSED)
    watched.topic.subscription = twice
    versions = [watched.a_version(days=90) for _ in range(2)]

    watched.vault.tick()
    assert watched.topic.deliver() == 4

    said = [json.loads(base64.b64decode(text)) for _, text in watched.messages]
    came = [one["data"]["Version"] for one in said]
    assert came == [versions[1], versions[1], versions[0], versions[0]]
    assert len({one["id"] for one in said}) == 2


def test_an_event_waits_while_its_queue_cannot_be_reached(unwatched: Watched) -> None:
    def unreachable(queue: str, _: str) -> None:
        raise ConnectionError(queue)

    broken = VaultTopic(
        unreachable,
        vault_url=VAULT,
        source=SOURCE,
        subscription=Subscription(queue="vault-events"),
    )
    unwatched.vault.subscribe(broken)
    unwatched.a_version(days=90)
    unwatched.vault.tick()

    with pytest.raises(ConnectionError, match="vault-events"):
        broken.deliver()

    assert len(broken.waiting) == 1


@pytest.fixture
def service(storage: str) -> Iterator[QueueServiceClient]:
    with QueueServiceClient.from_connection_string(storage) as service:
        yield service


def test_a_real_queue_takes_the_messages(unwatched: Watched, service: QueueServiceClient) -> None:
    queue = service.create_queue("vault-events")
    topic = VaultTopic(
        lambda name, text: service.get_queue_client(name).send_message(text),
        vault_url=VAULT,
        source=SOURCE,
        subscription=Subscription(queue="vault-events"),
    )
    unwatched.vault.subscribe(topic)
    version = unwatched.a_version(days=90)
    unwatched.vault.tick()
    topic.deliver()

    [message] = list(queue.receive_messages())

    assert json.loads(base64.b64decode(message.content))["data"]["Version"] == version
