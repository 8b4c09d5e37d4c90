"""What happens in the vault is seen at once, through the queue and the real host."""

from datetime import timedelta
from typing import Any

import httpx

from infra.local import contoso
from infra.local.simulators.event_grid_system_topic import Encoding, Oddity, Schema, Subscription
from infra.local.world import World, utc_now
from tests.e2e.administering import ADMINISTRATOR
from tests.e2e.asking import get
from tests.e2e.keys import run_the_watch, told
from tests.e2e.looking import messages_on, until

MISMATCH = "easgate.certificate.mismatch.v1"


def signed_in(world: World, client: httpx.Client) -> str:
    """Let the app sign in to Exchange, and return the version that it does so with."""
    assert get(world, client, "health/dependencies").status_code == 200
    version: str = shown(world, client)["version"]
    return version


def shown(world: World, client: httpx.Client) -> dict[str, Any]:
    """Return what is shown of the one tenant's certificate."""
    (found,) = get(world, client, "certificate").json()["certificates"]
    return dict(found)


def test_a_version_that_is_made_and_not_registered_is_announced_at_once(
    world: World, client: httpx.Client
) -> None:
    active = signed_in(world, client)
    newer = world.vault.create_certificate(contoso.CERTIFICATE, subject="CN=easgate")

    assert world.deliver_vault_events() == 1
    until(lambda: told(world, MISMATCH), "the mismatch is announced")

    (event,) = told(world, MISMATCH)
    assert (event["kind"], event["version"]) == ("newer_not_registered", newer)
    certificate = shown(world, client)
    assert (certificate["version"], certificate["registered"]) == (active, True)
    assert certificate["current_version"]["version"] == newer
    assert certificate["mismatches"] == ["newer_not_registered"]

    der = world.vault.certificate_der(contoso.CERTIFICATE)
    world.entra.directory.add_certificate(contoso.CLIENT_ID, der)
    world.vault_topic.subscription = Subscription(
        queue=contoso.VAULT_EVENTS,
        schema=Schema.CLOUD_EVENTS,
        encoding=Encoding.PLAIN,
        oddities=list(Oddity),
        copies=3,
    )
    last = world.vault.create_certificate(contoso.CERTIFICATE, subject="CN=easgate")
    assert world.deliver_vault_events() == 3
    until(lambda: messages_on(world, contoso.VAULT_EVENTS) == 0, "the events are handled")

    assert [each["version"] for each in told(world, MISMATCH)] == [newer, last]
    assert shown(world, client)["mismatches"] == ["newer_not_registered"]


def test_what_is_no_event_is_given_up_and_announced(world: World) -> None:
    world.put(contoso.VAULT_EVENTS, "nonsense")

    def abandoned() -> list[dict[str, Any]]:
        return told(world, "easgate.operation.abandoned.v1")

    until(abandoned, "the message is given up")
    assert "no event" in abandoned()[0]["reason"]


def test_a_webhook_secret_that_carries_a_date_is_announced(
    world: World, client: httpx.Client
) -> None:
    ends_at = utc_now() + timedelta(days=10)
    _dated(world, int(ends_at.timestamp()))

    run_the_watch(world, client)
    until(lambda: told(world, "easgate.webhook_secret.expiring.v1"), "it is announced")

    (event,) = told(world, "easgate.webhook_secret.expiring.v1")
    assert (event["secret_name"], event["stage"]) == (contoso.SECRET_NAME, "14")


def _dated(world: World, ends: int) -> None:
    """Let the webhook secret carry a date, as an administrator would."""
    world.vault.roles.grant(ADMINISTRATOR, "Key Vault Administrator")
    token, _ = world.entra.managed_identity_token("https://vault.azure.net", ADMINISTRATOR)
    bearer = {"Authorization": f"Bearer {token}"}
    address = f"{world.addresses['vault']}/secrets/{contoso.SECRET_NAME}"
    listed = world.vault(
        httpx.Request("GET", f"{address}/versions?api-version=7.5", headers=bearer)
    )
    (version,) = listed.json()["value"]
    name = version["id"].rpartition("/")[2]
    changed = world.vault(
        httpx.Request(
            "PATCH",
            f"{address}/{name}?api-version=7.5",
            headers=bearer,
            json={"attributes": {"exp": ends}},
        )
    )
    assert changed.status_code == httpx.codes.OK
