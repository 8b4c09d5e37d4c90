"""What each span says: its name and kind, how it ended, and nobody's name."""

import json

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from functions import operations
from functions import queues as functions
from shared import messages
from shared.errors import NotFound, Retryable
from shared.exchange.traced_turns import TracedTurns
from shared.messages import COMMANDS, SIGNALS
from shared.sender_messages import write_signal
from shared.telemetry import traces
from shared.telemetry.message_context import About, at_hand
from tests.unit.app_world import Deployment, Message, call, request
from tests.unit.builders import DEVICE_ID, MAILBOX, TENANT, a_command, a_newer_signal, a_signal
from tests.unit.governed import Worker, answered
from tests.unit.stand_ins import FakeTable
from tests.unit.telemetry_seen import Seen, trace_id, watching

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ABOUT = About(ids={"easgate.operation_id": "one"}, private=(MAILBOX,))


@pytest.fixture
def seen() -> Seen:
    return watching()


def test_message_goes_on_with_its_trace_and_names_the_platform_s(seen: Seen) -> None:
    """The platform begins one for each invocation."""
    platform = trace.get_tracer("the platform")
    with platform.start_as_current_span("invocation") as theirs:
        with traces.handling("q", PARENT, ABOUT):
            assert at_hand() is ABOUT
        assert trace.get_current_span() is theirs
    span = seen.span("q process")
    assert (trace_id(span), span.kind) == (TRACE, SpanKind.CONSUMER)
    assert [link.context for link in span.links] == [theirs.get_span_context()]
    assert at_hand() == About()
    assert dict(span.attributes or {}) == {
        "messaging.system": "azure_queues",
        "messaging.destination.name": "q",
        **ABOUT.ids,
    }


def test_message_without_a_trace_goes_on_with_the_platform_s(seen: Seen) -> None:
    """It is the message's own then, and needs no link."""
    platform = trace.get_tracer("the platform").start_as_current_span("invocation")
    with platform as theirs, traces.handling("q", "", ABOUT):
        pass
    span = seen.span("q process")
    assert trace_id(span) == trace_id(theirs)
    assert span.links == ()


def test_failure_marks_its_span_with_its_kind_alone(seen: Seen) -> None:
    """Its text may name somebody, and so may what it was raised from."""
    with (
        pytest.raises(NotFound),
        traces.handling("q", PARENT, ABOUT),
        traces.calling("Exchange", "Get-X"),
    ):
        raise NotFound(f"mailbox {MAILBOX} has no device") from KeyError(DEVICE_ID)
    assert [(span.status.status_code, span.status.description) for span in seen.spans] == [
        (StatusCode.ERROR, "NotFound")
    ] * 2
    assert [span.events for span in seen.spans] == [(), ()]
    assert MAILBOX not in told(seen)


def told(seen: Seen) -> str:
    """Return all that the spans say."""
    return "".join(span.to_json() for span in seen.spans).lower()


@pytest.mark.parametrize(("status", "code"), [(200, StatusCode.UNSET), (429, StatusCode.ERROR)])
def test_call_of_exchange_tells_cmdlet_status_and_request_id(
    seen: Seen, status: int, code: StatusCode
) -> None:
    """The governor learns of it all the same: the next turn must wait, or not."""
    worker = Worker("one", FakeTable())
    turns = TracedTurns(tenant_id=TENANT, turns=worker.governor)
    with turns.turn(["Set-CASMailbox"]) as turn:
        turn.answered(answered(status, 4))
    with turns.turn(["Get-A", "Get-B"]):
        pass
    span, batch = seen.span("Exchange Set-CASMailbox"), seen.span("Exchange $batch")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, code)
    assert dict(span.attributes or {}) == {
        "peer.service": "Exchange",
        "rpc.system": "http",
        "rpc.method": "Set-CASMailbox",
        "easgate.tenant_id": TENANT,
        "easgate.cmdlets": "Set-CASMailbox",
        "http.response.status_code": status,
        "client-request-id": "x",
    }
    assert (batch.attributes or {})["easgate.cmdlets"] == "Get-A,Get-B"
    assert (worker.now > 0) is (status == 429)


