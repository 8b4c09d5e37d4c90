"""While other app settings need attention, messages still go back on their queues."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from functions import queues
from shared import messages, sender_messages, wiring
from shared.errors import Misconfigured, Retryable
from shared.messages import COMMANDS, SIGNALS
from tests.unit.app_world import Deployment, Message
from tests.unit.builders import a_command, a_signal

KEY = base64.b64encode(b"key of a storage account that is not there").decode()
SENT = b"""<?xml version="1.0" encoding="utf-8"?><QueueMessagesList><QueueMessage>
<MessageId>1</MessageId><InsertionTime>Mon, 04 May 2026 10:00:00 GMT</InsertionTime>
<ExpirationTime>Mon, 11 May 2026 10:00:00 GMT</ExpirationTime><PopReceipt>1</PopReceipt>
<TimeNextVisible>Mon, 04 May 2026 10:00:05 GMT</TimeNextVisible>
</QueueMessage></QueueMessagesList>"""
TRIGGERS: list[tuple[Callable[[Message], object], str, bytes]] = [
    (queues.on_device_signal, SIGNALS, sender_messages.write_signal(a_signal())),
    (queues.on_device_command, COMMANDS, messages.write_command(a_command())),
    (queues.on_poison_signal, SIGNALS + "-poison", sender_messages.write_signal(a_signal())),
    (queues.on_poison_command, COMMANDS + "-poison", messages.write_command(a_command())),
]


@contextmanager
def queue_storage() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Run a queue service; yield how to reach it, and what it was sent."""
    taken: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        """Takes a message, and closes the connection."""

        def do_POST(self) -> None:
            """Answer one message."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            (text,) = re.findall(b"<MessageText>(.*)</MessageText>", body)
            taken.append((self.path.split("/")[2], base64.b64decode(text)))
            self.send_response(201)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(SENT)))
            self.end_headers()
            self.wfile.write(SENT)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_port}/account"
        try:
            yield f"AccountName=account;AccountKey={KEY};QueueEndpoint={endpoint};", taken
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nothing set."""
    for name in ("TENANTS", "MDM_SENDERS", "KEY_VAULT_URL", "AzureWebJobsStorage"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_broken")
@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_message_is_put_back_while_settings_are_broken(
    trigger: Callable[[Message], object],
    queue: str,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Five quick failures would have made poison of every message there is."""
    with queue_storage() as (connection, taken):
        monkeypatch.setenv("AzureWebJobsStorage", connection)
        assert trigger(Message(body)) is None
    ((where, sent),) = taken
    assert where == queue
    assert messages.waiting(sent).attempt == 1
    assert messages.asked(sent, wiring.utc_now()).operation_id in caplog.text
    assert "ERROR" in caplog.text
    assert "TENANTS is missing" in caplog.text


@pytest.mark.usefixtures("_broken")
def test_queues_need_the_settings_of_storage() -> None:
    """Without those there is no way to put anything back, and the host must see it."""
    with pytest.raises(Misconfigured, match="AzureWebJobsStorage is missing") as raised:
        wiring.queues()
    assert "TENANTS" not in str(raised.value)


def test_queues_are_the_workers_own_when_all_is_well() -> None:
    """One set of connections, not two."""
    services = Deployment().services
    with wiring.using(services):
        assert wiring.queues() is services.queues


@pytest.mark.usefixtures("_broken")
def test_storage_that_is_down_as_well_is_told_to_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function fails, and the host delivers again."""
    with queue_storage() as (connection, _):
        monkeypatch.setenv("AzureWebJobsStorage", connection)
    with pytest.raises(Retryable):
        queues.on_device_command(Message(messages.write_command(a_command())))
