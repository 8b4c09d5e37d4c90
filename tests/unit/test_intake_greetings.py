"""Handshakes: what a sender asks before it sends, and who may ask."""

import pytest

from infra.local.simulators.mdm import cloudevents
from tests.unit.app_world import Answer, Deployment, request
from tests.unit.intake_senders import URL, answered, on_wire
from tests.unit.intake_world import TOLD, app_for, stored

TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 4"


def asked_to_send(app: Deployment, origin: str = cloudevents.ORIGIN) -> Answer:
    """Let a sender of CloudEvents ask whether it may send."""
    return answered(app, on_wire(cloudevents.handshake(URL, origin=origin, rate=120)))


def validated(app: Deployment, token: str = TOKEN) -> Answer:
    """Let Microsoft Graph ask whether anybody is here."""
    params = {"validationToken": token}
    return answered(app, request("POST", route={"sender": "portal"}, params=params))


def test_origin_that_is_allowed_may_send() -> None:
    """As often as it likes: a queue takes what comes."""
    answer = asked_to_send(app_for("cloudevents", allowed_origins=[cloudevents.ORIGIN]))
    assert (answer.status_code, answer.get_body()) == (200, b"")
    assert answer.headers["WebHook-Allowed-Origin"] == cloudevents.ORIGIN
    assert answer.headers["WebHook-Allowed-Rate"] == "*"


@pytest.mark.parametrize("allowed", [[], ["other.example.com"]])
def test_origin_that_is_not_allowed_may_not(allowed: list[str]) -> None:
    """Unless somebody has said so."""
    answer = asked_to_send(app_for("cloudevents", allowed_origins=allowed))
    assert answer.status_code == 403
    assert "WebHook-Allowed-Origin" not in answer.headers


def test_graph_gets_its_token_back_as_plain_text() -> None:
    """Within its time, before any secret is looked at, and never as a page."""
    answer = validated(app_for("graph"))
    assert (answer.status_code, answer.get_body().decode()) == (200, TOKEN)
    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["", "x" * 5000, "a\x00b"])
def test_token_that_graph_would_not_send_is_not_echoed(token: str) -> None:
    """Whoever asks so is not Graph."""
    assert validated(app_for("graph"), token).status_code == 400


@pytest.mark.parametrize("vendor", sorted({*TOLD} - {"graph"}))
def test_others_echo_nothing(vendor: str) -> None:
    """The question is Graph's alone, and proves nobody."""
    app = app_for(vendor)
    assert validated(app).status_code == TOLD[vendor].unverified
    assert stored(app) == []


@pytest.mark.parametrize("vendor", sorted({*TOLD} - {"cloudevents"}))
def test_others_are_not_asked_before_they_send(vendor: str) -> None:
    """So whoever asks is no sender of ours."""
    assert asked_to_send(app_for(vendor)).status_code == TOLD[vendor].unverified


def test_retired_sender_is_not_greeted() -> None:
    """It had better not begin."""
    assert asked_to_send(app_for("cloudevents", retired=True)).status_code == 410
    assert validated(app_for("graph", retired=True)).status_code == 410
