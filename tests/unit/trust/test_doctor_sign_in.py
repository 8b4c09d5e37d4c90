"""X1, X2, X6, X9, X11, X12: what surrounds a sign-in, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credentials.findings import Grade
from shared.flows.trust_examination import Asked
from shared.trust.account import SignIn
from shared.trust.crl_trouble import CrlTrouble
from shared.trust.federation import Domain, Federation, PromptLogin
from tests.unit.builders import NOW
from tests.unit.trust import pki
from tests.unit.trust.doctored import ADELE, NOBODY, Patient, about, codes
from tests.unit.trust_world import ADELE as ACCOUNT
from tests.unit.trust_world import CAME_IN, PERMISSIONS, FakeTenant

MANAGED = Domain(name="contoso.com", is_federated=False, is_verified=True)
FEDERATION = Federation(configuration_id="f", prompt_login=PromptLogin.DISABLED)
FEDERATED = Domain(
    name="old.contoso.com", is_federated=True, is_verified=True, federation=FEDERATION
)
REFUSED = SignIn(at=NOW, by_certificate=True, error_code=500181, failure="The CRL is stale.")


def prompting(prompt: PromptLogin | None, unknown: str = "") -> FakeTenant:
    """Return a tenant with a managed domain and a federated one."""
    federation = replace(FEDERATION, prompt_login=prompt, unknown_prompt_login=unknown)
    return FakeTenant(listed_domains=(MANAGED, replace(FEDERATED, federation=federation)))


@pytest.mark.parametrize(
    ("is_modern", "grade", "found"),
    [
        (True, Grade.PASS, []),
        (False, Grade.FAIL, ["modern_authentication_off"]),
        (None, Grade.UNKNOWN, ["modern_authentication_unknown"]),
    ],
)
def test_x1_modern_authentication_must_be_on(
    is_modern: bool | None,  # noqa: FBT001 - a case
    grade: Grade,
    found: list[str],
) -> None:
    row = Patient(FakeTenant(is_modern=is_modern)).row("X1")
    assert (row.grade, codes(row)) == (grade, found)


@pytest.mark.parametrize(
    ("prompt", "unknown", "grade", "found"),
    [
        (PromptLogin.DISABLED, "", Grade.PASS, []),
        (PromptLogin.NATIVE, "", Grade.PASS, []),
        (PromptLogin.TRANSLATE, "", Grade.FAIL, ["prompt_translated"]),
        (None, "", Grade.FAIL, ["prompt_unset"]),
        (None, "maybe", Grade.UNKNOWN, ["prompt_unknown"]),
    ],
)
def test_x2_a_fresh_sign_in_must_not_turn_into_a_password(
    prompt: PromptLogin | None, unknown: str, grade: Grade, found: list[str]
) -> None:
    row = Patient(prompting(prompt, unknown)).row("X2")
    assert (row.grade, codes(row)) == (grade, found)
    assert [each.about for each in row.details] == ["old.contoso.com"]


def test_x2_a_federated_domain_that_shows_nothing_is_unknown() -> None:
    row = Patient(FakeTenant(listed_domains=(replace(FEDERATED, federation=None),))).row("X2")
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["federation_not_shown"])


def test_x6_the_app_must_be_able_to_revoke_sessions() -> None:
    row = Patient().row("X6", ADELE)
    assert row.grade is Grade.PASS
    assert "2026" in row.details[1].meaning
    lacking = Patient(FakeTenant(held=PERMISSIONS - {"User.RevokeSessions.All"})).row("X6")
    assert (lacking.grade, codes(lacking)) == (Grade.FAIL, ["permission_missing"])
    assert lacking.details[0].about == "User.RevokeSessions.All"


def test_x6_a_broader_permission_does_as_well() -> None:
    row = Patient(FakeTenant(held=frozenset({"User.ReadWrite.All"}))).row("X6")
    assert row.grade is Grade.PASS
    assert "User.ReadWrite.All" in row.details[0].meaning
    reading = Patient(FakeTenant(held=frozenset({"Directory.Read.All"}))).row("X6")
    assert reading.grade is Grade.FAIL


def test_x6_says_if_there_is_no_such_user() -> None:
    row = Patient().row("X6", Asked(user="nobody@contoso.com"))
    assert (row.grade, codes(row)) == (Grade.FAIL, ["user_unknown"])


def test_x6_sessions_of_which_nothing_is_told_are_unknown() -> None:
    untold = FakeTenant(people=(replace(ACCOUNT, sessions_valid_from=None),))
    row = Patient(untold).row("X6", ADELE)
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["not_told"])


def test_x6_the_sessions_of_a_guest_are_revoked_elsewhere() -> None:
    upn = "adele_fabrikam.com#EXT#@contoso.onmicrosoft.com"
    guest = FakeTenant(people=(replace(ACCOUNT, upn=upn),))
    row = Patient(guest).row("X6", Asked(user=upn))
    assert (row.grade, codes(row)) == (Grade.FAIL, ["user_is_a_guest"])


def test_x6_takes_changes() -> None:
    row = Patient(may_write=False).row("X6")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["writes_off"])


def test_x9_what_a_federation_server_decides_is_never_healthy_from_here() -> None:
    assert Patient().row("X9").grade is Grade.PASS
    row = Patient(prompting(PromptLogin.DISABLED)).row("X9")
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["adfs_not_checkable"])
    assert "staged rollout" in row.details[0].remedy


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_x11_a_lost_phone_takes_every_permission(permission: str) -> None:
    assert Patient().row("X11").grade is Grade.PASS
    row = Patient(FakeTenant(held=PERMISSIONS - {permission})).row("X11")
    assert [each.about for each in about(row, "permission_missing")] == [permission]
    assert row.grade is Grade.FAIL


def test_x11_a_lost_phone_takes_fresh_lists() -> None:
    patient = Patient()
    patient.lists.lists[pki.url_of(pki.ISSUING)] = CrlTrouble.UNREACHABLE
    [useless] = about(patient.row("X11"), "revocation_useless")
    assert pki.ISSUING in useless.about
    assert useless.grade is Grade.FAIL


def test_x11_a_lost_phone_takes_changes() -> None:
    row = Patient(may_write=False).row("X11")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["writes_off"])


def test_x12_the_last_sign_in_by_certificate_counts() -> None:
    password = replace(CAME_IN, at=NOW, by_certificate=False, error_code=50126)
    row = Patient(FakeTenant(log=(password, CAME_IN))).row("X12")
    assert (row.grade, codes(row)) == (Grade.PASS, [])


def test_x12_a_refusal_is_told_with_its_number() -> None:
    row = Patient(FakeTenant(log=(REFUSED, CAME_IN))).row("X12")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["sign_in_refused"])
    assert "AADSTS500181 The CRL is stale." in row.details[0].meaning


def test_x12_nobody_is_healthy_by_not_having_tried() -> None:
    row = Patient(FakeTenant(log=())).row("X12")
    assert (row.grade, codes(row)) == (Grade.WARN, ["no_certificate_sign_in"])


def test_x12_a_log_that_does_not_say_how_is_unknown() -> None:
    untold = replace(CAME_IN, by_certificate=None)
    row = Patient(FakeTenant(log=(untold,))).row("X12")
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["sign_in_method_unknown"])


def test_x12_needs_a_user() -> None:
    row = Patient().row("X12", NOBODY)
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["user_not_given"])


def test_x12_says_that_the_account_is_disabled() -> None:
    disabled = replace(ACCOUNT, is_enabled=False, sessions_valid_from=NOW - timedelta(days=1))
    row = Patient(FakeTenant(people=(disabled,))).row("X12")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["account_disabled"])
