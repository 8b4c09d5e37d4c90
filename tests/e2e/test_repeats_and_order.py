"""Deliveries that come many times, late, or against each other."""

import json
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.exchange import Device
from infra.local.world import World, utc_now
from tests.e2e.asking import a_phone, an_order, carried_out, obey, post, refused, report
from tests.e2e.gate import Gate
from tests.e2e.looking import (
    all_done,
    carried_out_by_exchange,
    done,
    events_about,
    has_no_messages,
    operation,
    rows,
    until,
    waits_for,
)
from tests.e2e.side_by_side import Running, Story, a_world, started, title

MANY = 50
DUELS = 4
LONG = 12.0  # seconds that a worker which is held up counts as being on it

Message = dict[str, object]


def a_signal(phone: Device, posture: str, occurred_at: datetime) -> Message:
    """Return a report as the app's own intake queues it."""
    return {
        "schema": "easgate.signal.v1",
        "signal_id": str(uuid.uuid4()),
        "tenant_id": contoso.TENANT_ID,
        "sender": contoso.SENDER,
        "trust": "full",
        "posture": posture,
        "mailbox": phone.mailbox.address,
        "device_id": phone.device_id,
        "occurred_at": occurred_at.isoformat(),
    }


def one_delivery_fifty_times_at_once_is_one_operation_and_one_change() -> None:
    with a_world() as (world, client):
        earlier = report(world, client, a_phone(world, "earlier"), "device.noncompliant")
        until(lambda: done(world, client, earlier), "the app has made its tables")
        _deliver_many_at_once(world, client)


def the_very_first_delivery_may_come_fifty_times_at_once() -> None:
    with a_world() as (world, client):
        _deliver_many_at_once(world, client)


def one_order_twenty_times_at_once_is_one_operation_and_one_wipe() -> None:
    with a_world() as (world, client):
        carried_out(world, client, a_phone(world, "earlier"), "block")  # the tables are made
        phone = a_phone(world, "twenty")
        order = an_order(phone, "wipe_account")
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: post(world, client, "commands", order), range(20)))
        until(lambda: phone.account_wipe.requested_at, "the wipe is requested")
        obey(world, phone)
        _settle(world, client, str(order["command_id"]))

        assert [answer.status_code for answer in answers] == [202] * 20
        assert phone.account_wipe.requests == 1
        events = events_about(world, str(order["command_id"]))
        assert {event["type"] for event in events} == {
            "easgate.device.wipe_requested.v1",
            "easgate.device.wipe_acknowledged.v1",
        }
        assert len({event["id"] for event in events}) == 2


def a_late_report_changes_nothing_wherever_clocks_stand() -> None:
    with a_world() as (world, client):
        now = utc_now()
        for hours in (0, 5.5, -8):
            phone = a_phone(world, f"late{int(hours * 10)}")
            there = now.astimezone(timezone(timedelta(hours=hours)))
            _settle(world, client, _delivered(world, client, phone, "noncompliant", there))
            before = len(world.exchange.calls)
            early = now - timedelta(seconds=1)
            older = _delivered(world, client, phone, "compliant", early)
            _settle(world, client, older)

            assert "nothing done" in operation(world, client, older)["history"][-1]["note"]
            assert world.exchange.calls[before:] == []
            assert events_about(world, older) == []
            assert phone.access_state == "Blocked"


def opposite_reports_of_one_moment_end_in_one_state() -> None:
    """Both are handled at once, by threads that know nothing of each other."""
    with a_world() as (world, client):
        earlier = report(world, client, a_phone(world, "earlier"), "device.noncompliant")
        until(lambda: done(world, client, earlier), "the app has made its tables")
        moment = utc_now()
        phones = [a_phone(world, f"duel{number}") for number in range(DUELS)]
        allowing = [a_signal(phone, "compliant", moment) for phone in phones]
        blocking = [a_signal(phone, "noncompliant", moment) for phone in phones]
        reports = {str(each["signal_id"]): each for each in (*allowing, *blocking)}
        world.exchange.faults.latency["Set-CASMailbox"] = 0.5  # so that they meet
        _queue(world, reports.values())
        until(
            lambda: all(
                done(world, client, each) or waits_for(world, client, each) for each in reports
            ),
            "all were handled",
        )
        for phone, compliant, noncompliant in zip(phones, allowing, blocking, strict=True):
            _has_one_state(world, phone, compliant, noncompliant)

        # Who cannot read back what he wrote looks again half a minute later, or at a repeat.
        _queue(world, (reports[each] for each in reports if not done(world, client, each)))
        until(lambda: all_done(world, client, *reports), "all are done")
        for phone, compliant, noncompliant in zip(phones, allowing, blocking, strict=True):
            _has_one_state(world, phone, compliant, noncompliant)


def a_duplicate_that_comes_while_the_first_is_under_way_writes_nothing() -> None:
    gate = Gate("exchange", _blocks)
    with a_world(watch=gate.watch, settle=LONG) as (world, client):
        signal = a_signal(a_phone(world, "meanwhile"), "noncompliant", utc_now())
        writers = _writers_of(world, signal, gate)
        for number in range(writers):
            gate.let_through(number)
        _settle(world, client, str(signal["signal_id"]))

        assert writers == 1


