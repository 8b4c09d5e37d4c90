"""How often one caller may ask, and what it is told when that was too often."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import operations
from shared import rate_limits
from shared.rate_limits import Buckets, Policy, RateLimits
from tests.unit.app_world import Answer, Deployment, call, request, told
from tests.unit.builders import NOW
from tests.unit.stand_ins import FakeClock

TWO = Policy(name="reads", per_second=2, burst=4)
UNKNOWN = {"operation_id": "44444444-0000-4000-8000-000000000004"}


def test_full_bucket_is_spent_and_comes_back_drop_by_drop() -> None:
    """The wait that is named is as long as it takes, and no longer."""
    clock = FakeClock()
    buckets = Buckets(TWO, clock)
    assert [buckets.take("jo").left for _ in range(4)] == [3, 2, 1, 0]
    assert buckets.take("jo").wait == timedelta(seconds=0.5)
    clock.advance(timedelta(seconds=0.49))
    assert buckets.take("jo").wait is not None
    clock.advance(timedelta(seconds=0.01))
    assert buckets.take("jo").wait is None
    clock.advance(timedelta(days=1))
    assert buckets.take("jo").left == 3


def test_one_caller_takes_nothing_from_another() -> None:
    buckets = Buckets(TWO, FakeClock())
    for _ in range(9):
        buckets.take("jo")
    assert buckets.take("al").wait is None


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_no_more_is_admitted_than_the_rate_and_a_full_bucket(waits: list[float]) -> None:
    """Whenever the calls come."""
    clock = FakeClock()
    buckets = Buckets(TWO, clock)
    admitted = 0
    for wait in waits:
        clock.advance(timedelta(seconds=wait))
        admitted += buckets.take("jo").wait is None
    passed = (clock.now - NOW).total_seconds()
    assert admitted <= TWO.burst + passed * TWO.per_second + 1e-6


def test_clock_that_is_set_back_takes_nothing_away_and_gives_nothing() -> None:
    clock = FakeClock()
    buckets = Buckets(TWO, clock)
    assert buckets.take("jo").left == 3
    clock.advance(timedelta(hours=-1))
    assert buckets.take("jo").left == 2


def test_callers_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who makes names up fills no memory; those who are still there are remembered."""
    monkeypatch.setattr(rate_limits, "REMEMBERED", 2)
    buckets = Buckets(TWO, FakeClock())
    for name in ("jo", "al", "jo", "made up"):
        buckets.take(name)
    assert (buckets.take("jo").left, buckets.take("al").left) == (1, 3)


def test_looking_and_changing_have_their_own_limits() -> None:
    """As the interface tells: 20 a second and 100 at once, 5 and 50."""
    limits = RateLimits(20, FakeClock())
    assert (limits.reads.policy.per_second, limits.reads.policy.burst) == (20, 100)
    assert (limits.changes.policy.per_second, limits.changes.policy.burst) == (5, 50)
    assert RateLimits(0.01, FakeClock()).changes.policy.burst == 1


@pytest.fixture
def app() -> Deployment:
    """Return an app that admits two reads, and one change."""
    app = Deployment()
    app.rates = RateLimits(0.4, app.world.clock)
    return app


def look(app: Deployment, key: str = "a key", **params: str) -> Answer:
    """Ask for an operation that is not there."""
    headers = {"x-functions-key": key} if key else {}
    asked = request(route=UNKNOWN, params=params, headers=headers)
    return call(app, operations.get_operation, asked)


def test_caller_is_told_when_to_come_back_and_then_admitted(app: Deployment) -> None:
    """In the fields of the draft, and in the problem."""
    assert [look(app).status_code for _ in range(3)] == [404, 404, 429]
    answer = look(app)
    problem = told(answer)
    assert problem["type"] == "urn:easgate:problem:too-many-requests"
    assert (answer.headers["Retry-After"], problem["retry_after"]) == ("3", 3)
    assert answer.headers["RateLimit-Policy"] == '"reads";q=2;w=5'
    assert answer.headers["RateLimit"] == '"reads";r=0;t=3'
    app.world.clock.advance(timedelta(seconds=2.5))
    assert look(app).status_code == 404


CALLERS: dict[str, Callable[[Deployment], Answer]] = {
    "another key": lambda app: look(app, "another key"),
    "a key in the address": lambda app: look(app, "", code="another key"),
    "none": lambda app: look(app, ""),
}


@pytest.mark.parametrize("name", CALLERS)
def test_callers_are_told_apart_by_their_keys(app: Deployment, name: str) -> None:
    for _ in range(3):
        look(app)
    assert CALLERS[name](app).status_code == 404


def test_key_is_the_same_in_the_header_and_in_the_address(app: Deployment) -> None:
    look(app)
    look(app, "", code="a key")
    assert look(app).status_code == 429


def test_changes_are_limited_apart_from_looks_and_before_anything_is_done(app: Deployment) -> None:
    """What is refused is not stored."""
    asked = request("POST", b"{}", headers={"x-functions-key": "a key"})
    assert call(app, operations.post_command, asked).status_code == 400
    assert call(app, operations.post_command, asked).status_code == 429
    assert look(app).status_code == 404


def test_what_is_left_is_told_with_what_was_asked_for() -> None:
    app = Deployment()
    answer = call(app, operations.get_health_dependencies, request())
    assert answer.headers["RateLimit"].startswith('"reads";r=499999;')


def test_health_and_webhooks_are_not_limited(app: Deployment) -> None:
    """Probes and MDMs are no callers of this kind."""
    answers = [call(app, operations.get_health, request()) for _ in range(9)]
    assert {answer.status_code for answer in answers} == {200}
