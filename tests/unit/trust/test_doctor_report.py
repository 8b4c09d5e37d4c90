"""The report as a whole: every row, each read once, and the worst of them on top."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import msgspec
import pytest

from shared.credentials.findings import Grade
from shared.errors import Failure, Misconfigured, NotPermitted, Retryable
from shared.trust.crl_trouble import CrlTrouble
from shared.trust.doctor.advice import ADVICE
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import finding, worst
from shared.trust.doctor.rows import ROWS, Row
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeClock
from tests.unit.trust import pki
from tests.unit.trust.doctored import ADELE, NOBODY, SAMPLE, Patient, codes
from tests.unit.trust_world import METHOD, FakeLists, FakeTenant, TrustWorld

NAMES = ["X1", "X2", "X3", "X3b", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12"]
OFF = msgspec.structs.replace(METHOD, is_enabled=False)
# By each read, the rows that rest on it; all others are told all the same.
RESTING = {
    "modern_authentication": ["X1", "X11"],
    "domains": ["X2", "X9"],
    "authorities": ["X3", "X4", "X5", "X11"],
    "classic_authorities": ["X3b", "X4", "X5", "X11"],
    "certificate_method": ["X7", "X8", "X10"],
    "permissions": ["X6", "X11"],
    "account": ["X5", "X6", "X12"],
    "sign_ins": ["X12"],
}


@dataclass
class Slow(FakeLists):
    """Lists that take more than all the time that there is."""

    takes: ClassVar = timedelta(minutes=3)
    clock: FakeClock = field(default_factory=FakeClock)

    def fetch(self, url: str) -> bytes:
        """Return a list, late."""
        self.clock.advance(self.takes)
        return super().fetch(url)


def test_a_tenant_where_all_is_well_passes_every_row() -> None:
    report = Patient().report()
    assert [each.row for each in report.rows] == NAMES
    assert {each.row: each.grade for each in report.rows} == dict.fromkeys(NAMES, Grade.PASS)
    assert (report.tenant_id, report.at, report.user) == (TENANT, NOW, pki.UPN)
    assert (report.grade, report.in_use) == (Grade.PASS, True)


def test_each_thing_is_read_once() -> None:
    patient = Patient()
    patient.report()
    assert sorted(patient.tenant.asked) == sorted(RESTING)
    assert sorted(patient.lists.asked) == [pki.url_of(pki.ISSUING), pki.url_of(pki.ROOT)]


@pytest.mark.parametrize(("read", "rows"), RESTING.items())
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (NotPermitted("it takes Some.Read.All"), "not_permitted"),
        (Retryable("busy"), "not_answered"),
        (Misconfigured("no licence"), "not_told"),
    ],
    ids=["permission", "busy", "refused"],
)
def test_a_read_that_fails_makes_its_own_rows_unknown(
    read: str, rows: list[str], failure: Failure, code: str
) -> None:
    report = Patient(FakeTenant(down={read: failure})).report(ADELE)
    unknown = [each for each in report.rows if each.grade is Grade.UNKNOWN]
    assert [each.row for each in unknown] == rows
    assert all(code in codes(each) for each in unknown)
    assert all(str(failure) in str(each.details) for each in unknown)
    assert report.grade is Grade.UNKNOWN
    assert {each.grade for each in report.rows} == {Grade.UNKNOWN, Grade.PASS}


def test_a_failure_counts_for_more_than_what_is_unknown() -> None:
    down: dict[str, Failure] = {"domains": Retryable("busy")}
    report = Patient(FakeTenant(down=down, is_modern=False)).report()
    assert report.grade is Grade.FAIL


def test_what_nobody_asked_does_not_count() -> None:
    """Without a user the last row has nothing to say, and that is nobody's fault."""
    report = Patient().report(NOBODY)
    assert report.rows[-1].grade is Grade.UNKNOWN
    assert report.grade is Grade.PASS


