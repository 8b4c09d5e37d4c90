"""What administrators do to vault and directory, by the doors that they have."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from infra.local import contoso
from infra.local.sign_in import EXCHANGE_RESOURCE, GRAPH_RESOURCE
from infra.local.world import World

ADMINISTRATOR = "5e1f4c1a-7a55-4d62-9a3e-0c7a9b1d2e3f"  # an object id


def set_enabled(world: World, path: str, *, enabled: bool) -> None:
    """Enable or disable a version in the vault, such as `secrets/name/version`."""
    world.vault.roles.grant(ADMINISTRATOR, "Key Vault Administrator")
    token, _ = world.entra.managed_identity_token("https://vault.azure.net", ADMINISTRATOR)
    request = httpx.Request(
        "PATCH",
        f"{world.addresses['vault']}/{path}?api-version=7.5",
        headers={"Authorization": f"Bearer {token}"},
        json={"attributes": {"enabled": enabled}},
    )
    assert world.vault(request).status_code == httpx.codes.OK


@contextmanager
def disabled(world: World, path: str) -> Iterator[None]:
    """Disable a version in the vault for as long as the block lasts."""
    set_enabled(world, path, enabled=False)
    try:
        yield
    finally:
        set_enabled(world, path, enabled=True)


@contextmanager
def without_vault_role(world: World, role: str) -> Iterator[None]:
    """Take a role away from the app's identity for as long as the block lasts."""
    world.vault.roles.revoke(contoso.APP_IDENTITY, role)
    try:
        yield
    finally:
        world.vault.roles.grant(contoso.APP_IDENTITY, role)


@contextmanager
def with_rights(world: World, *, may_manage: bool, is_member: bool) -> Iterator[None]:
    """Change what the app may do in Exchange for as long as the block lasts."""
    try:
        _grant(world, may_manage=may_manage, is_member=is_member)
        yield
    finally:
        _grant(world, may_manage=True, is_member=True)


@contextmanager
def unregistered(world: World) -> Iterator[None]:
    """Take the app's certificates off its registration for as long as the block lasts."""
    application = world.entra.directory.application(contoso.CLIENT_ID)
    assert application is not None
    for known in application.certificates:
        world.entra.directory.remove_certificate(contoso.CLIENT_ID, known.key_id)
    try:
        yield
    finally:
        der = world.vault.certificate_der(contoso.CERTIFICATE)
        world.entra.directory.add_certificate(contoso.CLIENT_ID, der)


def _grant(world: World, *, may_manage: bool, is_member: bool) -> None:
    world.entra.directory.add_application(
        contoso.CLIENT_ID,
        tenant_id=contoso.TENANT_ID,
        roles={
            EXCHANGE_RESOURCE: ["Exchange.ManageAsApp"] * may_manage,
            GRAPH_RESOURCE: ["Application.Read.All"],
        },
    )
    world.role_group.members = {contoso.CLIENT_ID} if is_member else set()
