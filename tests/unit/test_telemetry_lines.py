"""Log lines on their way out: with ids and kinds of failures, and without anybody's name."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from functions import operations
from functions import queues as functions
from functions.replies import Detail, failed
from shared import messages
from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from shared.messages import COMMANDS, SIGNALS
from shared.sender_messages import write_signal, write_word
from shared.telemetry import traces
from shared.telemetry.log_lines import Cleaned, Outward
from shared.telemetry.message_context import About
from shared.telemetry.redaction import HIDDEN
from tests.unit.app_world import Deployment, Message, call, request
from tests.unit.builders import DEVICE_ID, MAILBOX, TENANT, a_command, a_newer_signal, a_signal
from tests.unit.recognition_world import IMEI, SERIAL, UDID, a_report
from tests.unit.telemetry_seen import watching

PERSON = "Adele Vance"
NAMES = (MAILBOX, MAILBOX.partition("@")[0], DEVICE_ID, PERSON, SERIAL, UDID, IMEI)
IDS = {"easgate.operation_id": a_command().command_id, "easgate.tenant_id": TENANT}
# As Exchange words it: by names that no message has told us.
SAID = (
    f"Exchange is busy: object '{PERSON}' of {MAILBOX}, "
    f"contoso.com/{PERSON}/ExchangeActiveSyncDevices/iOS§{DEVICE_ID} (Set-CASMailbox: HTTP 503)"
)
FAILURES = (Retryable(SAID), Misconfigured(SAID), NotFound(SAID), Rejected(SAID))
log = logging.getLogger("easgate.test")


class Sent:
    """The lines that went out."""

    def __init__(self) -> None:
        self.exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # as it is

    @property
    def lines(self) -> list[ReadableLogRecord]:
        """Return them as they were sent."""
        return list(self.exporter.get_finished_logs())

    @property
    def bodies(self) -> list[str]:
        """Return what they say."""
        return [str(line.log_record.body) for line in self.lines]

    @property
    def text(self) -> str:
        """All of them, with all that goes with them."""
        records = [line.log_record for line in self.lines]
        return "\n".join(str((line.body, dict(line.attributes or {}))) for line in records).lower()

    def names(self, *names: str) -> list[str]:
        """Return who or what is named."""
        return [name for name in names or NAMES if name.lower() in self.text]


@contextmanager
def sending() -> Iterator[Sent]:
    """Let our lines go out, as they do where telemetry is switched on."""
    sent, provider = Sent(), LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(Cleaned())
    provider.add_log_record_processor(SimpleLogRecordProcessor(sent.exporter))
    ours, handler = logging.getLogger("easgate"), Outward(logging.INFO, provider)
    before = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield sent
    finally:
        ours.removeHandler(handler)
        ours.setLevel(before)
        provider.shutdown()


@pytest.fixture
def sent() -> Iterator[Sent]:
    with sending() as sent:
        yield sent


def deliver(app: Deployment, queue: str, body: bytes) -> None:
    """Let the host deliver a message; what a bug raises is the host's."""
    function: Callable[[Message], None] = {
        SIGNALS: functions.on_device_signal,
        COMMANDS: functions.on_device_command,
        f"{COMMANDS}-poison": functions.on_poison_command,
        f"{SIGNALS}-poison": functions.on_poison_signal,
    }[queue]
    with app.running():
        function(Message(body))


def test_line_of_a_message_has_its_ids_and_none_of_its_names(sent: Sent) -> None:
    """In its text, its arguments and whatever goes with it."""
    watching()
    about = About(ids=IDS, private=(DEVICE_ID, PERSON))
    with traces.handling("q", "", about):
        log.info("%s: device %s", PERSON, DEVICE_ID.lower(), extra={"whose": PERSON, "many": 7})
    log.info("afterwards")
    first, last = (line.log_record for line in sent.lines)
    assert first.body == f"{HIDDEN}: device {HIDDEN}"
    assert first.attributes == {"whose": HIDDEN, "many": 7, **IDS}
    assert first.trace_id
    assert (last.body, last.attributes) == ("afterwards", {})