def a_duplicate_that_is_held_up_does_not_overrule_what_was_ordered_since() -> None:
    gate = Gate("exchange", _blocks)
    with a_world(watch=gate.watch, settle=LONG) as (world, client):
        phone = a_phone(world, "heldup")
        signal = a_signal(phone, "noncompliant", utc_now())
        writers = _writers_of(world, signal, gate)
        gate.let_through(0)
        until(lambda: done(world, client, str(signal["signal_id"])), "the first is done")
        carried_out(world, client, phone, "allow")
        assert phone.access_state == "Allowed"
        for number in range(1, writers):
            gate.let_through(number)
        until(lambda: has_no_messages(world), "no message is left")

        assert phone.access_state == "Allowed"


def an_order_that_was_refused_does_not_silence_an_older_report() -> None:
    with a_world() as (world, client):
        for posture, action in (("noncompliant", "quarantine"), ("lost", "wipe_account")):
            phone = a_phone(world, f"still{action}", client_version="14.1")
            signal = a_signal(phone, posture, utc_now() - timedelta(seconds=1))
            refused(world, client, phone, action)  # it came later, was handled first, did nothing
            _queue(world, [signal])
            _settle(world, client, str(signal["signal_id"]))

            assert phone.access_state == "Blocked", (posture, action)


def _blocks(request: httpx.Request) -> bool:
    """Whether a call of the app is about to put a phone on a blocked list."""
    if not request.url.path.endswith("/InvokeCommand"):
        return False
    said = json.loads(request.content)["CmdletInput"]
    change = said["Parameters"].get("ActiveSyncBlockedDeviceIDs", {})
    return said["CmdletName"] == "Set-CASMailbox" and "Add" in change


def _writers_of(world: World, signal: Message, gate: Gate) -> int:
    """Queue a report twice; return how many workers stand at the gate, about to write."""
    _queue(world, [signal])
    until(lambda: gate.arrived, "the first is about to write")
    _queue(world, [signal])
    patience = time.monotonic() + 3
    until(lambda: gate.arrived > 1 or time.monotonic() > patience, "the second comes, or does not")
    return gate.arrived


def _has_one_state(world: World, phone: Device, allowing: Message, blocking: Message) -> None:
    # Of one moment, all workers must prefer the same.
    wins = max(allowing, blocking, key=lambda signal: str(signal["signal_id"]))
    listed = (
        phone.device_id in phone.mailbox.allowed_ids,
        phone.device_id in phone.mailbox.blocked_ids,
    )
    assert listed == (wins is allowing, wins is blocking)
    assert _last_told(world, phone) == listed


def _last_told(world: World, phone: Device) -> tuple[bool, bool]:
    """Return the lists as the last event about a phone shows them."""
    about = [event["data"] for event in world.topic.events if phone.device_id in str(event["data"])]
    last: Any = about[-1]
    return last["after"]["on_allowed_list"], last["after"]["on_blocked_list"]


def _queue(world: World, signals: Iterable[Message]) -> None:
    for signal in signals:
        world.put("device-signals", json.dumps(signal))


def _deliver_many_at_once(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "fifty")
    body = _a_report(phone, "noncompliant", utc_now())
    mdm = world.mdm(client)
    with ThreadPoolExecutor(MANY) as pool:
        sends = [pool.submit(mdm.send, body, message_id="msg_fifty") for _ in range(MANY)]
        answers = [send.result() for send in sends]

    assert [answer.status_code for answer in answers] == [202] * MANY
    (operation_id,) = {answer.json()["operation_id"] for answer in answers}
    _settle(world, client, operation_id)
    about = [row for row in rows(world, "journal") if row["device_id"] == phone.device_id]
    assert [row["RowKey"] for row in about] == [operation_id]
    assert carried_out_by_exchange(world, "Set-CASMailbox", phone) == 1
    assert len({event["id"] for event in events_about(world, operation_id)}) == 1
    assert phone.access_state == "Blocked"


def _a_report(phone: Device, posture: str, occurred_at: datetime) -> bytes:
    data = {"mailbox": phone.mailbox.address, "device_id": phone.device_id}
    event = {"type": f"device.{posture}", "timestamp": occurred_at.isoformat(), "data": data}
    return json.dumps(event).encode()


def _delivered(
    world: World, client: httpx.Client, phone: Device, posture: str, occurred_at: datetime
) -> str:
    body = _a_report(phone, posture, occurred_at)
    answer = world.mdm(client).send(body, message_id=f"msg_{uuid.uuid4()}")
    assert answer.status_code == 202
    return str(answer.json()["operation_id"])


def _settle(world: World, client: httpx.Client, *ids: str) -> None:
    until(lambda: all_done(world, client, *ids), "all operations are done")
    until(lambda: has_no_messages(world), "no message is left")


STORIES = (
    one_delivery_fifty_times_at_once_is_one_operation_and_one_change,
    the_very_first_delivery_may_come_fifty_times_at_once,
    one_order_twenty_times_at_once_is_one_operation_and_one_wipe,
    a_late_report_changes_nothing_wherever_clocks_stand,
    opposite_reports_of_one_moment_end_in_one_state,
    a_duplicate_that_comes_while_the_first_is_under_way_writes_nothing,
    a_duplicate_that_is_held_up_does_not_overrule_what_was_ordered_since,
    an_order_that_was_refused_does_not_silence_an_older_report,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with started(*STORIES) as running:
        yield running


@pytest.mark.parametrize("story", STORIES, ids=title)
def test_repeats_and_order(running: Running, story: Story) -> None:
    """However often and in whatever order word comes: one operation each, and the newest stands."""
    running[story].result()
