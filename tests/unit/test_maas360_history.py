"""What MaaS360's history of actions adds: a device that was wiped, before its row says so."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.devices.model import Posture
from shared.mdm.maas360.history import read
from tests.unit.maas360_portal import Portal, Row, a_row, sample

AT = datetime(2026, 11, 16, 8, 1, 44, tzinfo=UTC)
MEGAN = "ApplG6TQ7MEGAN04"


def an_action(**changes: object) -> Row:
    """Return a wipe that is done."""
    action: Row = dict(sample("action_history_one")["actionHistory"]["action"])
    return action | changes


def history(*actions: object) -> Row:
    """Return an answer with these actions."""
    return {"actionHistory": {"count": len(actions), "action": list(actions)}}


@pytest.mark.parametrize("name", ["action_history", "action_history_one"])
def test_wipe_that_is_done_is_seen(name: str) -> None:
    """One action comes as an object; what is pending, or no wipe, does not count."""
    assert read(sample(name)) == {MEGAN: AT}


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"actionType": "Wipe Device"}, True),
        ({"actionType": "wipeDevice", "actionStatus": "SUCCESS"}, True),
        ({"actionType": "", "actionName": "Wipe"}, True),
        ({"actionStatus": "", "status": "Completed"}, True),
        ({"actionExecutionTime": 1794816104000}, True),
        ({"actionType": "Cancel Pending Wipe"}, False),
        ({"actionType": "Lock Device"}, False),
        ({"actionStatus": "Failed"}, False),
        ({"actionStatus": "Pending"}, False),
        ({"actionStatus": 0}, False),
        ({"actionExecutionTime": "lately"}, False),
        ({"maas360DeviceID": ""}, False),
        ({"maas360DeviceID": ["x"]}, False),
    ],
)
def test_other_spellings_are_read_and_the_rest_is_left(
    changes: dict[str, object], seen: object
) -> None:
    """The shape is a guess: only what is plainly a wipe that is done counts."""
    assert bool(read(history(an_action(**changes)))) == seen


def test_last_of_wipe_and_revocation_counts() -> None:
    """In whatever order they are listed."""
    revoked = an_action(actionType="Revoke Selective Wipe", actionExecutionTime=AT.isoformat())
    wiped = an_action(actionExecutionTime=(AT - timedelta(hours=1)).isoformat())
    again = an_action(actionExecutionTime=(AT + timedelta(hours=1)).isoformat())
    assert read(history(revoked, wiped)) == {}
    assert read(history(again, revoked, wiped)) == {MEGAN: AT + timedelta(hours=1)}


def test_wiped_device_is_retired_though_its_row_says_otherwise() -> None:
    """Until it is enrolled again."""
    rows = [a_row(1, maas360DeviceID=MEGAN), a_row(2)]
    portal = Portal(rows=rows, history=sample("action_history"))
    heard = portal.listing().page(None, "").heard
    assert [each.posture for each in heard] == [Posture.RETIRED, Posture.COMPLIANT]
    assert heard[0].occurred_at == AT


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="<html>"),
        httpx.Response(429),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"actionHistory": {"errorCode": 1, "errorDesc": "no"}}),
        httpx.Response(200, json={"actionHistory": {"action": [[[1], None, "x"]]}}),
    ],
)
def test_page_comes_whatever_is_wrong_with_the_history(answer: httpx.Response) -> None:
    """It only adds to what the rows say."""

    def reply(request: httpx.Request) -> httpx.Response | None:
        return answer if "searchActionHistory" in request.url.path else None

    page = Portal(rows=[a_row()], reply=reply).listing().page(None, "")
    assert [heard.posture for heard in page.heard] == [Posture.COMPLIANT]


def test_history_is_read_once_in_a_while_and_not_forgotten_when_it_fails() -> None:
    """A wiped device must not come to life again because a call failed."""
    portal = Portal(rows=[a_row(1, maas360DeviceID=MEGAN)], history=sample("action_history"))
    devices = portal.listing()
    for _ in range(3):
        devices.page(None, "")
    asked = [each for each in portal.asked if "searchActionHistory" in each.url.path]
    assert len(asked) == 1
    portal.clock.advance(timedelta(minutes=5))
    portal.reply = lambda request: (
        httpx.Response(404) if "searchActionHistory" in request.url.path else None
    )
    assert devices.page(None, "").heard[0].posture is Posture.RETIRED
