"""A webhook secret is changed without a gap, and the old ones lose their power."""

import time

import httpx

from infra.local import contoso
from infra.local.simulators.mdm import Mdm
from infra.local.world import World
from tests.e2e.administering import set_enabled
from tests.e2e.looking import until

UNKNOWN_TYPE = b'{"type": "device.renamed"}'  # signatures are looked at first, then nothing is done


def test_the_newest_two_enabled_secrets_are_accepted_and_no_others(
    world: World, client: httpx.Client
) -> None:
    oldest = world.webhook_secret
    assert accepted(world, client, oldest) == [True]

    older, _ = rotated(world)
    restarted(world)
    assert accepted(world, client, oldest, older, Mdm.new_secret()) == [True, True, False]
    assert accepted_with_both(world, client, Mdm.new_secret(), older)

    newest, version = rotated(world)
    restarted(world)
    assert accepted(world, client, oldest, older, newest) == [False, True, True]

    set_enabled(world, f"secrets/{contoso.SECRET_NAME}/{version}", enabled=False)
    restarted(world)
    assert accepted(world, client, older, newest) == [True, False]


def accepted(world: World, client: httpx.Client, *secrets: str) -> list[bool]:
    """Tell for each secret whether a delivery signed with it is let in."""
    statuses = []
    for secret in secrets:
        mdm = world.mdm(client)
        mdm.secrets = [secret]
        statuses.append(mdm.send(UNKNOWN_TYPE).status_code)
    assert set(statuses) <= {202, 401}
    return [status == httpx.codes.ACCEPTED for status in statuses]


def accepted_with_both(world: World, client: httpx.Client, *secrets: str) -> bool:
    """Tell whether a delivery with one signature per secret is let in."""
    mdm = world.mdm(client)
    mdm.secrets = [*secrets]
    return mdm.send(UNKNOWN_TYPE).status_code == httpx.codes.ACCEPTED


def rotated(world: World) -> tuple[str, str]:
    """Store a new secret; returns it and its version. The vault dates versions in seconds."""
    last = int(time.time())
    until(lambda: int(time.time()) > last, "the next second")
    secret = Mdm.new_secret()
    return secret, world.vault.set_secret(contoso.SECRET_NAME, secret)


def restarted(world: World) -> None:
    """Let the app forget the secrets, which it would do by itself after half a minute."""
    world.stop_host()
    world.start_host()
