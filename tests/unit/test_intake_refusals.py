"""Each kind of sender is told what is its own fault, and no stranger anything else."""

import json
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

import pytest

from functions import webhooks
from tests.unit.app_world import Request, request
from tests.unit.intake_senders import EXAMPLES, answered, bringing, genuine, new_keys
from tests.unit.intake_world import KEYS, TOLD, Told, an_event, app_for, every_vendor, stored
from tests.unit.sender_world import FakeSecrets


def unreadable(vendor: str) -> Request:
    """Return a call whose sender is proved, but whose body says nothing."""
    body = b"{}" if EXAMPLES[vendor].holds else b"{"
    return bringing(vendor, body, KEYS[vendor].signs)


def too_large(vendor: str) -> Request:
    """Return a call of one byte more than we read."""
    body = b"{}" + b" " * (webhooks.BODY_LIMIT - 1)
    headers = an_event(vendor).headers
    return request("POST", body, route={"sender": "portal"}, headers=headers)


def unexpected(vendor: str) -> Request:
    """Return a genuine call to an address that is nobody's."""
    sent = an_event(vendor)
    return request(
        "POST", sent.body, route={"sender": "x"}, params=sent.params, headers=sent.headers
    )


def bare(vendor: str) -> Request:
    """Return a genuine body without anything that proves it."""
    return request(
        "POST",
        an_event(vendor).body if not EXAMPLES[vendor].holds else b"{}",
        route={"sender": "portal"},
    )


def forged(vendor: str) -> Request:
    """Return a call made with another secret."""
    return genuine(vendor, new_keys(vendor).signs)


THEIRS: dict[str, tuple[Callable[[str], Request], Callable[[Told], int]]] = {
    "forged": (forged, lambda told: told.unverified),
    "bare": (bare, lambda told: told.unverified),
    "unreadable": (unreadable, lambda _: 400),
    "too large": (too_large, lambda _: 413),
    "unexpected": (unexpected, lambda _: 404),
}


@every_vendor
@pytest.mark.parametrize("fault", THEIRS)
def test_sender_is_told_what_is_its_own_fault_and_no_more(vendor: str, fault: str) -> None:
    """Never with a 5xx, which would make it come again, and never as if it were stored."""
    sent, status = THEIRS[fault]
    app = app_for(vendor)
    answer = answered(app, sent(vendor))
    assert answer.status_code == status(TOLD[vendor])
    assert 400 <= answer.status_code < 500
    assert json.loads(answer.get_body()).keys() == {"title", "status"}
    assert "Retry-After" not in answer.headers
    assert (stored(app), app.unheeded.rows) == ([], {})


@every_vendor
@pytest.mark.parametrize("sent", [an_event, forged, unreadable])
def test_retired_sender_is_told_to_stop(vendor: str, sent: Callable[[str], Request]) -> None:
    """Whatever it sends: nobody looks."""
    app = app_for(vendor, retired=True)
    app.secrets = FakeSecrets(down=AssertionError("looked"))
    answer = answered(app, sent(vendor))
    assert answer.status_code == TOLD[vendor].gone
    assert stored(app) == []


def test_word_to_stop_is_the_vendors_own() -> None:
    """Most take 410; one that takes another is told so."""
    app = app_for("jamf", retired=True)
    retired = app.senders["portal"]
    answers = replace(retired.vendor.answers, gone=HTTPStatus.NOT_ACCEPTABLE)
    app.senders["portal"] = replace(retired, vendor=replace(retired.vendor, answers=answers))
    assert answered(app, an_event("jamf")).status_code == 406
