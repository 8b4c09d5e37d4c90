"""What a validation says of versions and of rights, read from services that check them."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.exchange.cmdlets import CMDLETS
from infra.local.simulators.vault import roles
from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Check, Report
from tests.contract.bad_chains import successor
from tests.contract.validation_world import IN_SCOPE, MANAGE, NEEDED, Chain, found
from tests.contract.vault_world import TENANT, address

READER = ("View-Only Recipients", "View-Only Configuration")


@pytest.fixture
def chain(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Chain]:
    with address(tmp_path_factory.mktemp("vault")) as place:
        yield Chain(place, monkeypatch)


def check(report: Report, name: str) -> Check:
    """Return one check."""
    return next(each for each in report.checks if each.name == name)


def test_a_newer_version_that_is_not_registered_yet_is_no_failure_of_the_one_in_use(
    chain: Chain,
) -> None:
    [version] = chain.vault.certificate_versions("easgate")
    chain.pins.pin(TENANT, version)
    successor(chain)

    report = chain.report()

    assert (report.grade, report.version) == (Grade.PASS, version)
    assert found(report) == {
        "newer version: certificate is registered on the application": Finding.NOT_REGISTERED,
        "newer version: Entra ID issues a token": Finding.CERTIFICATE_UNKNOWN_TO_ENTRA,
    }
    assert {each.grade for each in report.findings} == {Grade.WARN}
    assert chain.pins.active(TENANT) == version


def test_a_key_that_may_sign_and_not_be_read_is_no_fault_of_the_tenant(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = ("certificates/read", "keys/sign/action")
    monkeypatch.setitem(roles._ROLES, "Signer", rights)  # noqa: SLF001 - a custom role
    chain.identity = chain.world.someone("Signer")

    report = chain.report()

    assert set(found(report).values()) == {Finding.KEY_UNREADABLE, Finding.SIGNING_DENIED}
    assert check(report, "key signs for this certificate").grade is Grade.PASS
    assert check(report, "Entra ID issues a token").code is Finding.SIGNING_DENIED


def test_a_validation_pins_nothing(chain: Chain) -> None:
    assert chain.report().grade is Grade.PASS
    assert chain.pins.active(TENANT) is None


def test_the_write_scope_is_told_by_name_and_filter_and_by_trying(chain: Chain) -> None:
    chain.role_group(*NEEDED, scope=IN_SCOPE)
    before = [list(each.blocked_ids) for each in chain.tenant.mailboxes.values()]

    said = check(chain.report(), "write scope").meaning

    assert f"scope EAS users ({IN_SCOPE})" in said
    assert "2 of 3 mailboxes tried" in said
    assert [list(each.blocked_ids) for each in chain.tenant.mailboxes.values()] == before


def test_another_role_group_without_a_scope_leaves_no_limit(chain: Chain) -> None:
    chain.role_group(*NEEDED, scope=IN_SCOPE)
    chain.tenant.add_role_group("wide", members=[chain.object_id], roles=["Mail Recipients"])

    said = check(chain.report(), "write scope")

    assert (said.code, said.meaning) == (
        None,
        "every mailbox; 3 of 3 mailboxes tried can be changed",
    )


def test_a_role_that_is_too_narrow_is_told_for_each_feature_with_the_role_to_add(
    chain: Chain,
) -> None:
    chain.role_group(*READER)

    report = chain.report()

    narrow = {name for name, code in found(report).items() if code is Finding.ROLE_TOO_NARROW}
    assert narrow == {
        f"cmdlets for {feature}"
        for feature in (
            *("access", "wipes", "removal", "policies"),
            *("access rules", "default access", "offboarding"),
        )
    }
    assert "Set-CASMailbox (Mail Recipients or User Options)" in (
        check(report, "cmdlets for access").meaning
    )
    assert check(report, "write scope").code is Finding.NOT_TRIED


def test_a_reader_is_enough_where_changes_are_off(chain: Chain) -> None:
    chain.role_group(*READER)
    chain.may_write = False

    report = chain.report()

    assert (report.grade, found(report)) == (Grade.PASS, {"write scope": Finding.WRITES_OFF})


def test_roles_that_cannot_be_looked_up_are_named_as_they_usually_are(chain: Chain) -> None:
    chain.role_group("View-Only Recipients", "Mail Recipients")

    said = check(chain.report(), "cmdlets for access rules").meaning

    assert "Get-ActiveSyncDeviceAccessRule (View-Only Configuration)" in said


def test_a_cmdlet_that_no_role_holds_is_gone(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CMDLETS, "Clear-MobileDevice")
    chain.stand_in(MANAGE)

    report = chain.report()

    assert found(report) == {
        "cmdlets for wipes": Finding.CMDLET_GONE,
        "cmdlets for offboarding": Finding.CMDLET_GONE,
    }
