"""What MaaS360 may answer in place of devices, and what is to be done then."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Failure, Misconfigured, Rejected, Retryable
from shared.mdm.maas360.history import read
from tests.unit.maas360_portal import Portal, a_row, sample

PAGE = "<!DOCTYPE html><html><body>maintenance</body></html>"
Answer = Callable[[], httpx.Response]


def searching(answer: Answer) -> Portal:
    """Return a portal that answers each search so."""
    return Portal(reply=lambda request: answer() if "/search/" in request.url.path else None)


@pytest.mark.parametrize(
    ("answer", "failure", "says"),
    [
        (lambda: httpx.Response(200, text=PAGE), Retryable, "maintenance"),
        (lambda: httpx.Response(200, text="<devices/>"), Retryable, "other than JSON"),
        (lambda: httpx.Response(200, text=""), Retryable, "other than JSON"),
        (lambda: httpx.Response(200, text="[1]"), Retryable, "other than JSON"),
        (lambda: httpx.Response(302, headers={"Location": "/login"}), Retryable, "elsewhere"),
        (lambda: httpx.Response(500, text=PAGE), Retryable, "HTTP 500"),
        (lambda: httpx.Response(429), Retryable, "HTTP 429"),
        (lambda: httpx.Response(403, text=PAGE), Misconfigured, "give it a role"),
        (lambda: httpx.Response(404, text=PAGE), Misconfigured, "base_url"),
        (lambda: httpx.Response(400, json={"errorDesc": "no"}), Rejected, "no, errorCode none"),
        (lambda: httpx.Response(200, json={"errorCode": 1009}), Rejected, "errorCode 1009"),
        (lambda: httpx.Response(200, json=sample("auth_refused")), Rejected, "Invalid user"),
        (
            lambda: httpx.Response(200, json={"devices": {"errorCode": "7", "errorDesc": "x\n"}}),
            Rejected,
            "it does not say why, errorCode 7",
        ),
        (lambda: httpx.Response(200, json={"devices": ""}), Rejected, "other than devices"),
        (lambda: httpx.Response(200, json={"devices": {}}), Rejected, "other than devices"),
        (lambda: httpx.Response(200, json={"device": []}), Rejected, "other than devices"),
        # Taken for an empty list, it would make all devices look vanished.
        (lambda: httpx.Response(200, json={"devices": {"count": 3}}), Retryable, "3 are there"),
        (lambda: httpx.Response(200, json={"devices": {"pageSize": "2"}}), Retryable, "nothing"),
    ],
)
def test_answer_becomes_the_failure_that_names_the_next_step(
    answer: Answer, failure: type[Failure], says: str
) -> None:
    """Down, misconfigured or refused."""
    with pytest.raises(failure, match=says):
        searching(answer).listing().page(None, "")


def test_connection_that_fails_is_tried_again_later() -> None:
    """Its own words may quote headers: only the kind is told."""

    def cut() -> httpx.Response:
        raise httpx.ReadTimeout("Bearer of secrets")

    with pytest.raises(Retryable, match="ReadTimeout") as down:
        searching(cut).listing().page(None, "")
    assert "secrets" not in str(down.value)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "90"}, timedelta(seconds=90)), ({}, timedelta(minutes=1))],
)
@pytest.mark.parametrize("status", [429, 503])
def test_nothing_is_asked_while_maas360_wants_rest(
    headers: dict[str, str], wait: timedelta, status: int
) -> None:
    """Not even by those who did not see the answer."""
    portal = searching(lambda: httpx.Response(status, headers=headers))
    devices = portal.listing()
    for _ in range(2):
        with pytest.raises(Retryable) as busy:
            devices.page(None, "")
        assert busy.value.after == wait
    assert len(portal.searches()) == 1
    portal.clock.advance(wait)
    with pytest.raises(Retryable):
        devices.page(None, "")
    assert len(portal.searches()) == 2


def test_last_call_of_an_allowance_is_used_and_the_next_one_waits() -> None:
    """X-Rate-Limit-Remaining at 0: what came with it is good."""
    told = {"devices": {"count": 1, "pageSize": 1, "pageNumber": 1, "device": a_row()}}
    portal = searching(
        lambda: httpx.Response(200, json=told, headers={"X-Rate-Limit-Remaining": "0"})
    )
    devices = portal.listing()
    assert len(devices.page(None, "").heard) == 1
    with pytest.raises(Retryable, match="nothing more may be asked"):
        devices.page(None, "")
    portal.clock.advance(timedelta(minutes=1))
    assert len(devices.page(None, "").heard) == 1


def test_error_inside_success_drops_the_token() -> None:
    """It may be what displeases: the next run goes out with a fresh one."""
    portal = searching(lambda: httpx.Response(200, json={"devices": {"errorCode": 1}}))
    devices = portal.listing()
    for _ in range(2):
        with pytest.raises(Rejected):
            devices.page(None, "Active::2:250")
    assert portal.signed_in() == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("devices", "device", "count", "pageSize", "pageNumber", "maas360DeviceID"),
                    *("errorCode", "errorDesc", "authResponse", "authToken", "actionType", "x"),
                    *("maas360ManagedStatus", "lastReportedInEpochms", "selectiveWipeStatus"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(told=JSON)
def test_no_shape_of_answer_gets_through_unread(told: object) -> None:
    """Only Failures leave, whatever is sent by whichever call."""
    portal = Portal(reply=lambda _: _written(told))
    with_token = Portal(
        reply=lambda request: None if "/auth-apis/" in request.url.path else _written(told)
    )
    for devices in (portal.listing(), with_token.listing()):
        try:
            devices.page(None, "")
        except Failure:
            continue
    read(told)


@given(body=st.binary(max_size=200), status=st.sampled_from([200, 204, 301, 400, 401, 404, 500]))
def test_no_bytes_get_through_unread(body: bytes, status: int) -> None:
    """Nor with any status."""
    with pytest.raises(Failure):
        Portal(reply=lambda _: httpx.Response(status, content=body)).listing().page(None, "")


def _written(told: object) -> httpx.Response:
    try:
        return httpx.Response(200, json=told)
    except (ValueError, UnicodeEncodeError):
        return httpx.Response(200, content=repr(told).encode(errors="replace"))


@pytest.mark.parametrize("deep", ["[", '{"devices":'])
def test_depth_is_no_way_in(deep: str) -> None:
    """Nesting is refused before it hurts."""
    portal = searching(lambda: httpx.Response(200, text=deep * 100_000))
    with pytest.raises(Retryable):
        portal.listing().page(None, "")
