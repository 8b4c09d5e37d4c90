"""The app's certificate and its keys: ordered anew, and how they stand in truth."""

from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding

from infra.local import contoso
from infra.local.world import World
from tests.e2e.administering import ADMINISTRATOR
from tests.e2e.asking import get, post
from tests.e2e.looking import rows

ROTATED = "easgate.certificate.rotated.v1"
FAILED = "easgate.certificate.rotation_failed.v1"


def signed_in(world: World, client: httpx.Client) -> str:
    """Let the app sign in to Exchange, and return the version that it does so with."""
    assert get(world, client, "health/dependencies").status_code == httpx.codes.OK
    return pinned(world)


def rotate(world: World, client: httpx.Client, **said: str) -> httpx.Response:
    """Order a rotation."""
    asked = {"requested_by": "helpdesk:jo", "reason": "it may have leaked", **said}
    return post(world, client, "certificate/rotate", asked)


def ordered(world: World, client: httpx.Client, **said: str) -> str:
    """Order a rotation, and return the operation's id."""
    answer = rotate(world, client, **said)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return str(answer.json()["operation_id"])


def run_the_watch(world: World, client: httpx.Client) -> None:
    """Let the timer fire now."""
    run = client.post(
        f"{world.url}/admin/functions/on_certificate_schedule",
        json={"input": ""},
        headers={"x-functions-key": world.master_key},
    )
    assert run.status_code == httpx.codes.ACCEPTED


def told(world: World, kind: str) -> list[dict[str, Any]]:
    """Return what the events of a type say, in order, to a consumer that drops repeats."""
    events: dict[object, Any] = {}
    for event in tuple(world.topic.events):
        if event["type"] == kind:
            events.setdefault(event["id"], event["data"])
    return list(events.values())


def pinned(world: World) -> str:
    """Return the version that the tenant signs with; empty while there is none."""
    found = [row["version"] for row in rows(world, "certificates") if row["RowKey"] == "active"]
    return str(found[0]) if found else ""


def versions(world: World) -> list[str]:
    """Return the versions that the vault has, oldest first."""
    return world.vault.certificate_versions(contoso.CERTIFICATE)


def registered(world: World) -> list[str]:
    """Return which of them are registered on the application, each as often as it is."""
    application = world.entra.directory.application(contoso.CLIENT_ID)
    assert application is not None
    known = {
        world.vault.certificate_der(contoso.CERTIFICATE, each): each for each in versions(world)
    }
    return [known[key.certificate.public_bytes(Encoding.DER)] for key in application.certificates]


def is_enabled(world: World, version: str) -> bool:
    """Whether the vault signs with a version."""
    world.vault.roles.grant(ADMINISTRATOR, "Key Vault Administrator")
    token, _ = world.entra.managed_identity_token("https://vault.azure.net", ADMINISTRATOR)
    request = httpx.Request(
        "GET",
        f"{world.addresses['vault']}/certificates/{contoso.CERTIFICATE}/{version}?api-version=7.5",
        headers={"Authorization": f"Bearer {token}"},
    )
    return bool(world.vault(request).json()["attributes"]["enabled"])


def can_sign_in(world: World) -> bool:
    """Whether the version that the tenant signs with is registered and enabled."""
    version = pinned(world)
    if version in registered(world) and is_enabled(world, version):
        return True
    # Looked at one after the other: a rotation may have gone on meanwhile.
    return version != pinned(world) and can_sign_in(world)