def test_exception_goes_out_as_its_kind_and_where_it_was_raised(
    sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """Nearby it is told in full."""

    def fail() -> None:
        raise NotFound(f"{PERSON}\nhas no device {DEVICE_ID}") from KeyError(DEVICE_ID)

    try:
        fail()
    except NotFound:
        log.exception("it failed")
    attributes = sent.lines[0].log_record.attributes or {}
    assert sent.bodies == ["it failed"]
    assert attributes["exception.type"] == "NotFound"
    assert "exception.message" not in attributes
    assert __file__ in str(attributes["exception.stacktrace"])
    assert sent.names() == []
    assert caplog.records[0].exc_info is not None
    assert PERSON in str(caplog.records[0].exc_info[1])


@pytest.mark.parametrize("kind", [OSError, UnicodeDecodeError, SystemExit, ExceptionGroup])
def test_exceptions_that_are_hard_to_make_go_out_too(sent: Sent, kind: type[Exception]) -> None:
    """Some take arguments that nobody here knows."""
    log.error("it failed", exc_info=(kind, Retryable(SAID), None))
    assert (sent.bodies, sent.names()) == (["it failed"], [])


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("queue", [SIGNALS, COMMANDS])
def test_failure_of_a_story_is_told_by_its_kind(
    sent: Sent, caplog: pytest.LogCaptureFixture, queue: str, failure: Failure
) -> None:
    """Its text stands in the operation's record, and in the log at hand."""
    app = Deployment()
    app.world.exchange.down = failure
    order = messages.write_command(a_command())
    deliver(app, queue, order if queue == COMMANDS else write_signal(a_signal()))
    assert sent.names() == []
    assert len(sent.lines) == 1
    assert {"easgate.operation_id", "easgate.tenant_id"} <= set(
        sent.lines[0].log_record.attributes or {}
    )
    is_given_up = isinstance(failure, Rejected)
    assert ("its record says why" if is_given_up else type(failure).__name__) in sent.bodies[0]
    assert PERSON in caplog.text
    operation = a_command().command_id if queue == COMMANDS else a_signal().signal_id
    found = app.world.journal.find(TENANT, operation)
    assert found is not None
    assert PERSON in found.history[-1].note or PERSON in found.history[-2].note


def test_message_that_ran_out_of_patience_is_told_without_why(sent: Sent) -> None:
    """The failure's text is in there."""
    app = Deployment()
    app.world.exchange.down = Retryable(SAID)
    app.queue.has_patience = False
    deliver(app, COMMANDS, messages.write_command(a_command()))
    assert (len(sent.lines), sent.names()) == (2, [])


@pytest.mark.parametrize("queue", [SIGNALS, COMMANDS, f"{SIGNALS}-poison", f"{COMMANDS}-poison"])
@pytest.mark.parametrize(
    "body",
    [
        {"schema": DEVICE_ID},
        {"command_id": PERSON, "tenant_id": MAILBOX},
        {"signal_id": DEVICE_ID, "tenant_id": UDID},
        {"schema": "easgate.signal.v1", "posture": SERIAL, "trust": PERSON},
        {"schema": "easgate.command.v1", "action": PERSON, "mailbox": PERSON, "subject": 7},
        {"report_id": f"{a_command().command_id}\n{PERSON}", DEVICE_ID: 1},
    ],
)
def test_unreadable_message_names_nobody(sent: Sent, queue: str, body: dict[str, object]) -> None:
    """Whatever it has where an id, a tenant or a kind should be."""
    deliver(Deployment(), queue, json.dumps(body).encode())
    assert sent.lines
    assert sent.names() == []


def test_bug_that_meets_one_of_several_words_is_told_by_its_kind(sent: Sent) -> None:
    """It is logged once the word's own context has ended."""
    app = Deployment()

    def buggy() -> None:
        raise ValueError(SAID)

    app.world.exchange.before_find = buggy
    words = (a_signal(), a_newer_signal(device_id="OTHER"))
    deliver(app, SIGNALS, b"[%s]" % b",".join(map(write_word, words)))
    assert (sent.lines[0].log_record.attributes or {})["exception.type"] == "ValueError"
    assert sent.names() == []


def test_every_name_that_a_report_has_is_private() -> None:
    """Serial number, UDID, IMEI, the device's name and its owner's."""
    private = messages.about(write_word(a_report())).private
    assert {MAILBOX, SERIAL, UDID, "Adele's phone"} <= set(private)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_what_a_caller_is_told_does_not_go_out(sent: Sent, failure: Failure) -> None:
    """It stands in the answer; what a caller is not told stands in the log alone."""
    answer = failed(failure, Detail.TOLD)
    assert PERSON in answer.get_body().decode()
    assert sent.names() == []
    (told,) = sent.bodies
    assert told.startswith(f"answered {answer.status_code}")
    assert told.endswith(f": {type(failure).__name__}")


def test_what_a_sender_is_not_told_can_be_read_in_the_log(sent: Sent) -> None:
    """Of senders we know nobody's name: what is logged is about the call."""
    failed(Rejected(f"the body is wrong: {MAILBOX}"), Detail.KEPT)
    (told,) = sent.bodies
    assert told.endswith(f": the body is wrong: {HIDDEN}")


def test_order_that_says_something_else_under_the_same_id_names_nobody(sent: Sent) -> None:
    """Whoever sent it is told which device it was before."""
    app = Deployment()
    first = messages.write_command(a_command())
    deliver(app, COMMANDS, first)
    other = json.loads(messages.write_command(a_command(device_id="OTHER1234")))
    deliver(app, COMMANDS, json.dumps(other).encode())
    call(app, operations.post_command, request("POST", json.dumps(other).encode()))
    assert sent.names(*NAMES, "OTHER1234") == []
