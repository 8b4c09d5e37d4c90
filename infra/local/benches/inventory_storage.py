"""Table storage as the app reaches it, with every request counted on its way."""

from dataclasses import dataclass
from typing import Any

from azure.core.pipeline import PipelineResponse
from azure.data.tables import TableServiceClient

from shared.azure_clients import PATIENCE


@dataclass(slots=True)
class Counted:
    """
    Requests and bytes of bodies.

    One request is one transaction on the bill, also one that writes a hundred entities.
    """

    requests: int = 0
    sent: int = 0
    received: int = 0

    def __call__(self, response: PipelineResponse[Any, Any]) -> None:
        """Count a request that was answered; one that is tried again counts again."""
        self.requests += 1
        self.sent += int(response.http_request.headers.get("Content-Length") or 0)
        self.received += len(response.http_response.read())  # the SDK reads it next, and whole


def counted_tables(connection: str, counted: Counted) -> TableServiceClient:
    """Return Table storage; the hook is the innermost policy of the SDK but for its logs."""
    return TableServiceClient.from_connection_string(
        connection, raw_response_hook=counted, **PATIENCE
    )
