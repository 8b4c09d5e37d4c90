"""What lands on a queue is what the platform would put there, rewriting and all."""

import base64
from collections.abc import Iterator

import httpx
import pytest
from azure.storage.queue import QueueClient

from infra.local.host.launch import FunctionHost
from tests.contract.host_world import World


@pytest.fixture(scope="module")
def sender(
    storage: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FunctionHost, QueueClient]]:
    world = World(storage, tmp_path_factory.mktemp("outputs"))
    with world.host() as host:
        yield host, world.queue("OUT_QUEUE")


def sent(sender: tuple[FunctionHost, QueueClient], kind: str, body: str) -> list[str]:
    """Post *body* to the sample's `send` and take what arrived off the queue."""
    host, queue = sender
    answer = httpx.post(f"{host.url}/api/send/{kind}", content=body)
    assert answer.status_code == 200
    contents = []
    for message in queue.receive_messages():
        contents.append(base64.b64decode(message.content).decode())
        queue.delete_message(message)
    return contents


@pytest.mark.parametrize(
    ("body", "arrives"),
    [
        ("plain é", ["plain é"]),
        ('{"b":1,"a":"\\u00e9"}', ['{\n  "b": 1,\n  "a": "é"\n}']),
        ('["one",{"n":[]},3,true,null]', ["one", '{\n  "n": []\n}', "3", "True", ""]),
        (
            '{"at":"2026-11-21T10:00:00.500+02:00","utc":"2026-11-21T10:00:00.000Z"}',
            ['{\n  "at": "2026-11-21T08:00:00.5+00:00",\n  "utc": "2026-11-21T10:00:00Z"\n}'],
        ),
    ],
)
def test_text_that_looks_like_json_is_rewritten(
    sender: tuple[FunctionHost, QueueClient], body: str, arrives: list[str]
) -> None:
    assert sent(sender, "text", body) == arrives


@pytest.mark.parametrize("body", ['{"b":1,  "a":"\\u00e9"}', '["one","two"]', "{not json}"])
def test_the_text_of_a_list_item_is_kept(
    sender: tuple[FunctionHost, QueueClient], body: str
) -> None:
    assert sent(sender, "list", body) == [body]


def test_braces_around_something_else_fail_the_call(
    sender: tuple[FunctionHost, QueueClient],
) -> None:
    host, queue = sender

    assert httpx.post(f"{host.url}/api/send/text", content="{not json}").status_code == 500
    assert list(queue.receive_messages()) == []
