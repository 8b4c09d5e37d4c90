"""The app understands the vault's events as a system topic delivers them, oddities and all."""

from itertools import chain, combinations, product

import pytest

from functions import queues
from infra.local.simulators.entra import Entra
from infra.local.simulators.event_grid_system_topic import (
    Encoding,
    Oddity,
    Order,
    Schema,
    Subscription,
)
from infra.local.simulators.vault import Vault
from shared import messages, vault_events
from shared.vault_events import VaultEvent
from tests.contract.test_vault_events import CREATED, EXPIRED, NEAR, START, VAULT, Watched
from tests.contract.vault_world import TENANT, Clock, Principal, World
from tests.unit.app_world import Deployment, Message, a_tenant
from tests.unit.certificates import EXPIRES, a_certificate

ODDITIES = list(
    chain.from_iterable(combinations(Oddity, number) for number in range(len(Oddity) + 1))
)


@pytest.fixture(scope="module")
def entra() -> Entra:
    entra = Entra(clock=lambda: START)
    entra.directory.add_tenant(TENANT)
    return entra


@pytest.fixture
def watched(entra: Entra) -> Watched:
    clock = Clock(START)
    vault = Vault(jwks=entra.jwks, tenant_id=TENANT, clock=clock)
    watched = Watched(World(vault, entra, VAULT, clock, Principal(entra)))
    vault.subscribe(watched.topic)
    return watched


def delivered(watched: Watched, subscription: Subscription) -> list[bytes]:
    """Return the messages of what has happened, as they then lie on the queue."""
    watched.topic.subscription = subscription
    watched.messages.clear()
    watched.vault.tick()
    watched.topic.deliver()
    return [text.encode() for _, text in watched.messages]


def read(text: bytes) -> VaultEvent:
    """Read the one event of a message."""
    (event,) = vault_events.each(messages.content(text))
    return vault_events.read(event)


def test_every_schema_encoding_and_oddity_is_understood(watched: Watched) -> None:
    watched.a_version(days=90)
    watched.vault.tick()
    ((_, event),) = list(watched.topic.waiting)

    for schema, encoding, odd in product(Schema, Encoding, ODDITIES):
        watched.topic.waiting.append(("1", event))
        subscription = Subscription(
            queue="vault-events", schema=schema, encoding=encoding, oddities=odd
        )
        found = read(delivered(watched, subscription)[-1])

        assert (found.kind, found.is_of_certificate) == (CREATED, True), subscription
        assert found.is_of_vault(VAULT), subscription
        assert found.is_about("app"), subscription


def test_every_type_of_event_makes_us_look(watched: Watched) -> None:
    watched.a_version(days=90)
    plain = Subscription(queue="vault-events")
    kinds = []
    for days in (0, 60, 30):
        watched.clock.advance(days=days)
        kinds += [read(text) for text in delivered(watched, plain)]

    assert [each.kind for each in kinds] == [CREATED, NEAR, EXPIRED]
    assert all(each.is_of_certificate for each in kinds)


@pytest.mark.parametrize("schema", Schema)
@pytest.mark.parametrize("encoding", Encoding)
def test_events_that_come_twice_and_in_no_order_are_acted_on_once(
    watched: Watched, schema: Schema, encoding: Encoding
) -> None:
    served = a_tenant(certificate_name="app")
    app = Deployment(tenants={served.app.tenant_id: served})
    app.vault.held = (a_certificate(name="app"),)
    app.world.clock.now = EXPIRES
    for _ in range(2):
        watched.a_version(days=90)
    subscription = Subscription(
        queue="vault-events", schema=schema, encoding=encoding, copies=2, order=Order.REVERSED
    )

    texts = delivered(watched, subscription)
    with app.running():
        for text in texts:
            queues.on_vault_event(Message(text))

    assert len(texts) == 4
    assert app.world.events.types == ["certificate.expired"]
    assert app.queue.back == []
