"""The storage the local world stands on: it answers, it keeps, and it never stays behind."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from infra.local.azurite import Azurite, AzuriteError
from infra.local.places import CHECKOUT

STARTS_AND_WAITS = """
from infra.local.azurite import Azurite
with Azurite() as azurite:
    print(azurite.queue_url, flush=True)
    input()
"""


@pytest.fixture
def azurite() -> Iterator[Azurite]:
    with Azurite() as running:
        yield running


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def answers(url: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex(address(url)) == 0


def put_row(azurite: Azurite) -> None:
    with TableServiceClient.from_connection_string(azurite.connection_string) as service:
        table = service.create_table("rows")
        table.create_entity({"PartitionKey": "one", "RowKey": "one"})


def has_row(azurite: Azurite) -> bool:
    with TableServiceClient.from_connection_string(azurite.connection_string) as service:
        try:
            service.get_table_client("rows").get_entity("one", "one")
        except ResourceNotFoundError:
            return False
        return True


def test_a_message_goes_through_a_queue(azurite: Azurite) -> None:
    """The connection string is all that a real SDK needs."""
    with QueueServiceClient.from_connection_string(azurite.connection_string) as service:
        queue = service.create_queue("signals")
        queue.send_message("hello")
        assert [message.content for message in queue.receive_messages()] == ["hello"]


def test_two_at_once_are_strangers(azurite: Azurite) -> None:
    """Tests that run side by side never meet in the same account or port."""
    with Azurite() as other:
        put_row(azurite)
        assert not has_row(other)
        assert other.blob_url != azurite.blob_url


def test_all_three_services_end_with_the_block() -> None:
    """Ports are free again, so nothing piles up on a machine that runs many tests."""
    with Azurite() as azurite:
        urls = [azurite.blob_url, azurite.queue_url, azurite.table_url]
        assert [answers(url) for url in urls] == [True, True, True]
    assert [answers(url) for url in urls] == [False, False, False]


def test_killed_storage_comes_back_at_the_same_address(azurite: Azurite) -> None:
    """A client keeps its connection string over an outage; memory is lost, as it says."""
    put_row(azurite)
    before = azurite.connection_string
    azurite.kill()
    assert not answers(azurite.table_url)

    azurite.start()
    assert azurite.connection_string == before
    assert not has_row(azurite)


def test_folder_keeps_what_was_written(tmp_path: Path) -> None:
    """Another start on the same folder finds the same account with its rows."""
    with Azurite(tmp_path / "storage") as first:
        put_row(first)
    with Azurite(tmp_path / "storage") as second:
        assert has_row(second)


def test_lost_port_is_named_in_the_error(azurite: Azurite) -> None:
    """When a start fails, the reader sees Azurite's own words, and nothing runs on."""
    azurite.stop()
    with socket.create_server(address(azurite.queue_url)):
        with pytest.raises(AzuriteError, match="EADDRINUSE"):
            azurite.start()
        assert not answers(azurite.blob_url)


def test_storage_ends_with_a_parent_that_was_killed() -> None:
    """Even SIGKILL, which no program can react to, leaves no server behind."""
    program = [sys.executable, "-c", STARTS_AND_WAITS]
    with subprocess.Popen(
        program, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        url = parent.stdout.readline().strip()
        assert answers(url)
        parent.kill()

    deadline = time.monotonic() + 10
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(url)
