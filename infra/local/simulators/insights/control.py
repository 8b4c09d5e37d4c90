"""
Shows what Application Insights was sent, and lets it misbehave, over HTTP in a running world.

    GET    /items?kind=RequestData    {"items": [...], "refused": [...]}
    DELETE /items                     forget them, and every fault
    POST   /faults                    {"status": 429, "retry_after": "2", "times": 3}
           or {"status": 400, "message": "...", "items": true} for single items
           or {"down": true}, or {"latency": 2.5} in seconds
    DELETE /faults
"""

from typing import Annotated

import httpx
import msgspec

from infra.local.simulators.insights.simulator import Insights


class Wish(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to go wrong."""

    status: Annotated[int, msgspec.Meta(ge=300, le=599)] | None = None
    message: str = "A planned failure."
    items: bool = False
    retry_after: str | None = None
    location: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    down: bool | None = None
    latency: Annotated[float, msgspec.Meta(ge=0)] | None = None


class InsightsControl:
    """Serves the switch and the view of one simulated component."""

    def __init__(self, insights: Insights) -> None:
        self._insights = insights

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        match request.method, request.url.path:
            case "GET", "/items":
                kept = self._insights.items(request.url.params.get("kind"))
                said = {"items": kept, "refused": list(self._insights.refused)}
                return httpx.Response(200, json=said)
            case "DELETE", "/items":
                self._insights.reset()
            case "DELETE", "/faults":
                self._insights.faults.clear()
            case "POST", "/faults":
                try:
                    self._order(msgspec.json.decode(request.read(), type=Wish))
                except msgspec.MsgspecError as error:
                    return httpx.Response(400, json=str(error))
            case _:
                return httpx.Response(404, json=__doc__)
        return httpx.Response(200, json="done")

    def _order(self, wish: Wish) -> None:
        faults = self._insights.faults
        if wish.down is not None:
            faults.down = wish.down
        if wish.latency is not None:
            faults.latency = wish.latency
        if wish.status is not None and wish.items:
            faults.order_items(wish.status, wish.message, times=wish.times)
        elif wish.status is not None:
            faults.order(
                wish.status,
                retry_after=wish.retry_after,
                location=wish.location,
                times=wish.times,
            )
