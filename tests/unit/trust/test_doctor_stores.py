"""X3, X3b, X4: the authorities of both stores, and where they publish what they have revoked."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from shared.credentials.findings import Grade
from shared.errors import Failure, Retryable
from shared.flows.trust_examination import Asked
from shared.trust.authority import Authority, Store
from tests.unit.builders import NOW
from tests.unit.trust import pki
from tests.unit.trust.doctored import NOBODY, SAMPLE, Patient, about, codes
from tests.unit.trust_world import METHOD, FakeTenant

BOTH = (pki.a_root(), pki.an_issuing())
CLASSIC = tuple(replace(each, store=Store.CLASSIC) for each in BOTH)


def ending(ends_at: datetime) -> Authority:
    """Return the root with another end."""
    return pki.a_root(certificate=pki.a_ca(pki.ROOT, pki.ROOT, ends_at))


def test_x3_tells_each_authority_and_how_long_it_lasts() -> None:
    row = Patient().row("X3", NOBODY)
    assert row.grade is Grade.PASS
    assert [each.about for each in row.details] == ["CN=Contoso Root", "CN=Contoso Issuing"]
    assert all(each.meaning.startswith("until 20") for each in row.details)


@pytest.mark.parametrize(
    ("left", "grade", "found"),
    [
        (timedelta(days=91), Grade.PASS, []),
        (timedelta(days=90), Grade.WARN, ["authority_expiring"]),
        (timedelta(days=2), Grade.WARN, ["authority_expiring"]),
        (timedelta(0), Grade.FAIL, ["authority_expired"]),
    ],
    ids=["91", "90", "2", "0"],
)
def test_x3_goes_by_the_stages_of_our_own_certificate(
    left: timedelta, grade: Grade, found: list[str]
) -> None:
    row = Patient(FakeTenant(pki=(ending(NOW + left),))).row("X3", NOBODY)
    assert (row.grade, codes(row)) == (grade, found)


def test_x3_names_the_stage() -> None:
    row = Patient(FakeTenant(pki=(ending(NOW + timedelta(days=5)),))).row("X3", NOBODY)
    assert "stage 7" in row.details[0].meaning


def test_x3_an_authority_of_tomorrow_signs_nothing_today() -> None:
    begins = NOW + timedelta(days=1)
    tomorrow = pki.a_root(certificate=pki.a_ca(pki.ROOT, pki.ROOT, begins=begins))
    row = Patient(FakeTenant(pki=(tomorrow,))).row("X3", NOBODY)
    assert (row.grade, codes(row)) == (Grade.FAIL, ["authority_not_yet_valid"])


def test_x3_a_chain_must_reach_a_root() -> None:
    row = Patient(FakeTenant(pki=(pki.an_issuing(),))).row("X3", NOBODY)
    [broken] = about(row, "ca_no_issuer")
    assert (row.grade, broken.about) == (Grade.FAIL, "CN=Contoso Issuing")


@pytest.mark.parametrize(
    ("trusted", "code"),
    [
        ((pki.a_root(is_root=False), pki.an_issuing()), "ca_root_unmarked"),
        ((pki.a_root(), pki.an_issuing(is_root=True)), "ca_not_a_root"),
        ((pki.a_root(), pki.a_root(certificate=b"none", name="odd")), "ca_unreadable"),
    ],
    ids=["root", "intermediate", "none"],
)
def test_x3_what_the_store_says_must_be_true(trusted: tuple[Authority, ...], code: str) -> None:
    row = Patient(FakeTenant(pki=trusted)).row("X3", NOBODY)
    assert row.grade is Grade.FAIL
    assert about(row, code)


def test_x3_a_method_that_is_on_needs_an_authority() -> None:
    row = Patient(FakeTenant(pki=())).row("X3", NOBODY)
    assert (row.grade, codes(row)) == (Grade.FAIL, ["nothing_trusted"])
    off = msgspec.structs.replace(METHOD, is_enabled=False)
    unused = Patient(FakeTenant(pki=(), method=off)).row("X3", NOBODY)
    assert (unused.grade, codes(unused)) == (Grade.WARN, ["not_in_use"])
    elsewhere = Patient(FakeTenant(pki=(), classic=CLASSIC)).row("X3", NOBODY)
    assert (elsewhere.grade, codes(elsewhere)) == (Grade.PASS, [])


def test_x3_a_sample_leads_to_a_root_that_is_trusted() -> None:
    assert "CN=Contoso Issuing, then CN=Contoso Root" in Patient().row("X3").details[-1].meaning
    classic = Patient(FakeTenant(pki=(), classic=CLASSIC)).row("X3")
    assert (classic.grade, codes(classic)) == (Grade.PASS, [])
    strange = Asked(certificate=pki.a_user_certificate(signer="Fabrikam"))
    row = Patient().row("X3", strange)
    assert (row.grade, codes(row)) == (Grade.FAIL, ["sample_without_chain"])


def test_x3_a_sample_may_lead_to_a_store_that_cannot_be_read() -> None:
    down: dict[str, Failure] = {"classic_authorities": Retryable("busy")}
    row = Patient(FakeTenant(pki=(pki.a_root(),), down=down)).row("X3", SAMPLE)
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["use_unknown"])


def test_x3b_an_empty_classic_store_is_as_it_should_be() -> None:
    assert Patient().row("X3b").grade is Grade.PASS


def test_x3b_the_classic_store_has_its_warning() -> None:
    row = Patient(FakeTenant(pki=(), classic=CLASSIC)).row("X3b")
    assert (row.grade, codes(row)) == (Grade.WARN, ["classic_in_use"])
    twice = Patient(FakeTenant(classic=CLASSIC[:1])).row("X3b")
    [both] = about(twice, "in_both_stores")
    assert both.about == "CN=Contoso Root"


def test_x3b_its_authorities_are_judged_as_well() -> None:
    row = Patient(FakeTenant(classic=(CLASSIC[1],))).row("X3b")
    assert row.grade is Grade.FAIL
    assert about(row, "ca_no_issuer")


def test_x4_each_authority_has_an_address() -> None:
    row = Patient().row("X4")
    assert row.grade is Grade.PASS
    assert [each.meaning for each in row.details] == [pki.url_of(pki.ROOT), pki.url_of(pki.ISSUING)]


@pytest.mark.parametrize(
    ("addresses", "grade", "found"),
    [
        (("", ""), Grade.FAIL, ["crl_address_missing"]),
        (("", "http://crl.contoso.com/delta.crl"), Grade.FAIL, ["delta_address_alone"]),
        (("ldap:///CN=crl", ""), Grade.FAIL, ["crl_address_wrong"]),
        (("http://[half", ""), Grade.FAIL, ["crl_address_wrong"]),
        (("https://crl.contoso.com/a.crl", ""), Grade.WARN, ["crl_address_https"]),
        (("HTTP://crl.contoso.com/a.crl", ""), Grade.PASS, []),
    ],
    ids=["none", "delta alone", "ldap", "no address", "https", "http"],
)
def test_x4_an_address_must_be_one_that_is_fetched(
    addresses: tuple[str, str], grade: Grade, found: list[str]
) -> None:
    root = pki.a_root(crl_url=addresses[0], delta_crl_url=addresses[1])
    patient = Patient(FakeTenant(pki=(root,)))
    patient.lists.lists |= dict.fromkeys(addresses, pki.a_list(pki.ROOT))
    row = patient.row("X4", NOBODY)
    assert (row.grade, codes(row)) == (grade, found)


def test_x4_tells_what_a_tenant_that_requires_checks_makes_of_it() -> None:
    method = msgspec.structs.replace(METHOD, requires_crl=True)
    row = Patient(FakeTenant(pki=(pki.a_root(crl_url=""),), method=method)).row("X4", NOBODY)
    assert "refused" in row.details[-1].meaning


@pytest.mark.parametrize("read", ["classic_authorities", "certificate_method"])
def test_x3_an_empty_store_says_nothing_beside_what_cannot_be_read(read: str) -> None:
    """Whatever is trusted, or for whom, may stand just there."""
    off = msgspec.structs.replace(METHOD, is_enabled=False)
    tenant = FakeTenant(pki=(), method=off, down={read: Retryable("busy")})
    row = Patient(tenant).row("X3", NOBODY)
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["use_unknown"])
