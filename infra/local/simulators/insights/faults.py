"""Failures ordered in advance: of whole requests, and of single items."""

from collections import deque

from infra.local.simulators.insights.refusals import ItemError, RefusedError


class Faults:
    """What is to go wrong next."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.down = False
        self.latency = 0.0  # seconds before each answer
        self._requests: deque[RefusedError] = deque()
        self._items: deque[ItemError] = deque()

    def order(
        self,
        status: int,
        *,
        retry_after: str | None = None,
        location: str | None = None,
        times: int = 1,
    ) -> None:
        """Refuse the next *times* requests; 307 and 308 with a *location* to go to."""
        given = {"Retry-After": retry_after, "Location": location}
        headers = {name: value for name, value in given.items() if value is not None}
        self._requests.extend(
            RefusedError(status, "A planned failure.", headers) for _ in range(times)
        )

    def order_items(self, status: int, message: str, *, times: int = 1) -> None:
        """Refuse the next *times* items that would have been accepted."""
        self._items.extend(ItemError(message, status) for _ in range(times))

    def meet_request(self) -> None:
        """Raise the failure that is due for a request, if any."""
        if self.down:
            raise RefusedError(503, "The service is unavailable.")
        if self._requests:
            raise self._requests.popleft()

    def meet_item(self) -> None:
        """Raise the failure that is due for an item, if any."""
        if self._items:
            raise self._items.popleft()
