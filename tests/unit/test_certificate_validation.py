"""The chain from vault to Exchange: what is broken is named, what depends on it is not tried."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credentials.advice import ADVICE
from shared.credentials.certificate import App, Certificate, KeyFacts
from shared.credentials.findings import Finding, Found, Grade
from shared.credentials.rights import Feature, Lack
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Rejected, Retryable
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import a_certificate, a_successor
from tests.unit.validation_chain import GOOD_KEY, Chain, Claims, Entries, Entry, codes

DAY = timedelta(days=1)
OF_THE_CREDENTIAL = [
    "certificate version exists",
    "certificate is enabled",
    "certificate is in its dates",
    "thumbprint",
    "key is an RSA key",
    "key has 2048 bits or more",
    "key may sign",
    "key cannot be exported",
    "key signs for this certificate",
    "certificate is registered on the application",
    "Entra ID issues a token",
]
OF_EXCHANGE = [
    "Exchange names what the app may run",
    *(f"cmdlets for {feature}" for feature in Feature),
    "write scope",
    "application access policies",
]
OF_THE_TOKEN = [
    "token holds Exchange.ManageAsApp",
    "Exchange answers",
    *OF_EXCHANGE[: 1 + len(Feature)],
    "roles are no broader than needed",
    *OF_EXCHANGE[1 + len(Feature) :],
]
LINKS = [
    "records say which version is used",
    "vault answers",
    *OF_THE_CREDENTIAL,
    *OF_THE_TOKEN,
]
SIGNING = ["key signs for this certificate", "Entra ID issues a token", *OF_THE_TOKEN]


def test_healthy_chain_passes_link_by_link() -> None:
    """With version, thumbprint and days left; and each check is told when it is made."""
    told: list[object] = []
    report = Chain().validation().report(told.append)
    assert [(each.name, each.grade, each.code) for each in report.checks] == [
        (name, Grade.PASS, None) for name in LINKS
    ]
    assert (report.tenant_id, report.grade, report.at) == (TENANT, Grade.PASS, NOW)
    assert (report.version, report.expires_in_days) == ("v1", 100)
    assert report.thumbprint == a_certificate().thumbprint
    assert told == list(report.checks)


def keyed(**changes: object) -> KeyFacts:
    """Return the key, but for this."""
    return replace(GOOD_KEY, **changes)  # type: ignore[arg-type]  # by name


class Lasting(Chain):
    """A chain whose entry on the application outlasts the certificate."""

    def registration(self, app: App, certificate: Certificate) -> Entries:
        """Return the application."""
        assert app.tenant_id == TENANT
        return Entries((Entry(certificate.der),))


def of(**changes: object) -> Chain:
    """Return a chain whose certificate is like this."""
    return Lasting((a_certificate(**changes),))


NOTHING: list[str] = []
BROKEN: list[tuple[Chain, str, Finding, list[str]]] = [
    (Chain(failures={"vault": Misconfigured("")}), LINKS[1], Finding.VAULT_REFUSES, LINKS[2:]),
    (Chain(failures={"vault": NotPermitted("")}), LINKS[1], Finding.VAULT_DENIED, LINKS[2:]),
    (Chain(failures={"vault": NotFound("")}), LINKS[2], Finding.CERTIFICATE_MISSING, LINKS[3:]),
    (
        Chain(failures={"vault": Found(Finding.CERTIFICATE_PENDING, "")}),
        LINKS[2],
        Finding.CERTIFICATE_PENDING,
        LINKS[3:],
    ),
    (of(is_enabled=False), "certificate is enabled", Finding.CERTIFICATE_DISABLED, SIGNING),
    (
        of(valid_from=NOW + DAY),
        "certificate is in its dates",
        Finding.CERTIFICATE_NOT_YET_VALID,
        SIGNING,
    ),
    (of(expires_at=NOW), "certificate is in its dates", Finding.CERTIFICATE_EXPIRED, SIGNING),
    (Chain(facts=keyed(kind="EC")), "key is an RSA key", Finding.KEY_NOT_RSA, SIGNING),
    (Chain(facts=keyed(bits=1024)), "key has 2048 bits or more", Finding.KEY_TOO_SMALL, NOTHING),
    (
        Chain(facts=keyed(operations=frozenset({"verify"}))),
        "key may sign",
        Finding.KEY_MAY_NOT_SIGN,
        SIGNING,
    ),
    (
        Chain(facts=keyed(is_exportable=True)),
        "key cannot be exported",
        Finding.KEY_EXPORTABLE,
        NOTHING,
    ),
    (Chain(is_proved=False), SIGNING[0], Finding.KEY_MISMATCH, SIGNING[1:]),
    (
        Chain(failures={"sign": NotPermitted("")}),
        SIGNING[0],
        Finding.SIGNING_DENIED,
        SIGNING[1:],
    ),
    (
        Chain(failures={"entra": Found(Finding.APP_DISABLED, "")}),
        "Entra ID issues a token",
        Finding.APP_DISABLED,
        OF_THE_TOKEN,
    ),
    (
        Chain(failures={"entra": Rejected("")}),
        "Entra ID issues a token",
        Finding.ENTRA_REFUSES,
        OF_THE_TOKEN,
    ),
    (
        Chain(claims=Claims(roles=())),
        OF_THE_TOKEN[0],
        Finding.TOKEN_NO_ROLE,
        ["Exchange answers", *OF_EXCHANGE],
    ),
    (
        Chain(failures={"exchange": Rejected("")}),
        "Exchange answers",
        Finding.EXCHANGE_REFUSES,
        OF_EXCHANGE,
    ),
    (
        Chain(failures={"exchange": NotPermitted("")}),
        "Exchange answers",
        Finding.EXCHANGE_NO_ROLE,
        ["write scope", "application access policies"],
    ),
]


@pytest.mark.parametrize(("chain", "link", "finding", "behind"), BROKEN)
def test_broken_link_fails_and_only_what_depends_on_it_is_not_tried(
    chain: Chain, link: str, finding: Finding, behind: list[str]
) -> None:
    """Nothing behind it is called healthy, and nothing beside it is left out."""
    report = chain.report()
    assert [each.name for each in report.checks] == LINKS
    assert codes(report) == {link: finding, **dict.fromkeys(behind, Finding.NOT_TRIED)}
    assert report.grade is Grade.FAIL
    assert [each.remedy for each in report.findings] == [ADVICE[finding].remedy]


@pytest.mark.parametrize(
    ("place", "finding"),
    [
        ("vault", Finding.VAULT_UNREACHABLE),
        ("key", Finding.VAULT_UNREACHABLE),
        ("sign", Finding.VAULT_UNREACHABLE),
        ("entra", Finding.ENTRA_UNREACHABLE),
        ("exchange", Finding.EXCHANGE_UNREACHABLE),
        ("cmdlets", Finding.CMDLETS_UNREADABLE),
        ("scope", Finding.SCOPE_UNKNOWN),
    ],
)
def test_link_that_cannot_be_tried_now_is_unknown_and_so_is_the_whole(
    place: str, finding: Finding
) -> None:
    """Neither healthy nor broken."""
    report = Chain(failures={place: Retryable("busy")}).report()
    assert set(codes(report).values()) <= {finding, Finding.NOT_TRIED}
    assert report.grade is Grade.UNKNOWN
    assert all(each.meaning.endswith("busy") for each in report.findings)


@pytest.mark.parametrize("failure", [Retryable("busy"), NotPermitted(""), NotFound("")])
@pytest.mark.parametrize("place", ["graph", "policies"])
def test_what_other_links_tell_as_well_may_stay_unknown(place: str, failure: Failure) -> None:
    """An app without rights in Graph works all the same."""
    report = Chain(failures={place: failure}).report()
    [unknown] = report.findings
    assert (unknown.grade, report.grade) == (Grade.UNKNOWN, Grade.PASS)


def test_registration_is_compared_though_exchange_and_entra_id_are_down() -> None:
    """What does not depend on a broken link is tried."""
    chain = Chain(failures={"entra": Retryable(""), "exchange": Retryable("")})
    chain.report()
    assert "graph v1" in chain.asked
    assert "exchange" not in chain.asked


def test_records_that_do_not_answer_leave_the_current_version_to_be_tried() -> None:
    """And the report says so."""
    table = Chain().pins
    table._table.down = Retryable("busy")  # type: ignore[attr-defined] # noqa: SLF001 - a fake's
    report = Chain((a_certificate(), a_successor()), pins=table).report()
    assert codes(report) == {LINKS[0]: Finding.PIN_UNREADABLE}
    assert (report.version, report.grade) == ("v2", Grade.UNKNOWN)


def pinned(chain: Chain, version: str = "v1") -> Chain:
    """Return the chain with a version in use."""
    chain.pins.pin(TENANT, version)
    return chain


def test_pinned_version_is_the_one_that_is_graded_and_the_newer_one_is_tried_too() -> None:
    """It will be in use one day."""
    report = pinned(Chain((a_certificate(), a_successor()))).report()
    names = [*LINKS, *(f"newer version: {each}" for each in OF_THE_CREDENTIAL)]
    assert [each.name for each in report.checks] == names
    assert (report.version, report.grade) == ("v1", Grade.PASS)


def test_newer_version_that_does_not_work_is_a_warning() -> None:
    """Nothing that is in use is broken."""
    report = pinned(Chain((a_certificate(), a_successor(is_enabled=False)))).report()
    [warning] = report.findings
    assert (warning.code, warning.grade) == (Finding.CERTIFICATE_DISABLED, Grade.WARN)
    assert report.grade is Grade.PASS


def test_pinned_version_that_is_gone_is_broken_whatever_the_current_one_is_worth() -> None:
    """Both are told."""
    report = pinned(Chain(), "v0").report()
    assert codes(report)["certificate version exists"] is Finding.CERTIFICATE_MISSING
    assert (report.version, report.thumbprint, report.expires_in_days) == (None, None, None)
    assert report.grade is Grade.FAIL
    assert report.checks[-1].name == "newer version: Entra ID issues a token"
    assert report.checks[-1].grade is Grade.PASS


def test_version_that_is_current_is_tried_once() -> None:
    """There is no newer one."""
    assert [each.name for each in pinned(Chain()).report().checks] == LINKS


def test_where_changes_are_off_nothing_is_tried_that_changes() -> None:
    """Though it would change nothing."""
    chain = Chain(may_write=False)
    report = chain.report()
    assert codes(report) == {"write scope": Finding.WRITES_OFF}
    assert report.grade is Grade.PASS
    assert "scope" not in chain.asked


def test_app_that_may_not_change_lists_is_not_asked_whose_lists() -> None:
    """The cmdlet that it lacks is the one to try it with."""
    chain = Chain(lacks=Lack(cmdlets={"Set-CASMailbox": ("Mail Recipients",)}))
    report = chain.report()
    found = codes(report)
    assert found["cmdlets for access"] is Finding.ROLE_TOO_NARROW
    assert found["write scope"] is Finding.NOT_TRIED
    assert "scope" not in chain.asked


def test_each_link_tells_how_long_it_took() -> None:
    """A slow vault shows, once for each question."""
    report = Chain(slowness=timedelta(milliseconds=250)).report()
    assert [each.milliseconds for each in report.checks] == [0, 250] + [0] * (len(LINKS) - 2)


def test_bug_of_ours_looks_like_one() -> None:
    """Only what we expect becomes a grade."""

    class Buggy(Chain):
        def answering(self) -> str:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Buggy().report()
