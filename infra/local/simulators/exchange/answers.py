"""HTTP responses as the admin API shapes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

import httpx
import msgspec

from infra.local.simulators.exchange.errors import CmdletError, Layer

_JSON = (
    "application/json;odata.metadata=minimal;odata.streaming=true;"
    "IEEE754Compatible=false;charset=utf-8"
)
_CODES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound"}
_WARNINGS_TYPE = {"adminapi.warnings@odata.type": "#Collection(String)"}
_CHALLENGE = (
    'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", '
    'trusted_issuers="00000001-0000-0000-c000-000000000000@*", '
    'token_types="app_asserted_user_v1 service_asserted_app_v1", '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
)


class Prefix(StrEnum):
    """What stands before the text of a cmdlet's error; all three have been seen in the wild."""

    BARE = "||"
    TYPED = "|{exception}|"
    NUMBERED = "Ex6F9304|{exception}|"


class Details(StrEnum):
    """How details[0].message is written."""

    TEXT = "text"
    JSON = "a serialised exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStyle:
    """Which of the known dialects the service speaks today."""

    prefix: Prefix = Prefix.BARE
    details: Details = Details.TEXT
    not_found_status: int = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command that worked has to say."""

    rows: Sequence[Mapping[str, object]] = ()
    warnings: Sequence[str] = ()
    next_link: str | None = None
    confirmation: str | None = None


def success(url: httpx.URL, said: Answer) -> httpx.Response:
    """Return 200 with the OData envelope; *url* is the one that was called."""
    tenant_url = str(url.copy_with(query=None, path="/".join(url.path.split("/")[:4])))
    body: dict[str, object] = {
        "@odata.context": f"{tenant_url}/$metadata#Collection(Exchange.GenericHashTable)",
        **_WARNINGS_TYPE,
        "@adminapi.warnings": list(said.warnings),
    }
    if said.confirmation:
        body["@adminapi.confirmationmessage"] = said.confirmation
    if said.next_link:
        body["@odata.nextLink"] = said.next_link
    return as_json(200, body | {"value": list(said.rows)})


def as_json(status: int, body: object) -> httpx.Response:
    """Return *body* with the headers that every JSON answer carries."""
    headers = {
        "Content-Type": _JSON,
        "OData-Version": "4.0",
        "Preference-Applied": 'odata.include-annotations="*"',
    }
    return answer(status, headers, msgspec.json.encode(body))


def answer(
    status: int, headers: Mapping[str, str] | None = None, content: bytes = b""
) -> httpx.Response:
    """
    Return an answer that nobody has read yet, as if it came from a socket.

    So a client may read its raw bytes, and httpx does not decode what only claims to be gzip.
    """
    own = {"Content-Length": str(len(content)), "request-id": str(uuid4())}
    stream = httpx.ByteStream(content)
    return httpx.Response(status, headers={**own, **(headers or {})}, stream=stream)


def error(failed: CmdletError, style: ErrorStyle) -> httpx.Response:
    """Return the error body in the given dialect."""
    status = failed.status or style.not_found_status
    inner_type = (
        "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException"
        if failed.layer is Layer.CMDLET
        else failed.exception
    )
    title = "Error executing cmdlet" if failed.layer is Layer.CMDLET else "Invalid Operation"
    said: dict[str, object] = {"code": _CODES.get(status, "InternalServerError")}
    said["message"] = title
    if failed.layer is not Layer.TRANSFORMATION:
        message = _detail(failed, style)
        said["details"] = [{"code": "Client", "target": "", "message": message}]
    said["innererror"] = {
        "message": title,
        "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        "stacktrace": "",
        "internalexception": {"message": failed.text, "type": inner_type, "stacktrace": ""},
    }
    return as_json(status, {"error": said, **_WARNINGS_TYPE, "@adminapi.warnings": []})


def _detail(failed: CmdletError, style: ErrorStyle) -> str:
    if failed.layer is Layer.BINDING:
        return f"|{failed.exception}|{failed.text}"
    if style.details is Details.JSON:
        localized = {"stringId": "Ex6F9304"}
        said = {"ClassName": failed.exception, "Message": failed.text, "localizedString": localized}
        return json.dumps(said)
    return style.prefix.format(exception=failed.exception) + failed.text


def nul_403() -> httpx.Response:
    """Return the 403 of a missing role: NUL bytes that claim to be gzip and are not."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return answer(403, headers, bytes(8192))


def bodyless_403(diagnostics: str) -> httpx.Response:
    """Return the 403 of a wrong permission, explained in a header only."""
    said = f'2000003;reason="{diagnostics}"'
    return answer(403, {"x-ms-diagnostics": said})


def busy(status: int, retry_after: str | None, text: str) -> httpx.Response:
    """Return a 429, 503 or 504; Retry-After is an integer, a decimal or absent."""
    headers = {"Content-Type": "text/plain"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return answer(status, headers, text.encode())


def unauthorized(reason: str, claims: str | None = None) -> httpx.Response:
    """Return 401 with the challenge; *claims* is the base64 of a continuous-access demand."""
    challenge = f'{_CHALLENGE}, error="invalid_token"'
    if claims:
        challenge = f'{_CHALLENGE}, error="insufficient_claims", claims="{claims}"'
    said = f'2000003;reason="{reason}";error_category="invalid_token"'
    return answer(401, {"WWW-Authenticate": challenge, "x-ms-diagnostics": said})


def not_allowed_to_call(name: str) -> httpx.Response:
    """Return the JSON 401 that GET endpoints give a caller without a role."""
    said = {"code": "Unauthorized", "message": f"User is not allowed to call {name}"}
    return as_json(401, {"error": said})
