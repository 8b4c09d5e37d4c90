"""A look at the audit in storage, at the moment when Exchange is called, and afterwards."""

import json
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob import BlobServiceClient

from infra.local.serve import Simulator
from infra.local.world import World
from shared.records.audit_log import CONTAINER
from shared.telemetry.redaction import hidden

Record = dict[str, Any]
CHANGING = ("Set-CASMailbox", "Clear-MobileDevice")


class Witness:
    """Stands in front of Exchange, and notes for each change what the audit had of it before."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.seen: list[tuple[str, list[Record]]] = []  # the cmdlet, and the records

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""
        if name != "exchange":
            return simulator

        def look(request: httpx.Request) -> httpx.Response:
            body = request.read().decode(errors="replace")
            for cmdlet in CHANGING:
                if f'"{cmdlet}"' in body and self.world is not None:
                    self.seen.append((cmdlet, records(self.world)))
            return simulator(request)

        return look


def records(world: World) -> list[Record]:
    """Return all records of all tenants, as they stand in storage."""
    with BlobServiceClient.from_connection_string(world.connection_string) as service:
        container = service.get_container_client(CONTAINER)
        names = sorted(container.list_blob_names()) if container.exists() else []
        texts = [container.get_blob_client(name).download_blob().readall() for name in names]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def of(found: list[Record], operation_id: str) -> list[str]:
    """Return which steps of an operation are among the records."""
    return [each["kind"] for each in found if each["operation_id"] == operation_id]


def exported(world: World, client: httpx.Client, file: Path) -> int:
    """Take the audit out page by page, as the app gives it; returns the status of the first."""
    address = httpx.URL(f"{world.url}/api/audit")
    key = {"x-functions-key": world.function_key}
    answer = client.get(address, headers=key)
    status = answer.status_code
    with file.open("wb") as copied:
        copied.write(answer.content)
        while following := answer.links.get("next"):
            answer = client.get(address.join(following["url"]), headers=key)
            copied.write(answer.content)
    return status


def names_somebody(text: str, *private: str) -> bool:
    """Whether the text holds a mail address, or one of these."""
    return hidden(text, private) != text
