"""Webhook secrets: read seldom, kept through an outage, dropped when they are gone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError

from shared.errors import Failure, Misconfigured, Retryable
from tests.unit.builders import NOW
from tests.unit.secret_versions import DAY, ONE, THREE, TWO, FakeClient, Known, Version, denied

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HALF_A_MINUTE = timedelta(seconds=30)
ZERO = timedelta()


def test_newest_two_enabled_versions_are_live() -> None:
    """The newest first; a disabled one is never even fetched."""
    known = Known()
    assert known.live() == ("whsec_three", "whsec_two")
    known = Known(FakeClient([ONE, replace(THREE, enabled=False), TWO]))
    assert known.live() == ("whsec_two", "whsec_one")
    known = Known(FakeClient([ONE, replace(TWO, value=""), replace(THREE, value=None)]))
    with pytest.raises(Misconfigured):
        known.live()


def test_live_version_says_which_one_it_is_but_not_what() -> None:
    """It is recorded with what it proves, and logged with it."""
    newest, _ = Known().secrets.live("portal-secret")
    assert (newest.name, newest.version) == ("portal-secret", "3")
    assert newest.value not in repr(newest)


def test_secret_is_remembered_for_five_minutes() -> None:
    """Unless somebody wants to know better."""
    known = Known()
    known.live()
    known.client.versions = [THREE]
    known.clock.advance(5 * MINUTE - SECOND)
    assert known.live() == ("whsec_three", "whsec_two")
    known.clock.advance(SECOND)
    assert known.live() == ("whsec_three",)
    assert known.asked == 2


def test_second_look_is_granted_twice_a_minute() -> None:
    """Whoever sends bad signatures must not make us hammer the vault."""
    known = Known()
    for _ in range(20):
        known.live(ZERO)
    known.clock.advance(HALF_A_MINUTE - SECOND)
    known.live(ZERO)
    assert known.asked == 1
    known.clock.advance(SECOND)
    known.live(ZERO)
    assert known.asked == 2


def test_burst_asks_the_vault_once() -> None:
    """All wait for the first one's answer."""
    known = Known()
    known.client.held["portal-secret"] = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(known.live) for _ in range(8)]
        known.client.held["portal-secret"].set()
        found = {each.result(timeout=10) for each in waiting}
    assert found == {("whsec_three", "whsec_two")}
    assert known.asked == 1


def test_burst_of_one_sender_does_not_hold_up_another() -> None:
    """Each secret has its own lock."""
    known = Known()
    held = known.client.held["slow"] = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(known.secrets.live, "slow")
        quick = pool.submit(known.live)
        assert quick.result(timeout=10)
        assert not slow.done()
        held.set()
        assert slow.result(timeout=10)


OUTAGES: list[tuple[Exception, type[Failure]]] = [
    (ServiceRequestError("no route"), Retryable),
    (denied(), Misconfigured),
]


@pytest.mark.parametrize(("down", "kind"), OUTAGES)
def test_failure_is_remembered_for_half_a_minute(down: Exception, kind: type[Failure]) -> None:
    """An outage is not made worse by us; and what is mended works soon after."""
    known = Known()
    known.client.down = down
    for at_most in (5 * MINUTE, ZERO):
        with pytest.raises(kind):
            known.live(at_most)
    known.clock.advance(HALF_A_MINUTE - SECOND)
    with pytest.raises(kind):
        known.live()
    assert known.asked == 1
    known.client.down = None
    known.clock.advance(SECOND)
    assert known.live() == ("whsec_three", "whsec_two")
    assert known.asked == 2


@pytest.mark.parametrize(("down", "kind"), OUTAGES)
def test_remembered_secret_is_served_while_the_vault_fails(
    down: Exception, kind: type[Failure]
) -> None:
    """For a day: an old secret beats refusing every webhook. Then the failure is told."""
    known = Known()
    known.live()
    known.client.down = down
    for _ in range(23):
        known.clock.advance(60 * MINUTE)
        assert known.live() == ("whsec_three", "whsec_two")
    assert known.asked == 24
    known.clock.advance(60 * MINUTE - SECOND)
    assert known.live()
    known.clock.advance(SECOND)
    with pytest.raises(kind):
        known.live()


