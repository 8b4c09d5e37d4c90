"""A message takes its trace along, wherever it goes, and nothing that is written there matters."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import queues as functions
from shared import inventory_messages, messages, sender_messages, tenant_messages
from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.operation import State
from shared.devices.tenant_change import RotateCertificate, TenantCommand
from shared.messages import COMMANDS, as_sent, put_off
from shared.queues import Queues
from shared.telemetry import traces
from shared.telemetry.message_context import About
from tests.unit.app_world import Deployment, Message
from tests.unit.builders import DEVICE_ID, NOW, TENANT, a_command, a_signal
from tests.unit.recognition_world import NAMED, RecognitionWorld, a_partnership, a_report
from tests.unit.stand_ins import FakeClock
from tests.unit.telemetry_seen import trace_id, traceparent, watching
from tests.unit.test_queues import FakeQueueStorage

if TYPE_CHECKING:
    from azure.storage.queue import QueueServiceClient

CALLS = 8
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ROTATE = TenantCommand(
    command_id="99999999-0000-4000-8000-000000000009",
    tenant_id=TENANT,
    change=RotateCertificate(),
    reason="it may have leaked",
    requested_by="helpdesk:jo",
)
RUN = RunOrder(tenant_id=TENANT, run_id="88888888-0000-4000-8000-000000000008", scope=Scope.FULL)
NONSENSE = {
    "empty": "",
    "no trace at all": "anna@contoso.com",
    "far too long": PARENT * 1_000,
    "upper case": PARENT.upper(),
    "no trace id": f"00-{'0' * 32}-00f067aa0ba902b7-01",
    "no span id": f"00-{TRACE}-{'0' * 16}-01",
    "a version that is none": f"ff{PARENT[2:]}",
    "more than version 00 has": f"{PARENT}-more",
    "digits of another script": PARENT.replace("0", "\u0660"),
    "lines": f"{PARENT}\r\nX-Evil: 1",
}
nonsense = pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE.keys())


def within() -> AbstractContextManager[Any]:
    """Return a message being handled that belongs to our trace."""
    return traces.handling("q", PARENT, About())


def queues(storage: FakeQueueStorage) -> Queues:
    return Queues(cast("QueueServiceClient", storage), FakeClock())


def an_order(**changes: object) -> bytes:
    return json.dumps({**json.loads(messages.write_command(a_command())), **changes}).encode()


def carried_out(body: bytes) -> Deployment:
    """Let the host deliver an order."""
    app = Deployment()
    with app.running():
        functions.on_device_command(Message(body))
    return app


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (lambda: sender_messages.write_word(a_signal()), sender_messages.read_word),
        (lambda: sender_messages.write_word(a_report()), sender_messages.read_word),
        (lambda: messages.write_command(a_command()), messages.read_order),
        (lambda: tenant_messages.write(ROTATE), messages.read_order),
        (lambda: inventory_messages.write(RUN), inventory_messages.read),
    ],
)
def test_every_kind_of_message_names_its_trace(
    write: Callable[[], bytes], read: Callable[[bytes], object]
) -> None:
    """It is read like one without; put back and on, as often as it takes, it still does."""
    watching()
    with within() as span:
        body = write()
    assert read(body) == read(write())
    assert messages.traceparent(body) == traceparent(span)
    for _ in range(3):
        body = put_off(body, NOW)
    assert messages.traceparent(body) == messages.traceparent(as_sent(body))
    assert messages.traceparent(as_sent(body)).split("-")[1] == TRACE
    assert read(body) == read(as_sent(body)) == read(write())
    assert messages.traceparent(write()) == ""


def test_message_that_goes_on_or_waits_stays_in_its_trace() -> None:
    """As it stands on the queue."""
    watching()
    storage = FakeQueueStorage()
    with within():
        body = messages.write_command(a_command())
    queues(storage).put_back(COMMANDS, body, None)
    queues(storage).put_on(COMMANDS, storage.sent[-1][1], None)
    assert [messages.traceparent(sent).split("-")[1] for _, sent, _ in storage.sent] == [TRACE] * 2


@dataclass
class Slow(FakeQueueStorage):
    """Storage that is reached once everybody is about to store something."""

    together: Barrier = field(default_factory=lambda: Barrier(CALLS))

    def get_queue_client(self, queue: str, **_: object) -> Any:  # noqa: ANN401 - a stand-in
        """Return one queue's client."""
        self.together.wait(5)
        return super().get_queue_client(queue)


def calls_at_once() -> tuple[dict[str, str], list[bytes]]:
    """Return the trace that each call's word came in, and the messages that were stored."""
    storage, calls = Slow(), dict[str, str]()
    shared = queues(storage)

    def call(number: int) -> None:
        signal_id = f"{number:08}-0000-4000-8000-000000000000"
        with traces.answering(f"call {number}") as span:
            calls[signal_id] = traceparent(span)
            if number:
                storage.together.wait(5)
            shared.put_words([a_signal(signal_id=signal_id)])

    with ThreadPoolExecutor(CALLS) as pool:
        list(pool.map(call, range(CALLS)))
    return calls, [sent for _, sent, _ in storage.sent]


def test_words_stored_together_stay_each_in_its_own_trace() -> None:
    """One thread stores those of all that came meanwhile."""
    watching()
    for _ in range(100):
        calls, sent = calls_at_once()
        words = [word for message in sent for word in sender_messages.each(message)]
        found = {json.loads(word)["signal_id"]: messages.traceparent(word) for word in words}
        assert found == calls
        assert len(set(calls.values())) == CALLS
        if len(sent) < CALLS:
            return
    pytest.fail("no two were ever stored together")


def test_signal_of_a_device_that_was_recognised_goes_on_in_the_report_s_trace() -> None:
    """From the webhook to Exchange it is one story."""
    watching()
    storage, world = FakeQueueStorage(), RecognitionWorld([a_partnership()])
    cast("Any", world).queue = queues(storage)
    with within():
        world.report(a_report(subject=NAMED))
    (signal,) = [sent for _, sent, _ in storage.sent]
    assert sender_messages.read_signal(signal).device_id == DEVICE_ID
    assert messages.traceparent(signal).split("-")[1] == TRACE


@nonsense
def test_order_with_a_nonsensical_trace_is_carried_out_all_the_same(text: str) -> None:
    """In a trace of its own."""
    seen = watching()
    app = carried_out(an_order(traceparent=text))
    assert app.world.exchange.devices[0].on_blocked_list
    assert trace_id(seen.span(f"{COMMANDS} process")) != TRACE
    assert seen.span(f"{COMMANDS} process").parent is None


@given(st.text())
def test_no_text_in_its_place_keeps_a_word_from_being_read(text: str) -> None:
    """Nor a span from beginning."""
    body = sender_messages.write_word(a_signal())
    body = json.dumps({**json.loads(body), "traceparent": text}).encode()
    with traces.handling("q", messages.traceparent(body), messages.about(body)):
        assert sender_messages.read_word(body) == a_signal()


@pytest.mark.parametrize("wrong", [7, None, [PARENT], {"trace": PARENT}, True])
def test_trace_that_is_no_text_is_a_wrong_field_like_any_other(wrong: object) -> None:
    """Given up at once, with a reason that names the field."""
    seen = watching()
    body = an_order(traceparent=wrong)
    app = carried_out(body)
    operation = app.world.journal.find(TENANT, messages.asked(body, NOW).operation_id)
    assert operation is not None
    assert operation.state is State.ABANDONED
    assert "$.traceparent" in operation.history[-1].note
    assert seen.span(f"{COMMANDS} process").parent is None
