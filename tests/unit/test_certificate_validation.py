"""The chain from the vault to Exchange: the first broken link is named, the rest is unknown."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from shared.devices.certificate import App, Certificate, KeyFacts
from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from shared.flows.certificate_validation import Grade, Report, Validation
from shared.records.certificates import Certificates
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import FakeVault, a_certificate, a_successor, an_app
from tests.unit.stand_ins import FakeClock, FakeTable

DAY = timedelta(days=1)
LINKS = [
    "vault answers",
    "certificate is enabled and in its dates",
    "key may sign and cannot be exported",
    "key signs for this certificate",
    "Entra ID issues a token with the role",
    "Exchange answers",
]


GOOD_KEY = KeyFacts(
    kind="RSA-HSM", bits=2048, operations=frozenset({"sign", "verify"}), is_exportable=False
)


@dataclass
class Chain(FakeVault):
    """Vault, Entra ID and Exchange; each may fail, or answer what it should not."""

    facts: KeyFacts = GOOD_KEY
    is_proved: bool = True
    granted: tuple[str, ...] = ("Exchange.ManageAsApp",)
    failures: dict[str, Failure] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    slowness: timedelta = timedelta()

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return a version, after a while."""
        self.clock.advance(self.slowness)
        self._fail("vault")
        return super().certificate(name, version)

    def key_facts(self, certificate: Certificate) -> KeyFacts:
        """Return what the vault says."""
        assert certificate.version
        self._fail("key")
        return self.facts

    def proves_key(self, certificate: Certificate) -> bool:
        """Say whether the key fits."""
        assert certificate.version
        self._fail("sign")
        return self.is_proved

    def roles(self, app: App, certificate: Certificate) -> tuple[str, ...]:
        """Return the roles of a token."""
        assert (app.tenant_id, bool(certificate.version)) == (TENANT, True)
        self._fail("entra")
        return self.granted

    def exchange(self) -> None:
        """Answer."""
        self._fail("exchange")

    def _fail(self, place: str) -> None:
        if place in self.failures:
            raise self.failures[place]

    def report(self, pins: Certificates | None = None) -> Report:
        """Validate this chain."""
        return Validation(
            app=an_app(),
            vault=self,
            entra=self,
            exchange=self.exchange,
            pins=pins or Certificates(FakeTable()),
            clock=self.clock,
        ).report()


def of(**changes: object) -> FakeVault:
    """Return a vault with one certificate of this kind."""
    return FakeVault((replace(a_certificate(), **changes),))  # type: ignore[arg-type]  # by name


def test_healthy_chain_passes_link_by_link() -> None:
    """With thumbprint and days left."""
    report = Chain().report()
    assert [(check.name, check.grade) for check in report.checks] == [
        (name, Grade.PASS) for name in LINKS
    ]
    assert (report.tenant_id, report.grade) == (TENANT, Grade.PASS)
    assert (report.thumbprint, report.expires_in_days) == (a_certificate().thumbprint, 100)


def with_facts(**changes: object) -> Chain:
    """Return a chain whose key is like this."""
    return Chain(facts=replace(GOOD_KEY, **changes))  # type: ignore[arg-type]  # by name


BROKEN: list[tuple[int, Chain, str]] = [
    (0, Chain(failures={"vault": NotFound("no certificate")}), "no certificate"),
    (0, Chain(failures={"vault": Misconfigured("denied")}), "denied"),
    (1, Chain(of(is_enabled=False).versions), "is disabled"),
    (1, Chain(of(valid_from=NOW + DAY).versions), "not valid before"),
    (1, Chain(of(expires_at=NOW).versions), "expired on"),
    (2, with_facts(kind="EC"), "EC of 2048 bits"),
    (2, with_facts(bits=1024), "RSA-HSM of 1024 bits"),
    (2, with_facts(operations=frozenset({"verify"})), "may not sign"),
    (2, with_facts(is_exportable=True), "can be exported"),
    (3, Chain(is_proved=False), "does not belong to this certificate"),
    (3, Chain(failures={"sign": Misconfigured("denied")}), "denied"),
    (4, Chain(failures={"entra": Misconfigured("AADSTS700027")}), "AADSTS700027"),
    (4, Chain(granted=("Exchange.ManageAsAppV2",)), "lacks Exchange.ManageAsApp"),
    (5, Chain(failures={"exchange": Misconfigured("no role group")}), "no role group"),
    (5, Chain(failures={"exchange": Rejected("odd")}), "odd"),
]


@pytest.mark.parametrize(("place", "chain", "meaning"), BROKEN)
def test_broken_link_fails_and_leaves_the_rest_unknown(
    place: int, chain: Chain, meaning: str
) -> None:
    """Nothing behind it is called healthy."""
    report = chain.report()
    grades = [Grade.PASS] * place + [Grade.FAIL] + [Grade.UNKNOWN] * (5 - place)
    assert [check.grade for check in report.checks] == grades
    assert report.grade is Grade.FAIL
    assert meaning in report.checks[place].meaning
    assert all(check.meaning.startswith("not tried") for check in report.checks[place + 1 :])


@pytest.mark.parametrize(
    ("place", "where"), [(0, "vault"), (2, "key"), (3, "sign"), (4, "entra"), (5, "exchange")]
)
def test_link_that_cannot_be_tried_now_is_unknown(place: int, where: str) -> None:
    """Neither healthy nor broken, and so is the whole."""
    report = Chain(failures={where: Retryable("busy")}).report()
    assert [check.grade for check in report.checks[place:]] == [Grade.UNKNOWN] * (6 - place)
    assert [check.grade for check in report.checks[:place]] == [Grade.PASS] * place
    assert (report.grade, report.checks[place].meaning) == (Grade.UNKNOWN, "busy")


def test_key_of_which_the_vault_does_not_say_whether_it_can_leave_is_unknown() -> None:
    """What cannot be checked is never called healthy; nor broken."""
    report = with_facts(is_exportable=None).report()
    assert report.grade is Grade.UNKNOWN
    assert [check.grade for check in report.checks[2:]] == [Grade.UNKNOWN] * 4
    assert "does not say" in report.checks[2].meaning


def test_chain_without_a_certificate_names_none() -> None:
    """There is no thumbprint to show."""
    report = Chain(failures={"vault": Retryable("busy")}).report()
    assert (report.thumbprint, report.expires_in_days) == (None, None)


def test_pinned_version_is_the_one_that_is_tried() -> None:
    """It is the one the app signs with."""
    newer = a_successor()
    pins = Certificates(FakeTable())
    pins.pin(TENANT, "v1")
    assert Chain((a_certificate(), newer)).report(pins).thumbprint == a_certificate().thumbprint
    assert Chain((a_certificate(), newer)).report().thumbprint == newer.thumbprint


def test_each_link_tells_how_long_it_took() -> None:
    """A slow vault shows."""
    report = Chain(slowness=timedelta(milliseconds=250)).report()
    assert [check.milliseconds for check in report.checks] == [250, 0, 0, 0, 0, 0]


def test_bug_of_ours_looks_like_one() -> None:
    """Only what we expect becomes a grade."""

    class Buggy(Chain):
        def exchange(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Buggy().report()
