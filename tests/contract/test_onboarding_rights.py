"""A person who lacks a right, or has signed in to the wrong place, is told so in one line."""

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from infra.azure.onboarding.sign_in import EXCHANGE_CLIENT, GRAPH_CLIENT
from tests.contract.onboarding_world import EXCHANGE, GRAPH, SCOPED, World


@pytest.fixture
def world() -> World:
    return World()


def stopped(screen: str) -> str:
    """Return the one line that says why."""
    [line] = [each for each in screen.splitlines() if each.startswith("stopped: ")]
    assert screen.rstrip().endswith(line)
    return line


def test_without_rights_in_exchange_nothing_is_begun(world: World) -> None:
    world.person = world.someone("Cloud Application Administrator")

    code, screen = world.run("--grant")

    assert (code, world.writes) == (1, [])
    assert "has to be Exchange Administrator" in stopped(screen)


def test_who_may_only_read_exchange_may_plan_and_no_more(world: World) -> None:
    world.person = world.someone("Cloud Application Administrator", "Security Reader")

    code, screen = world.run("--plan")
    assert code == 0, screen
    code, screen = world.run("--grant", *SCOPED)

    assert (code, world.writes) == (1, [])
    assert "New-ServicePrincipal, New-ManagementScope, New-RoleGroup" in stopped(screen)


def test_without_rights_in_entra_no_application_is_registered(world: World) -> None:
    world.graph.fail_next(403, on="createApplication", code="Authorization_RequestDenied")

    code, screen = world.run("--grant")

    assert code == 1
    assert "Cloud Application Administrator" in stopped(screen)
    assert world.applications() == []


def test_who_may_register_and_not_consent_leaves_that_to_an_administrator(world: World) -> None:
    world.person = world.someone("Exchange Administrator")

    code, screen = world.run("--grant")

    assert code == 2
    assert "/adminconsent?client_id=" in screen
    world.person = world.someone("Cloud Application Administrator", "Exchange Administrator")
    code, _ = world.run("--grant")
    assert code == 0
    world.app()


def test_without_rights_in_the_vault_no_certificate_is_made(world: World) -> None:
    world.vault.roles.revoke(world.officer.principal_id, "Key Vault Certificates Officer")
    world.vault.roles.grant(world.officer.principal_id, "Key Vault Reader")

    code, screen = world.run("--grant")

    assert (code, world.writes) == (1, [])
    assert "Key Vault Certificates Officer" in stopped(screen)


def test_who_has_not_signed_in_to_azure_is_told_to(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: str, **__: object) -> AccessToken:
        raise ClientAuthenticationError("no credential gave a token")

    monkeypatch.setattr(world.officer, "get_token", nobody)

    code, screen = world.run("--plan")

    assert code == 1
    assert "az login" in stopped(screen)


def test_without_grant_an_administrator_gets_a_link(world: World) -> None:
    code, screen = world.run()

    client_id = world.application().client_id
    assert code == 2
    assert f"/{world.domain}/adminconsent?client_id={client_id}" in screen
    assert "AppRoleAssignment" not in screen
    world.run()
    assert world.writes == []


def test_a_grant_that_is_refused_becomes_a_link(world: World) -> None:
    world.graph.fail_next(403, on="grantAppRole", code="Authorization_RequestDenied")

    code, screen = world.run("--grant")

    assert code == 2, screen
    assert "/adminconsent?client_id=" in screen
    assert "Privileged Role Administrator" in screen
    code, _ = world.run("--grant")
    assert code == 0


def test_a_sign_in_to_another_tenant_is_noticed(world: World) -> None:
    code = world.run_with("--tenant", "fabrikam.com", "--vault", "https://kv.vault.azure.net")

    assert code == 1
    assert "does not know this tenant" in stopped(world.screen.getvalue())


def test_a_program_that_nobody_has_consented_to_is_named(world: World) -> None:
    world.entra.public_clients.allow(GRAPH_CLIENT, {GRAPH: ["User.Read"]})

    code, screen = world.run("--grant")

    assert code == 1
    assert GRAPH_CLIENT in stopped(screen)


def test_a_token_without_the_right_permission_is_refused_in_one_line(world: World) -> None:
    world.entra.public_clients.allow(EXCHANGE_CLIENT, {EXCHANGE: ["Exchange.ManageV2"]})

    code, screen = world.run("--grant")

    assert (code, world.writes) == (1, [])
    assert "Exchange does not let you run" in stopped(screen)


def test_a_sign_in_that_is_declined_ends_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        world.entra.device_codes, "sign_in", lambda code, _: world.entra.device_codes.decline(code)
    )

    code, screen = world.run("--plan")

    assert code == 1
    assert "did not come about" in stopped(screen)


def test_one_registration_for_both_needs_one_sign_in(world: World) -> None:
    world.entra.public_clients.allow(
        GRAPH_CLIENT,
        {GRAPH: ["User.Read", "Application.Read.All"], EXCHANGE: ["Exchange.Manage"]},
    )

    code, screen = world.run("--plan", "--exchange-client-id", GRAPH_CLIENT)

    assert code == 0, screen
    assert screen.count("enter the code") == 1


def test_no_token_is_ever_shown(world: World) -> None:
    _, screen = world.run("--grant")

    assert "eyJ" not in screen