def test_call_for_a_message_has_the_message_s_ids(seen: Seen) -> None:
    """So that all that an operation did is found by its id."""
    with traces.handling("q", PARENT, ABOUT), traces.calling("Key Vault", "sign"):
        pass
    assert (seen.span("Key Vault sign").attributes or {})["easgate.operation_id"] == "one"


def test_wait_for_a_turn_is_not_part_of_the_call(seen: Seen) -> None:
    """Who is not let through has not called."""
    worker = Worker("one", FakeTable())
    turns = TracedTurns(tenant_id=TENANT, turns=worker.governor)
    with turns.turn(["Get-A"]) as turn:
        turn.answered(answered(429, 3_600))
    with pytest.raises(Retryable), turns.turn(["Get-A"]):
        pass
    assert len(seen.spans) == 1


def test_every_word_of_a_message_has_its_own_span(seen: Seen) -> None:
    """With its own ids, as do the lines that are logged meanwhile."""
    other = a_newer_signal(device_id="OTHER")
    deliver(Deployment(), SIGNALS, b"[%s,%s]" % (write_signal(a_signal()), write_signal(other)))
    spans = [span for span in seen.spans if span.name == f"{SIGNALS} process"]
    assert [(span.attributes or {})["easgate.operation_id"] for span in spans] == [
        a_signal().signal_id,
        other.signal_id,
    ]
    assert not [name for name in (MAILBOX, DEVICE_ID) if name.lower() in told(seen)]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"7", b'{"command_id": "anna"}'])
def test_unreadable_message_has_a_span_without_ids(seen: Seen, body: bytes) -> None:
    """What is no id is not told: it may be a name."""
    deliver(Deployment(), COMMANDS, body)
    assert set(seen.span(f"{COMMANDS} process").attributes or {}) == {
        "messaging.system",
        "messaging.destination.name",
    }


def test_message_that_waits_has_not_failed(seen: Seen) -> None:
    """It goes on by itself; a bug is a failure, and stays the host's to see."""
    app = Deployment()
    app.world.exchange.down = Retryable("Exchange is busy")
    deliver(app, COMMANDS, messages.write_command(a_command()))
    assert seen.span(f"{COMMANDS} process").status.status_code is StatusCode.UNSET
    seen.exporter.clear()
    app = Deployment()
    app.world.exchange.before_find = _buggy
    with pytest.raises(ZeroDivisionError):
        deliver(app, COMMANDS, messages.write_command(a_command()))
    assert seen.span(f"{COMMANDS} process").status.description == "ZeroDivisionError"


def test_answer_of_an_http_function_has_a_span(seen: Seen) -> None:
    """A message that it queues needs a trace to take along."""
    route = {"operation_id": a_command().command_id}
    answer = call(Deployment(), operations.get_operation, request(route=route))
    assert answer.status_code == 404
    assert seen.span("get_operation").kind is SpanKind.INTERNAL


def test_ids_are_told_in_the_one_spelling_that_is_searched_for() -> None:
    """Whoever wrote the message may have written them in upper case."""
    fields = json.loads(messages.write_command(a_command()))
    loud = {name: str(text).upper() for name, text in fields.items()}
    assert messages.about(json.dumps(loud).encode()).ids == {
        "easgate.operation_id": a_command().command_id.lower(),
        "easgate.tenant_id": TENANT.lower(),
    }


def _buggy() -> None:
    raise ZeroDivisionError


def deliver(app: Deployment, queue: str, body: bytes) -> None:
    """Let the host deliver a message."""
    function = {
        SIGNALS: functions.on_device_signal,
        COMMANDS: functions.on_device_command,
    }[queue]
    with app.running():
        function(Message(body))
