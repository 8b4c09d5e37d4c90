"""Where vault and registration disagree is announced once, and again only if it comes back."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credentials.findings import Finding, Found
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Retryable
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import EXPIRES, FakeVault, a_certificate, a_successor, an_app
from tests.unit.validation_chain import Entry
from tests.unit.watch_world import Watched

DAY = timedelta(days=1)
NOT_REGISTERED = ("certificate.mismatch", "active_not_registered")
NEWER = ("certificate.mismatch", "newer_not_registered")
STRANGER = ("certificate.mismatch", "key_of_no_version")


def renewed(**changes: object) -> Watched:
    """Return a tenant whose vault holds a newer version than the one in use."""
    tenant = Watched(vault=FakeVault((a_certificate(), a_successor(**changes))))
    tenant.pins.pin(TENANT, "v1")
    return tenant


def looked(tenant: Watched, times: int = 3) -> Watched:
    """Let time pass, and the watch run each day."""
    for _ in range(times):
        assert tenant.look() == []
        tenant.clock.advance(DAY)
    return tenant


def test_version_in_use_that_is_not_registered_is_announced_once() -> None:
    """With the thumbprint to look for, and what to do."""
    tenant = looked(Watched(absent=frozenset({"v1"})))
    assert tenant.told == [NOT_REGISTERED]
    (event,) = tenant.events.sent
    assert event.data["thumbprint"] == a_certificate().thumbprint
    assert (event.data["version"], event.data["severity"]) == ("v1", "error")
    assert "register the public part" in str(event.data["remedy"])


def test_mismatch_that_comes_back_is_announced_again() -> None:
    """Under another id, each time once."""
    tenant = Watched()
    for times in range(1, 4):
        tenant.absent = frozenset({"v1"})
        looked(tenant, 1)
        tenant.absent = frozenset()
        looked(tenant, 2)
        assert tenant.told == [NOT_REGISTERED] * times
    assert tenant.repeats == 0


def test_registration_that_has_expired_before_its_certificate_is_announced() -> None:
    """After the certificate's own end there is nothing to disagree about."""
    tenant = looked(Watched(cut_short={"v1": NOW}))
    assert ("certificate.mismatch", "active_registration_expired") in tenant.told
    tenant = Watched()
    tenant.clock.now = EXPIRES
    assert looked(tenant).told == [("certificate.expired", "expired")]


def test_newer_version_that_is_not_registered_is_announced() -> None:
    """Unless it is disabled, or the tenant has come to sign with it."""
    tenant = renewed()
    tenant.absent = frozenset({"v2"})
    assert looked(tenant).told == [NEWER]
    assert tenant.events.sent[0].data["version"] == "v2"
    tenant.pins.pin(TENANT, "v2")
    tenant.absent = frozenset()
    looked(tenant)
    tenant = renewed(is_enabled=False)
    tenant.absent = frozenset({"v2"})
    assert looked(tenant).told == []


def test_newer_version_on_its_way_to_be_registered_is_not_missed() -> None:
    """Only if a rotation has ended without it."""
    tenant = renewed()
    tenant.absent, tenant.is_rotating = frozenset({"v2"}), True
    assert looked(tenant).told == []
    tenant.is_rotating = False
    assert looked(tenant).told == [NEWER]


def test_key_of_nobody_is_noted_and_an_old_versions_key_is_not() -> None:
    """It may be somebody else's on purpose."""
    held = (a_certificate(version="v0", der=b"older"), a_certificate(), a_successor())
    tenant = Watched(vault=FakeVault(held))
    tenant.pins.pin(TENANT, "v1")
    assert looked(tenant).told == []
    tenant.extra = (Entry(b"another app's", thumbprint_sha1="0f"),)
    assert looked(tenant).told == [STRANGER]
    (event,) = tenant.events.sent
    assert (event.data["thumbprint"], event.data["version"]) == ("0f", None)
    assert event.data["severity"] == "note"


def test_key_that_shows_no_thumbprint_goes_by_its_id() -> None:
    """Somebody chose an identifier of their own."""
    tenant = Watched(extra=(Entry(b"x", key_id="key-9", thumbprint_sha1=""),))
    looked(tenant)
    assert [event.data["thumbprint"] for event in tenant.events.sent] == ["key-9"]


