"""Microsoft Graph's answers about app registrations, composed after its documentation."""

import base64
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx

from shared.directory.applications import Applications
from tests.unit.builders import CLIENT
from tests.unit.entra import a_der

OBJECT = "aaaaaaaa-0000-4000-8000-000000000001"
KEY = "bbbbbbbb-0000-4000-8000-000000000001"
BASE = "https://graph.example"


def a_key_credential(**changes: object) -> dict[str, Any]:
    """Return a registered certificate as Graph shows it."""
    fields = {
        "customKeyIdentifier": base64.b64encode(sha256(a_der()).digest()).decode(),
        "displayName": "CN=easgate",
        "endDateTime": "2026-08-12T09:00:00Z",
        "key": None,
        "keyId": KEY,
        "startDateTime": "2026-05-03T09:00:00.1234567Z",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "hasExtendedValue": None,  # something nobody has told us of
    }
    return {**fields, **changes}


def an_application(*keys: dict[str, Any], **changes: object) -> httpx.Response:
    """Return an application with these keys."""
    fields = {
        "@odata.context": f"{BASE}/v1.0/$metadata#applications/$entity",
        "id": OBJECT,
        "appId": CLIENT,
        "displayName": "easgate",
        "signInAudience": "AzureADMyOrg",
        "keyCredentials": list(keys),
    }
    return httpx.Response(200, json={**fields, **changes})


def a_refusal(status: int, code: str, message: str = "No.", *details: str) -> httpx.Response:
    """Return a refusal; its message may quote anything."""
    error: dict[str, object] = {
        "code": code,
        "message": message,
        "innerError": {"date": "2026-05-04T10:00:00", "request-id": "request-1"},
    }
    if details:
        error["details"] = [{"code": each, "message": message} for each in details]
    return httpx.Response(status, json={"error": error})


@dataclass
class Graph:
    """Answers each request with the next answer, and the last one for ever."""

    answers: list[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The method and path of each request."""
        return [(each.method, each.url.path) for each in self.requests]


def applications(*answers: httpx.Response | Exception) -> tuple[Applications, Graph]:
    """Return the registrations of a Graph that answers like this."""
    graph = Graph(list(answers))
    return Applications(httpx.Client(transport=httpx.MockTransport(graph)), BASE), graph