@pytest.mark.parametrize(("down", "kind"), OUTAGES)
def test_second_look_at_a_vault_that_fails_is_told_so(down: Exception, kind: type[Failure]) -> None:
    """Nobody can tell then whether the secret has just been changed."""
    known = Known()
    known.live()
    known.client.down = down
    known.clock.advance(HALF_A_MINUTE)
    for _ in range(2):
        with pytest.raises(kind):
            known.live(ZERO)
        assert known.live() == ("whsec_three", "whsec_two")
    assert known.asked == 2
    known.client.down = None
    known.clock.advance(HALF_A_MINUTE)
    assert known.live(ZERO) == ("whsec_three", "whsec_two")


def test_outage_that_ends_starts_the_day_anew() -> None:
    """What counts is when the vault was last read."""
    known = Known()
    known.live()
    known.client.down = ServiceRequestError("no route")
    known.clock.advance(23 * 60 * MINUTE)
    known.live()
    known.client.down = None
    known.clock.advance(MINUTE)
    known.live()
    known.client.down = ServiceRequestError("no route")
    known.clock.advance(23 * 60 * MINUTE)
    assert known.live()


GONE: list[FakeClient] = [
    FakeClient([]),
    FakeClient([replace(ONE, enabled=False), replace(TWO, enabled=False)]),
    FakeClient([ONE], down=ResourceNotFoundError("no such secret")),
]


@pytest.mark.parametrize("gone", GONE)
def test_secret_that_is_gone_or_disabled_is_not_served(gone: FakeClient) -> None:
    """Somebody took it back on purpose; also in the outage that may follow."""
    known = Known()
    known.live()
    known.client.versions, known.client.down = gone.versions, gone.down
    known.clock.advance(5 * MINUTE)
    for _ in range(2):
        with pytest.raises(Misconfigured, match="holds no enabled secret portal-secret"):
            known.live()
    assert known.asked == 2  # the second time from memory
    known.client.down = ServiceRequestError("no route")
    known.clock.advance(5 * MINUTE)
    with pytest.raises(Retryable):
        known.live()


def test_secret_that_was_never_there_is_told_without_asking_again() -> None:
    """A configured sender without a secret does not cost a call each."""
    known = Known(FakeClient([]))
    for _ in range(3):
        with pytest.raises(Misconfigured, match="holds no enabled secret"):
            known.live()
    assert known.asked == 1


def test_secrets_are_kept_apart_by_name() -> None:
    """One sender's outage is not another's."""
    known = Known()
    known.live()
    known.client.down = ServiceRequestError("no route")
    with pytest.raises(Retryable):
        known.secrets.live("other-secret")
    assert known.live()


def test_version_without_a_date_is_the_administrators_business() -> None:
    """Which one is the newest could only be guessed."""
    with pytest.raises(Misconfigured, match="creation date"):
        Known(FakeClient([ONE, replace(TWO, created_on=None)])).live()


SOON, LATER = NOW + DAY, NOW + 9 * DAY


@pytest.mark.parametrize(
    ("versions", "ends"),
    [
        ([replace(THREE, expires_on=SOON), replace(TWO, expires_on=LATER)], LATER),
        ([replace(THREE, expires_on=SOON), TWO], None),
        ([THREE, replace(TWO, expires_on=SOON)], None),
        ([replace(TWO, expires_on=SOON)], SOON),
        ([replace(THREE, expires_on=SOON), replace(TWO, enabled=False)], SOON),
        ([replace(THREE, expires_on=SOON), replace(TWO, expires_on=NOW), ONE], SOON),
    ],
)
def test_secret_ends_with_the_last_of_its_live_versions(
    versions: list[Version], ends: datetime | None
) -> None:
    """What is disabled or replaced twice over does not count."""
    assert Known(FakeClient(versions)).secrets.expires_at("portal-secret") == ends


@pytest.mark.parametrize("gone", GONE)
def test_secret_that_is_gone_has_no_end_to_wait_for(gone: FakeClient) -> None:
    """It is missing now."""
    with pytest.raises(Misconfigured, match="holds no enabled secret portal-secret"):
        Known(gone).secrets.expires_at("portal-secret")