def unknown_to_entra() -> Failure:
    """Return what comes of asking Graph with a certificate that Entra ID does not know."""
    failure = Found(Finding.GRAPH_NOT_ASKED, "no version earns a token")
    failure.__cause__ = Found(Finding.CERTIFICATE_UNKNOWN_TO_ENTRA, "AADSTS700027")
    return failure


def test_certificate_that_entra_does_not_know_cannot_ask_but_is_announced() -> None:
    """Entra ID says the same as the registration would."""
    tenant = looked(Watched(graph=unknown_to_entra()))
    assert tenant.told == [NOT_REGISTERED]
    assert tenant.watch().standing(an_app()).is_registered is False


QUIET: list[Failure] = [
    NotPermitted("grant Application.Read.All"),
    NotFound("the app is registered in another directory"),
    Found(Finding.GRAPH_NOT_ASKED, "no version earns a token"),
]


@pytest.mark.parametrize("graph", QUIET)
def test_registration_that_may_not_be_read_is_unknown_and_not_fine(graph: Failure) -> None:
    """Nothing is announced, and what was open stays open."""
    tenant = looked(Watched(absent=frozenset({"v1"})))
    tenant.graph = graph
    looked(tenant)
    seen = tenant.watch().standing(an_app())
    assert (seen.is_registered, seen.unread, dict(seen.mismatches)) == (None, str(graph), {})
    tenant.graph = None
    assert looked(tenant).told == [NOT_REGISTERED]
    assert tenant.repeats == 0


def graph_not_asked_because(reason: Failure) -> Failure:
    """Return what comes of asking Graph while no token can be had."""
    failure = Found(Finding.GRAPH_NOT_ASKED, str(reason))
    failure.__cause__ = reason
    return failure


BUSY = Retryable("busy")


@pytest.mark.parametrize(
    ("graph", "kind"),
    [
        (BUSY, Retryable),
        (graph_not_asked_because(BUSY), Retryable),
        (Misconfigured("Graph answered HTTP 400"), Misconfigured),
    ],
)
def test_graph_that_fails_is_told_and_hides_no_expiry(graph: Failure, kind: type[Failure]) -> None:
    """The certificate's own date is known."""
    tenant = Watched(graph=graph)
    tenant.clock.now = EXPIRES - DAY
    assert [type(failure) for failure in tenant.look()] == [kind]
    assert tenant.told == [("certificate.expiring", "1")]


def test_newer_version_that_cannot_be_seen_hides_nothing_either() -> None:
    """What is known of the version in use is announced; what was open stays open."""

    class HalfBlind(FakeVault):
        def certificate(self, name: str, version: str = "") -> object:  # type: ignore[override]  # as the vault's
            if not version:
                raise Misconfigured("it is still pending")
            return super().certificate(name, version)

    tenant = renewed()
    tenant.absent = frozenset({"v2"})
    looked(tenant)
    tenant.vault = HalfBlind(tenant.vault.held)
    tenant.clock.now = EXPIRES - DAY
    assert [type(failure) for failure in tenant.look()] == [Misconfigured]
    assert tenant.told[-1] == ("certificate.expiring", "1")
    tenant.vault = FakeVault(tenant.vault.held)
    assert looked(tenant, 1).told.count(NEWER) == 1
    assert tenant.repeats == 0


RUNS = st.lists(
    st.tuples(
        st.booleans(),  # whether it is registered
        st.sampled_from(["once", "dies", "overlaps"]),
        st.integers(min_value=1, max_value=8),  # at which call
    ),
    max_size=20,
)


@given(runs=RUNS)
def test_each_break_is_announced_once_whatever_the_workers_do(
    runs: list[tuple[bool, str, int]],
) -> None:
    """As far as a worker came to see it."""
    tenant, seen = Watched(), [False]
    for is_registered, what, number in runs:
        tenant.absent = frozenset() if is_registered else frozenset({"v1"})
        if what == "dies":
            tenant.die_at(number)
        elif what == "overlaps":
            tenant.overlap_at(number)
        assert tenant.look() == []
        seen.append(not is_registered)
    breaks = sum(now and not before for before, now in pairwise(seen))
    assert tenant.told == [NOT_REGISTERED] * breaks
