"""The wire to table storage, at which a test may step in; and tables of one's own there."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.pipeline.transport import HttpRequest, HttpResponse, RequestsTransport
from azure.data.tables import TableServiceClient

from shared.records.tables import Table

Hook = Callable[[int], object]


class Wire(RequestsTransport):  # type: ignore[misc]  # the SDK finds it by name, untyped
    """Numbers the requests from 1, and tells the number before and after each."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0
        self.before: Hook = lambda _: None
        self.after: Hook = lambda _: None

    def send(self, request: HttpRequest, **options: Any) -> HttpResponse:  # noqa: ANN401 - the SDK's
        """Send one request."""
        self.requests += 1
        number = self.requests
        self.before(number)
        response: HttpResponse = super().send(request, **options)
        try:
            self.after(number)
        except BaseException:
            response.internal_response.close()
            raise
        return response


def a_name() -> str:
    """Return a table's name that no other test uses."""
    return f"t{uuid.uuid4().hex}"


@contextmanager
def table(storage: str, wire: Wire, name: str = "") -> Iterator[Table]:
    """Connect to a table; it is made when something is stored."""
    with TableServiceClient.from_connection_string(
        storage, transport=wire, retry_total=0
    ) as service:
        yield Table(service, name or a_name())
