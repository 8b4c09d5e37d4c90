"""An alert is sent once, again after a failure, and in the end given up and told."""

from datetime import timedelta

import pytest

from shared.alerts import message
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from tests.unit.alert_world import FLOW, RECEIVERS, AlertWorld, an_alert, busy, waited

HOURS = timedelta(hours=1)
DOWN = Retryable("the receiver cannot be reached (ConnectError)")


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_an_alert_is_sent_once_however_often_it_is_put_on_the_queue(receiver: str) -> None:
    world = AlertWorld()
    for _ in range(3):
        world.delivery.deliver(an_alert(receiver))
    assert len(world.calls) == 1


def test_receivers_are_told_apart_from_each_other() -> None:
    world = AlertWorld(answers=[busy(410)])
    for receiver in RECEIVERS:
        world.delivery.deliver(an_alert(receiver))
    assert [call.url for call in world.calls] == [
        "https://portal.example/hook",
        FLOW,
        "https://events.pagerduty.com/v2/enqueue",
    ]


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (busy(500), 5),
        (busy(400), 5),
        (busy(404), 5),
        (busy(302), 5),
        (busy(429, timedelta(minutes=2)), 120),
        (busy(503, timedelta(seconds=1)), 5),
        (DOWN, 5),
    ],
)
def test_what_fails_is_sent_again_and_not_noted(answer: object, after: int) -> None:
    world = AlertWorld(answers=[answer])  # type: ignore[list-item]  # one of both kinds
    with pytest.raises(Retryable) as failure:
        world.delivery.deliver(an_alert())
    assert failure.value.after == timedelta(seconds=after)
    world.delivery.deliver(an_alert())
    assert len(world.calls) == 2
    assert world.announced == []


def test_each_attempt_is_signed_anew() -> None:
    world = AlertWorld(answers=[busy()])
    body = an_alert()
    with pytest.raises(Retryable):
        world.delivery.deliver(body)
    world.delivery.deliver(waited(body, world.clock, 6 * HOURS))
    first, second = (call.headers for call in world.calls)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 6 * 3600
    assert first["webhook-signature"] != second["webhook-signature"]


def test_after_three_days_it_is_given_up_announced_and_known_to_health() -> None:
    world = AlertWorld(answers=[busy(500)])
    world.delivery.deliver(waited(an_alert(), world.clock, 60 * HOURS))
    (undelivered,) = world.announced
    assert undelivered.why == "given up after 60 hours: the receiver answered HTTP 500"
    with pytest.raises(Misconfigured, match="since 2026-05-06 22:00 UTC: given up"):
        world.delivery.ping("portal")
    world.delivery.ping("channel")

    world.delivery.deliver(an_alert(kind="operation.abandoned"))
    world.delivery.ping("portal")


def test_a_receiver_that_says_gone_is_told_nothing_more_until_its_settings_change() -> None:
    world = AlertWorld(answers=[busy(410)])
    for kind in ("operation.held", "operation.abandoned", "certificate.expired"):
        world.delivery.deliver(an_alert(kind=kind))
    assert len(world.calls) == 1
    assert len(world.announced) == 1
    with pytest.raises(Misconfigured, match="410 Gone"):
        world.delivery.ping("portal")

    world.refit("portal", edition=2)
    world.delivery.ping("portal")
    world.delivery.deliver(an_alert(kind="certificate.expired"))
    assert len(world.calls) == 2
    world.refit("portal")
    world.delivery.ping("portal")


def test_a_receiver_that_is_not_configured_any_more_is_left_alone() -> None:
    world = AlertWorld()
    del world.receivers["portal"]
    world.delivery.deliver(an_alert())
    assert world.calls == []


def test_an_alert_that_tells_of_another_is_the_end_of_it() -> None:
    """Two receivers that are both down must not tell each other of it for ever."""
    world = AlertWorld(answers=[busy(410)])
    body = an_alert().replace(b"easgate.operation.held.v1", b"easgate.alert.undelivered.v1")
    world.delivery.deliver(body)
    assert len(world.calls) == 1
    assert world.announced == []


def test_what_is_announced_is_announced_before_it_is_noted() -> None:
    world = AlertWorld(answers=[busy(410), busy(410)])
    delivery = world.delivery
    world.table.down_after = 0
    with pytest.raises(Retryable):
        delivery.deliver(an_alert())
    world.table.down_after, world.table.down = None, None
    delivery.deliver(an_alert())
    first, again = (each.alert.alert_id for each in world.announced)
    assert first == again


@pytest.mark.parametrize(
    ("receiver", "secret"),
    [("portal", "not a key"), ("channel", "http://flow.example/TOP-SECRET"), ("on-call", "short")],
)
def test_a_secret_that_cannot_be_right_waits_for_an_administrator(
    receiver: str, secret: str
) -> None:
    world = AlertWorld()
    world.vault.values[receiver] = (secret,)
    with pytest.raises(Misconfigured, match="vault") as failure:
        world.delivery.deliver(an_alert(receiver))
    assert secret not in str(failure.value)
    assert world.calls == []


@pytest.mark.parametrize("failure", [Retryable("the vault is busy"), Misconfigured("no role")])
def test_a_vault_that_does_not_answer_is_waited_for_but_not_for_ever(failure: Failure) -> None:
    world = AlertWorld()
    world.vault.down = failure
    with pytest.raises(type(failure)):
        world.delivery.deliver(an_alert())
    world.delivery.deliver(waited(an_alert(), world.clock, 73 * HOURS))
    assert len(world.announced) == 1


def test_several_calls_count_as_one_alert() -> None:
    world = AlertWorld(answers=[busy(202), busy(202), busy(500)])
    body = an_alert("on-call", "certificate.rotated")
    with pytest.raises(Retryable):
        world.delivery.deliver(body)
    world.delivery.deliver(body)
    assert len(world.calls) == 6


def test_what_is_no_alert_is_refused_and_given_up_with_a_word() -> None:
    world = AlertWorld()
    with pytest.raises(Rejected):
        world.delivery.deliver(b"{}")
    world.delivery.give_up(an_alert(), "failed on every attempt")
    (undelivered,) = world.announced
    assert undelivered.alert == message.read(an_alert())
    with pytest.raises(Misconfigured, match="failed on every attempt"):
        world.delivery.ping("portal")
