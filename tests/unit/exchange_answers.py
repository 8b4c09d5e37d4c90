"""Exchange's answers, written by hand after what is known of the real ones."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.exchange.admin import ExchangeAdmin
from shared.exchange.probe import Probe
from shared.exchange.transport import Transport
from tests.unit.builders import DEVICE_ID, GUID, NOW, TENANT

Answer = httpx.Response | Exception
Answers = Mapping[str, Sequence[Callable[[], Answer]]]


def answer(
    status: int = 200, body: bytes | object = b"", **headers: str
) -> Callable[[], httpx.Response]:
    """Return what makes an answer; anything but bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx.Response(status, headers=named, stream=httpx.ByteStream(content))


def rows(*found: object, **extra: object) -> Callable[[], httpx.Response]:
    """Return a success with these rows."""
    body = {
        "@odata.context": "https://outlook.office365.com/adminapi/beta/x/$metadata#Collection",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
        "value": list(found),
    }
    return answer(200, {**body, **extra})


def error(
    status: int, text: str, *, code: str = "BadRequest", **headers: str
) -> Callable[[], httpx.Response]:
    """Return a cmdlet's failure: its useful text is in the details."""
    body = {
        "error": {
            "code": code,
            "message": "Error executing cmdlet",
            "details": [{"code": "Client", "target": "", "message": text}],
            "innererror": {
                "message": "Error executing cmdlet",
                "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                "stacktrace": "",
                "internalexception": {"message": "less useful", "type": "X", "stacktrace": ""},
            },
        },
        "@adminapi.warnings": [],
    }
    return answer(status, body, **headers)


def binding_error(text: str, kind: str) -> Callable[[], httpx.Response]:
    """Return a failure to bind a parameter: there are no details, the text lies deeper."""
    inner = {"message": text, "type": kind, "stacktrace": ""}
    body = {
        "error": {
            "code": "BadRequest",
            "message": "Invalid Operation",
            "innererror": {"message": "Invalid Operation", "internalexception": inner},
        }
    }
    return answer(400, body)


def mailbox_row(*, on: Sequence[str] = (), off: Sequence[str] = ()) -> dict[str, object]:
    """Return a row of Get-CASMailbox: allowed and blocked devices."""
    return {
        "Identity": "adele",
        "ActiveSyncAllowedDeviceIDs": list(on),
        "ActiveSyncAllowedDeviceIDs@odata.type": "#Collection(String)",
        "ActiveSyncBlockedDeviceIDs": list(off),
        "ActiveSyncBlockedDeviceIDs@odata.type": "#Collection(String)",
    }


def device_row(**changes: object) -> dict[str, object]:
    """Return a row of Get-MobileDevice."""
    row = {
        "DeviceId": DEVICE_ID,
        "Guid": GUID,
        "Guid@data.type": "System.Guid",
        "Guid@odata.type": "#Guid",
        "DeviceAccessState": "Quarantined",
        "DeviceAccessStateReason": "Global",
        "DeviceType": "iPhone",
        "DeviceModel": "iPhone15C2",
        "DeviceOS": "iOS 19.2",
        "DeviceUserAgent": "Apple-iPhone15C2/2301.1",
        "ClientType": "EAS",
        "ClientVersion": "16.1",
        "FirstSyncTime": "2026-02-03T08:07:47.0000000+00:00",
        "FirstSyncTime@data.type": "System.DateTime",
        "FriendlyName": None,
    }
    return {**row, **changes}


@dataclass
class FakeBearer:
    """Hands out tokens; each renewal is another one."""

    renewals: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the current token."""
        return f"secret-token-{len(self.renewals)}"

    def renewed(self, refused: str) -> str:
        """Return a new token for the refused one."""
        self.renewals.append(refused)
        return self.text()


@dataclass
class Server:
    """Answers each cmdlet in turn, the last answer for ever, and remembers what it was asked."""

    answers: Answers
    requests: list[httpx.Request] = field(default_factory=list)
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    bearer: FakeBearer = field(default_factory=FakeBearer)
    slept: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        told = json.loads(request.content)
        if "requests" in told:
            return self._batch(told["requests"])
        return self._one(told["CmdletInput"])

    def _batch(self, items: Sequence[Mapping[str, Any]]) -> httpx.Response:
        """Answer each of a batch, last things first."""
        replies: list[dict[str, object]] = []
        for item in items:
            given = self._one(item["body"]["CmdletInput"])
            body = json.loads(given.read() or b"null")
            headers = dict(given.headers)
            reply = {"id": item["id"], "status": given.status_code, "headers": headers}
            replies.insert(0, {**reply, "body": body})
        return answer(200, {"responses": replies})()

    def _one(self, asked: Mapping[str, Any]) -> httpx.Response:
        cmdlet = asked["CmdletName"]
        turn = len(self.parameters(cmdlet))
        self.calls.append((cmdlet, asked["Parameters"]))
        turns = self.answers[cmdlet]
        given = turns[min(turn, len(turns) - 1)]()
        if isinstance(given, Exception):
            raise given
        return given

    def parameters(self, cmdlet: str) -> list[dict[str, object]]:
        """Return the parameters of each call of a cmdlet."""
        return [parameters for name, parameters in self.calls if name == cmdlet]

    @property
    def transport(self) -> Transport:
        """Return what speaks to this server."""
        return Transport(
            httpx.Client(transport=httpx.MockTransport(self)),
            base_url="https://exchange.example",
            tenant_id=TENANT,
            bearer=self.bearer,
        )

    @property
    def admin(self) -> ExchangeAdmin:
        """Return this server seen through our adapter, which does not really sleep."""
        probe = Probe(self.transport.exported_cmdlets, lambda: NOW)
        return ExchangeAdmin(self.transport, probe, sleep=self.slept.append)


def server(**cmdlets: Callable[[], Answer] | Sequence[Callable[[], Answer]]) -> Server:
    """Return a server that knows these cmdlets, written with an underscore for the hyphen."""
    return Server(
        {
            name.replace("_", "-"): given if isinstance(given, Sequence) else [given]
            for name, given in cmdlets.items()
        }
    )
