"""The InvokeCommand request: its body, and what its URL and headers ask for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.errors import CmdletError, HttpError, Layer

PAGE_LIMIT = 1000
_PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*([^;,\s]*)", re.IGNORECASE)
_KNOWN_OPTIONS = {"$select", "$skiptoken"}


class Form(Enum):
    """How a cmdlet was asked for."""

    POST = auto()
    GET = auto()  # one of the few that are also addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of a cmdlet."""

    cmdlet: str
    parameters: Mapping[str, object]
    select: frozenset[str] | None
    skip_token: str | None
    page_size: int
    anchor: str | None
    headers: Mapping[str, str]  # names in lower case, without the token
    form: Form = Form.POST
    wants_clixml: bool = False


def read_invocation(request: httpx.Request) -> Invocation:
    """Return what the request asks for, or raise HttpError or CmdletError."""
    if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
        raise HttpError(answers.answer(415))
    cmdlet, parameters = _read_body(request.read())
    return _invocation(request, cmdlet, parameters, Form.POST)


def read_address(
    request: httpx.Request, cmdlet: str, parameters: Mapping[str, object]
) -> Invocation:
    """Return what a GET asks for whose address names cmdlet and parameters, or raise."""
    return _invocation(request, cmdlet, parameters, Form.GET)


def _invocation(
    request: httpx.Request, cmdlet: str, parameters: Mapping[str, object], form: Form
) -> Invocation:
    options = request.url.params
    if unknown := {name for name in options if name.startswith("$")} - _KNOWN_OPTIONS:
        raise malformed(f"Unknown query options: {', '.join(sorted(unknown))}.")
    selected = options.get("$select")
    return Invocation(
        cmdlet=cmdlet,
        parameters=parameters,
        select=None if selected is None else frozenset(re.split(r"\s*,\s*", selected)),
        skip_token=options.get("$skiptoken"),
        page_size=_page_size(request.headers.get("Prefer", "")),
        anchor=request.headers.get("X-AnchorMailbox"),
        headers={
            name.lower(): value
            for name, value in request.headers.items()
            if name.lower() != "authorization"
        },
        form=form,
        wants_clixml=_wants_clixml(request.headers),
    )


def _wants_clixml(headers: httpx.Headers) -> bool:
    wanted: str = headers.get("X-ResponseFormat", "json").casefold()
    level: str = headers.get("X-SerializationLevel", "Partial").casefold()
    if wanted not in {"json", "clixml"} or level not in {"partial", "full"}:
        raise malformed("X-ResponseFormat is json or clixml, at level Partial or Full.")
    return wanted == "clixml"


def _read_body(body: bytes) -> tuple[str, Mapping[str, object]]:
    try:
        sent = json.loads(body.decode("utf-8"))
    except ValueError as error:
        raise malformed("The body is not JSON in UTF-8.") from error
    command = sent.get("CmdletInput") if isinstance(sent, dict) and len(sent) == 1 else None
    if not isinstance(command, dict) or command.keys() != {"CmdletName", "Parameters"}:
        raise malformed("The body must be CmdletInput with CmdletName and Parameters.")
    name, parameters = command["CmdletName"], command["Parameters"]
    if not isinstance(name, str) or not isinstance(parameters, dict):
        raise malformed("CmdletName must be a text and Parameters an object.")
    return name, parameters


def _page_size(prefer: str) -> int:
    match = _PAGE_SIZE.search(prefer)
    if not match:
        return PAGE_LIMIT
    if not match[1].isdigit() or not 1 <= int(match[1]) <= PAGE_LIMIT:
        raise malformed(f"odata.maxpagesize must be a number from 1 to {PAGE_LIMIT}.")
    return int(match[1])


def malformed(text: str) -> CmdletError:
    """Return the error for a request that is not in the shape of one."""
    return CmdletError(
        text,
        exception="Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        layer=Layer.TRANSFORMATION,
    )
