"""Everything a world has written down, place by place, as text."""

import json

import httpx
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from infra.local.world import World
from tests.e2e.canaries import Canaries, readable


def places(world: World, canaries: Canaries, answers: list[httpx.Response]) -> dict[str, str]:
    """Return all text by the place it was found in."""
    return {
        "log": world.log_text(),
        "tables": _tables(world.connection_string),
        "queues": _queues(world.connection_string),
        "blobs": _blobs(world.connection_string),
        "sent to storage": "\n".join(canaries.stored),
        "events": json.dumps(world.topic.events, default=str),
        "telemetry": json.dumps(world.insights.items()),
        "answers": "\n".join(f"{answer.headers}\n{answer.text}" for answer in answers),
    }


def _tables(connection: str) -> str:
    with TableServiceClient.from_connection_string(connection) as service:
        rows = [
            dict(row)
            for table in service.list_tables()
            for row in service.get_table_client(table.name).list_entities()
        ]
    return json.dumps(rows, default=str)


def _queues(connection: str) -> str:
    texts = []
    with QueueServiceClient.from_connection_string(connection) as service:
        for queue in service.list_queues():
            messages = service.get_queue_client(queue.name).peek_messages(32)
            texts += [f"<MessageText>{message.content}</MessageText>" for message in messages]
    return "\n".join(map(readable, texts))


def _blobs(connection: str) -> str:
    texts = []
    with BlobServiceClient.from_connection_string(connection) as service:
        for container in service.list_containers():
            client = service.get_container_client(container.name)
            for blob in client.list_blobs():
                content = client.download_blob(blob.name).readall()
                texts.append(f"{blob.name}\n{content.decode(errors='replace')}")
    return "\n".join(texts)
