"""Microsoft Graph's answers about the trust in users' certificates, after its documentation."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.directory.tenant_trust import TenantTrust
from tests.unit.builders import TENANT
from tests.unit.entra import a_der
from tests.unit.graph_answers import BASE

Answer = httpx.Response | Exception
Answers = Mapping[str, Answer | Sequence[Answer]]  # by "METHOD path", below the version

PKIS = "directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
CAS = f"{PKIS}/pki-1/certificateAuthorities"
DELETED = "directory/deletedItems/microsoft.graph.certificateAuthorityDetail"
CLASSIC = f"organization/{TENANT}/certificateBasedAuthConfiguration"
CLASSIC_ID = "29728ade-6ae4-4ee9-9103-412912537da5"
METHOD = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate"
USER = "0d0d0d0d-1111-4222-8333-444444444444"
TOKEN = "the-token"
DELTA = "deltacertificateRevocationListUrl"
HERE = "http://crl.example/ca.crl"
DONE = httpx.Response(204)


@dataclass
class Routes:
    """Answers each "METHOD path" with its next answer, and with its last one for ever."""

    answers: dict[str, list[Answer]]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        asked = f"{request.method} {_path(request)}"
        assert asked in self.answers, asked
        turns = self.answers[asked]
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def writes(self) -> list[tuple[str, Any]]:
        """What was asked for beyond reading: "METHOD path", and what was sent."""
        return [
            (f"{each.method} {_path(each)}", json.loads(each.content or b"null"))
            for each in self.requests
            if each.method != "GET"
        ]


def _path(request: httpx.Request) -> str:
    """Return the path as it went out, below the version: v1.0, if none is named."""
    return request.url.raw_path.decode().partition("?")[0].removeprefix("/v1.0/").lstrip("/")


def a_trust(answers: Answers, *, may_write: bool = True) -> tuple[TenantTrust, Routes]:
    """Return a tenant's trust in a Graph that answers like this; see `Routes`."""
    routes = Routes(
        {
            asked: list(told) if isinstance(told, Sequence) else [told]
            for asked, told in answers.items()
        }
    )
    http = httpx.Client(transport=httpx.MockTransport(routes))
    trust = TenantTrust(
        http,
        BASE,
        tenant_id=TENANT,
        token=lambda: TOKEN,
        roles=lambda token: [f"role of {token}"],
        may_write=may_write,
    )
    return trust, routes


def page(*rows: object, following: str = "") -> httpx.Response:
    """Return one page of a listing."""
    link = {"@odata.nextLink": f"{BASE}/v1.0/{following}"} if following else {}
    return httpx.Response(200, json={"value": list(rows), **link})


def base64_of(serial: int = 1) -> str:
    """Return a certificate as Graph shows it."""
    return base64.b64encode(a_der(serial)).decode()


def a_ca(serial: int = 1, **changes: object) -> dict[str, object]:
    """Return an authority as the PKI store shows it."""
    shown = {
        "@odata.type": "#microsoft.graph.certificateAuthorityDetail",
        "id": f"ca-{serial}",
        "deletedDateTime": None,
        "certificateAuthorityType": "root",
        "certificate": base64_of(serial),
        "displayName": "Contoso root",
        "issuer": "CN=easgate",
        "issuerSubjectKeyIdentifier": "C0E9",
        "createdDateTime": "2026-01-01T00:00:00Z",
        "expirationDateTime": "2026-08-12T09:00:00Z",
        "thumbprint": "C6FA",
        "certificateRevocationListUrl": HERE,
        DELTA: None,
        "isIssuerHintEnabled": False,
    }
    return {**shown, **changes}


def a_classic(*serials: int, **changes: object) -> dict[str, object]:
    """Return what the classic store shows, with these authorities."""
    rows = [
        {
            "isRootAuthority": True,
            "certificateRevocationListUrl": HERE,
            "deltaCertificateRevocationListUrl": None,
            "certificate": base64_of(serial),
            "issuer": "CN=easgate",
            "issuerSki": "C0E9",
            **changes,
        }
        for serial in serials
    ]
    return {"id": CLASSIC_ID, "certificateAuthorities": rows}
