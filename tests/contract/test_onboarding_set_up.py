"""A tenant is set up: planned, done, and in place from then on."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from shared.credentials.rights import Feature
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.permissions import Permissions
from shared.exchange.probe import Probe
from tests.contract.entra_world import utc_now
from tests.contract.onboarding_world import SCOPED, World


@pytest.fixture
def world() -> World:
    return World()


def planned(screen: str) -> list[str]:
    """Return the kinds of the lines of a plan."""
    kinds = ("create", "change", "in place", "left to you")
    return [kind for line in screen.splitlines() for kind in kinds if line.startswith(kind)]


def test_a_plan_names_all_that_is_missing_and_changes_nothing(world: World) -> None:
    before = world.state()

    code, screen = world.run("--plan", "--grant", *SCOPED)

    assert code == 0, screen
    assert planned(screen) == ["create"] * 10
    assert (world.writes, world.state()) == ([], before)
    assert "ReadWrite" not in screen


def test_after_a_run_all_is_in_place_and_a_second_run_writes_nothing(world: World) -> None:
    code, screen = world.run("--grant", *SCOPED)
    assert code == 0, screen
    assert len(world.writes) == 10
    settled = world.state()

    _, screen = world.run("--plan", "--grant", *SCOPED)
    assert planned(screen) == ["in place"] * 10
    code, screen = world.run("--grant", *SCOPED)

    assert code == 0
    assert (world.writes, world.state()) == ([], settled)


def test_the_settings_are_printed_as_the_app_takes_them(world: World) -> None:
    _, screen = world.run("--grant")

    entry = json.loads(screen[screen.index("{") : screen.index("}") + 1])
    assert entry == {
        "tenant_id": world.tenant_id,
        "organization": world.domain,
        "client_id": world.application().client_id,
        "certificate_name": "easgate",
    }
    assert f"python3 -m infra.azure validate --tenant {world.tenant_id}" in screen


def test_the_app_gets_a_token_and_may_do_all_that_it_has_to(world: World) -> None:
    world.run("--grant")

    app, transport = world.app()
    probe = Probe(transport.exported_cmdlets, utc_now)
    phone = ExchangeAdmin(transport, probe).find("adele@contoso.com", "ApplDMPW1234ABCD")

    assert phone.device_id == "ApplDMPW1234ABCD"
    permissions = Permissions(transport)
    allowed = permissions.cmdlets()
    for feature in Feature:
        assert permissions.lack(feature, allowed, may_write=True).cmdlets == {}
    assert permissions.write_scope(app.client_id).limits == ()
    assert not any("RoleGroup" in each and not each.startswith("Get-") for each in allowed)


def test_a_scope_filter_limits_whom_the_app_may_change(world: World) -> None:
    world.run("--grant", *SCOPED)

    app, transport = world.app()
    scope = Permissions(transport).write_scope(app.client_id)

    assert (scope.tried, scope.refused) == (2, 1)
    assert scope.limits == (f"scope easgate managed mailboxes ({SCOPED[1]})",)


def test_the_certificate_is_renewed_in_time_and_its_key_never_leaves(world: World) -> None:
    world.run("--grant")

    policy = world.certificates().get_certificate_policy("easgate")
    assert (policy.issuer_name, policy.key_type, policy.key_size) == ("Self", "RSA", 3072)
    assert (policy.exportable, policy.reuse_key) == (False, False)
    assert policy.key_usage == ["digitalSignature"]
    assert policy.enhanced_key_usage == ["1.3.6.1.5.5.7.3.2"]
    assert policy.validity_in_months == 12
    [renewal] = policy.lifetime_actions or []
    assert (renewal.action, renewal.days_before_expiry) == ("AutoRenew", 60)
    [registered] = world.application().certificates
    made = world.vault.certificate_der("easgate")
    assert registered.certificate.public_bytes(Encoding.DER) == made
