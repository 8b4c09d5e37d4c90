"""A component of Application Insights, and those who may and may not send to it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from azure.core.credentials import AccessToken

from infra.local.simulators.insights import Insights
from tests.contract.exchange_world import OBJECT_ID, START, TENANT_ID, Clock, a_token, jwks

AUDIENCE = "https://monitor.azure.com"
KEY = "11111111-2222-3333-4444-555555555555"
TRACK = "https://westeurope-5.in.applicationinsights.azure.com/v2.1/track"
FAR_AWAY = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


def component(clock: Callable[[], datetime] | None = None, **options: Any) -> Insights:  # noqa: ANN401
    """Return a component that the principal of `a_token` may send to."""
    insights = Insights(
        jwks=jwks,
        clock=clock or Clock(),
        tenant_id=TENANT_ID,
        instrumentation_key=KEY,
        **options,
    )
    insights.roles.grant(OBJECT_ID)
    return insights


class Bearer:
    """A credential whose one token says what it is told to; *key* names who has signed it."""

    def __init__(self, now: datetime = START, *, key: str = "issuer", **claims: object) -> None:
        self.asked: list[str] = []
        self._token = a_token(now, {"aud": AUDIENCE, **claims}, key=key)

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:  # noqa: ANN401
        """Return the token, as one that lasts."""
        self.asked += scopes
        return AccessToken(self._token, FAR_AWAY)


def message(**changes: object) -> dict[str, Any]:
    """Return a good item, with some fields of the envelope changed; None leaves one out."""
    item = {
        "ver": 1,
        "name": "Microsoft.ApplicationInsights.Message",
        "time": "2026-03-02T08:00:00.1234567Z",
        "iKey": KEY,
        "tags": {"ai.cloud.role": "easgate"},
        "data": data("MessageData", message="hello", severityLevel=1),
        **changes,
    }
    return {name: value for name, value in item.items() if value is not None}


def data(kind: str, **content: object) -> dict[str, Any]:
    """Return the data of an item."""
    return {"baseType": kind, "baseData": {"ver": 2, **content}}


def send(
    insights: Insights,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
    url: str = TRACK,
    method: str = "POST",
) -> httpx.Response:
    """Send *body* (bytes as they are, anything else as JSON) with a good token."""
    with httpx.Client(transport=httpx.MockTransport(insights)) as client:
        token = a_token(START, {"aud": AUDIENCE})
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return client.request(method, url, headers={**sent, **(headers or {})}, **content)