def test_where_nobody_uses_certificates_the_report_says_so() -> None:
    tenant = FakeTenant(pki=(), method=OFF)
    report = Patient(tenant).report(NOBODY)
    warned = {each.row: codes(each) for each in report.rows if each.grade is Grade.WARN}
    assert warned == {"X3": ["not_in_use"], "X8": ["not_in_use"]}
    assert (report.grade, report.in_use) == (Grade.WARN, False)


@pytest.mark.parametrize("read", ["authorities", "classic_authorities", "certificate_method"])
def test_whether_certificates_are_in_use_may_be_unknown(read: str) -> None:
    down: dict[str, Failure] = {read: Retryable("busy")}
    tenant = FakeTenant(pki=(), method=OFF, down=down)
    report = Patient(tenant).report(NOBODY)
    assert (report.in_use, report.grade) == (None, Grade.UNKNOWN)


def test_a_tenant_with_a_method_or_an_authority_uses_certificates() -> None:
    down: dict[str, Failure] = {"certificate_method": Retryable("busy")}
    assert Patient(FakeTenant(down=down)).report(NOBODY).in_use is True
    down = {"authorities": Retryable("busy")}
    assert Patient(FakeTenant(down=down)).report(NOBODY).in_use is True


def test_every_row_says_where_it_stands_and_what_reads_it() -> None:
    assert list(ROWS) == list(Row)
    for each in Patient().report().rows:
        assert each.title
        assert each.endpoint
        assert each.permission


def test_every_code_has_a_meaning_and_a_remedy() -> None:
    assert set(ADVICE) == set(Code)
    for advice in ADVICE.values():
        assert advice.grade is not Grade.PASS
        assert advice.meaning
        assert advice.remedy


def test_whatever_is_wrong_has_a_code_and_a_remedy() -> None:
    tenant = FakeTenant(pki=(pki.a_root(certificate=b"none"), pki.an_issuing(crl_url="")))
    patient = Patient(tenant)
    patient.lists.lists[pki.url_of(pki.ROOT)] = CrlTrouble.TOO_SLOW
    for row in patient.report().rows:
        for each in row.details:
            assert bool(each.code) == bool(each.remedy) == (each.grade is not Grade.PASS)
            assert each.meaning


def test_nothing_at_all_is_unknown() -> None:
    assert worst([]) is Grade.UNKNOWN
    assert finding(Row.METHOD, ()).grade is Grade.UNKNOWN


def test_lists_for_which_no_time_is_left_are_unknown() -> None:
    """Whoever may have signed the sample comes first; nothing is graded that nobody has seen."""
    clock, tenant, lists = FakeClock(), FakeTenant(), Slow()
    others = tuple(pki.a_root(certificate=pki.a_ca(f"CA {n}", f"CA {n}")) for n in range(20))
    tenant.pki = (*others, *tenant.pki)
    lists.clock = clock
    world = TrustWorld(clock, {TENANT: tenant}, lists)
    report = world.trusting.doctor(TENANT).report(SAMPLE)
    # Four are looked at side by side, and any of those may be the first to be noted.
    assert pki.url_of(pki.ISSUING) in lists.asked
    assert len(lists.asked) <= 4
    found = {each.row: each for each in report.rows}
    assert "not_answered" in codes(found[Row.CRLS])
    assert "not_answered" in codes(found[Row.LOST_PHONE])
    assert clock.now - NOW <= 4 * Slow.takes


def test_a_tenant_for_which_no_time_is_left_is_unknown_and_not_asked() -> None:
    patient = Patient()
    world = TrustWorld(FakeClock(), {TENANT: patient.tenant}, patient.lists)
    doctor = world.trusting.doctor(TENANT)
    report = doctor.report(NOBODY, NOW)
    assert {each.grade for each in report.rows} == {Grade.UNKNOWN}
    assert sorted(doctor.standing(NOW).problems) == [
        "certificate_method", "classic_store", "domains", "modern_authentication", "pki_store",
    ]  # fmt: skip
    assert (patient.tenant.asked, patient.lists.asked) == ([], [])
