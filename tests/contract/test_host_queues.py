"""Queue functions on the embedded host: delivery, metadata, failure, poison."""

import base64
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from azure.storage.queue import QueueClient, QueueMessage

from infra.local.host.launch import FunctionHost
from tests.contract.host_world import World, until, waiting


@pytest.fixture(scope="module")
def shared(storage: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(storage, tmp_path_factory.mktemp("queues"))


@pytest.fixture(scope="module")
def host(shared: World) -> Iterator[FunctionHost]:
    with shared.host(lease=1, master_key="master") as host:
        yield host


@pytest.fixture
def running(shared: World, host: FunctionHost) -> World:
    assert host.process.poll() is None
    shared.seen.unlink(missing_ok=True)
    return shared


def test_a_message_is_delivered_once_and_deleted(running: World) -> None:
    running.send("hello")
    running.until_recorded("worked")
    until(lambda: waiting(running.queue("WORK_QUEUE")) == 0, running.log)

    (seen,) = running.records("work")
    assert seen["text"] == "hello"
    assert seen["attempt"] == 1
    assert seen["inserted"].endswith("+00:00")


def test_a_failing_message_is_tried_until_it_is_poison(running: World) -> None:
    running.send("fail <&> é")
    poison = taken(running, running.queue("WORK_QUEUE", "-poison"))

    assert [seen["attempt"] for seen in running.records("work")] == [1, 2]
    assert base64.b64decode(poison.content).decode() == "fail <&> é"
    assert poison.dequeue_count == 1
    until(lambda: waiting(running.queue("WORK_QUEUE")) == 0, running.log)


def test_a_message_that_is_not_base64_is_poison_at_once(running: World) -> None:
    running.queue("WORK_QUEUE").send_message("plain <text>")
    poison = taken(running, running.queue("WORK_QUEUE", "-poison"))

    assert poison.content == "plain <text>"
    assert running.records("work") == []
    assert "cannot be decoded" in running.log.read_text()


def test_a_failing_poison_handler_makes_no_poison_of_its_own(running: World) -> None:
    running.send("twice", "DOOMED_QUEUE", "-poison")
    running.until_recorded("doomed", 2)
    until(lambda: "was received too often and stays" in running.log.read_text(), running.log)

    first, second = running.records("doomed")
    assert second["at"] - first["at"] > 0.9  # a lease later, not at once
    assert waiting(running.queue("DOOMED_QUEUE", "-poison")) == 1
    assert waiting(running.queue("DOOMED_QUEUE", "-poison-poison")) is None


def test_properties_of_a_json_message_overwrite_its_metadata(running: World) -> None:
    running.send(json.dumps({"ID": "spoofed", "dequeueCount": 7, "popReceipt": None}))
    (seen,) = running.until_recorded("work")

    assert seen["id"] == "spoofed"
    assert seen["attempt"] == 7


def test_metadata_that_cannot_be_read_fails_before_the_function(running: World) -> None:
    running.send(json.dumps({"insertionTime": "nonsense"}))
    taken(running, running.queue("WORK_QUEUE", "-poison"))

    assert running.records("work") == []


def test_a_message_stays_invisible_while_its_function_runs(running: World) -> None:
    running.send("slow 1.6")
    running.until_recorded("worked")
    until(lambda: waiting(running.queue("WORK_QUEUE")) == 0, running.log)

    assert len(running.records("work")) == 1


def test_no_more_run_at_once_than_batch_size_and_threshold_allow(running: World) -> None:
    for number in range(12):
        running.send(f"slow 0.3 {number}")
    running.until_recorded("worked", 12)

    assert 2 <= most_at_once(running) <= 4 + 2


def test_an_output_wakes_the_listener_of_the_same_host(running: World, host: FunctionHost) -> None:
    running.send("first")
    running.until_recorded("worked")
    # The pauses are now 0.1, 0.2, 0.3, 0.5 and 0.9 s; we want to be early in one of 1.7 s.
    time.sleep(2.45)
    started = time.monotonic()
    httpx.post(f"{host.url}/api/forward", content="second")
    running.until_recorded("worked", 2)

    assert time.monotonic() - started < 0.4


def test_a_queue_function_can_be_run_by_hand(running: World, host: FunctionHost) -> None:
    url = f"{host.url}/admin/functions/work"
    refused = httpx.post(url, json={"input": "by hand"})
    accepted = httpx.post(url, json={"input": "by hand"}, headers={"x-functions-key": "master"})
    (seen,) = running.until_recorded("worked")

    assert (refused.status_code, accepted.status_code) == (401, 202)
    assert seen["text"] == "by hand"


def test_plain_text_is_read_where_host_json_says_so(world: World) -> None:
    world.settings["AzureFunctionsJobHost__extensions__queues__messageEncoding"] = "none"
    queue = world.queue("WORK_QUEUE")
    queue.create_queue()
    queue.send_message("plain <text>")
    with world.host():
        (seen,) = world.until_recorded("worked")

    assert seen["text"] == "plain <text>"


def test_a_missing_setting_silences_one_function_only(world: World) -> None:
    del world.settings["DOOMED_QUEUE"]
    with world.host():
        world.send("hello")
        world.until_recorded("worked")

    assert "doomed - does not listen: DOOMED_QUEUE: no such app setting" in world.log.read_text()


def taken(world: World, queue: QueueClient) -> QueueMessage:
    """Wait for the one message on *queue* and take it off."""
    until(lambda: waiting(queue) == 1, world.log)
    (message,) = queue.receive_messages()
    queue.delete_message(message)
    return message


def most_at_once(world: World) -> int:
    order = [json.loads(line)["function"] for line in world.seen.read_text().splitlines()]
    steps = [order[: i + 1] for i in range(len(order))]
    return max(step.count("work") - step.count("worked") for step in steps)
