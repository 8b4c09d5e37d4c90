"""X5: the revocation lists, next to a user's sessions and a sample's serial number."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credentials.findings import Grade
from shared.flows.trust_examination import Asked
from shared.trust.authority import Store
from shared.trust.crl_trouble import CrlTrouble
from tests.unit.builders import NOW
from tests.unit.trust import pki
from tests.unit.trust.doctored import ADELE, NOBODY, Patient, about, codes
from tests.unit.trust_world import ADELE as ACCOUNT
from tests.unit.trust_world import FakeLists, FakeTenant

ISSUING = pki.url_of(pki.ISSUING)
DAY = timedelta(days=1)


def listing(found: bytes | CrlTrouble) -> FakeLists:
    """Return lists of which that of the issuing authority is another."""
    lists = FakeLists()
    lists.lists[ISSUING] = found
    return lists


def test_x5_fresh_lists_that_the_right_ones_have_signed_pass() -> None:
    row = Patient().row("X5", NOBODY)
    assert row.grade is Grade.PASS
    assert all("good until" in each.meaning for each in row.details)


@pytest.mark.parametrize(
    ("found", "grade", "code"),
    [
        (CrlTrouble.UNREACHABLE, Grade.FAIL, "crl_unreachable"),
        (CrlTrouble.TOO_LARGE, Grade.FAIL, "crl_too_large"),
        (CrlTrouble.NOT_PUBLIC, Grade.FAIL, "crl_not_public"),
        (b"no list", Grade.FAIL, "crl_unreadable"),
        (pki.a_list(pki.ISSUING, ends_at=NOW - timedelta(hours=1)), Grade.FAIL, "crl_stale"),
        (pki.a_list(pki.ISSUING, at=NOW + DAY), Grade.FAIL, "crl_not_yet_valid"),
        (pki.a_list(pki.ISSUING, by="Fabrikam"), Grade.FAIL, "crl_wrong_signature"),
        (pki.a_list(pki.ROOT), Grade.FAIL, "crl_wrong_issuer"),
        (pki.a_list(pki.ISSUING, at=NOW - 9 * DAY), Grade.WARN, "crl_due"),
    ],
    ids=[
        *("unreachable", "too large", "not public", "no list", "stale"),
        *("not yet valid", "wrong signer", "wrong issuer", "due"),
    ],
)
def test_x5_tells_what_is_wrong_with_a_list(
    found: bytes | CrlTrouble, grade: Grade, code: str
) -> None:
    row = Patient(lists=listing(found)).row("X5", NOBODY)
    assert row.grade is grade
    assert [each.about for each in about(row, code)] == ["CN=Contoso Issuing"]


def test_x5_a_list_older_than_the_moment_the_sessions_were_revoked_is_told() -> None:
    account = replace(ACCOUNT, sessions_valid_from=NOW - timedelta(hours=1))
    row = Patient(FakeTenant(people=(account,))).row("X5", ADELE)
    assert (row.grade, set(codes(row))) == (Grade.WARN, {"crl_older_than_revocation"})
    [older] = about(row, "crl_older_than_revocation")
    assert "may still be let in" in older.meaning
    assert older.about == "CN=Contoso Issuing"  # the root has signed no user's certificate
    assert Patient().row("X5", ADELE).grade is Grade.PASS


def test_x5_a_user_who_does_not_exist_has_no_sessions() -> None:
    row = Patient().row("X5", Asked(user="nobody@contoso.com"))
    assert (row.grade, codes(row)) == (Grade.FAIL, ["user_unknown"])


def test_x5_tells_whether_the_sample_is_revoked() -> None:
    assert "not on the list" in Patient().row("X5").details[-1].meaning
    revoked = pki.a_list(pki.ISSUING, revoked=(7, pki.SERIAL))
    row = Patient(lists=listing(revoked)).row("X5")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["sample_revoked"])


def test_x5_a_sample_on_a_list_that_cannot_be_used_is_unknown() -> None:
    """The list of another authority says nothing about it."""
    row = Patient(lists=listing(CrlTrouble.UNREACHABLE)).row("X5")
    assert codes(row) == ["crl_unreachable", "sample_revocation_unknown"]
    other = FakeLists()
    other.lists[pki.url_of(pki.ROOT)] = pki.a_list(pki.ROOT, revoked=(pki.SERIAL,))
    assert Patient(lists=other).row("X5").grade is Grade.PASS


def test_x5_looks_once_at_what_both_stores_have() -> None:
    classic = (replace(pki.a_root(), store=Store.CLASSIC),)
    patient = Patient(FakeTenant(classic=classic))
    assert patient.row("X5").grade is Grade.PASS
    assert sorted(patient.lists.asked) == [ISSUING, pki.url_of(pki.ROOT)]


def test_x5_an_authority_without_an_address_fails() -> None:
    row = Patient(FakeTenant(pki=(pki.a_root(crl_url=""),))).row("X5", NOBODY)
    assert (row.grade, codes(row)) == (Grade.FAIL, ["crl_not_configured"])


def test_x5_asks_who_signed_the_sample_whether_the_list_is_newer_than_the_sessions() -> None:
    account = replace(ACCOUNT, sessions_valid_from=NOW - timedelta(hours=1))
    lists = listing(pki.a_list(pki.ISSUING, at=NOW))
    tenant = FakeTenant(people=(account,))
    assert Patient(tenant, lists).row("X5").grade is Grade.PASS
    by_root = Asked(user=pki.UPN, certificate=pki.a_user_certificate(signer=pki.ROOT))
    [older] = about(Patient(tenant, lists).row("X5", by_root), "crl_older_than_revocation")
    assert older.about == "CN=Contoso Root"
