"""A request for a token, read from its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl

import httpx

from infra.local.simulators.entra.refusals import RefusedError

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a client-credentials request with an assertion asks for."""

    client_id: str
    resource: str
    assertion: str

    @classmethod
    def read(cls, request: httpx.Request) -> Self:
        """Read the form; raise `RefusedError` for what is missing or not of this grant."""
        form = _form(request)
        grant_type = _required(form, "grant_type")
        if grant_type != "client_credentials":
            raise RefusedError(70003, f"The grant type '{grant_type}' is not supported.")
        return cls(
            client_id=_required(form, "client_id"),
            resource=_resource(_required(form, "scope")),
            assertion=_assertion(form),
        )


def _form(request: httpx.Request) -> dict[str, str]:
    """Read the form; another content type reads as empty, so a parameter is found missing."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(request.content.decode("utf-8", errors="replace")))


def _required(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise RefusedError(
            900144, f"The request body must contain the following parameter: '{name}'."
        )
    return form[name]


def _resource(scope: str) -> str:
    if len(scope.split()) != 1:
        raise RefusedError(70011, f"The provided value for scope {scope} is not valid.")
    resource, _, permission = scope.rpartition("/")
    if permission != ".default" or not resource:
        raise RefusedError(
            1002012,
            f"The provided value for scope {scope} is not valid. Client credential flows must have "
            "a scope value with /.default suffixed to the resource identifier.",
        )
    return resource


def _assertion(form: Mapping[str, str]) -> str:
    if form.get("client_assertion_type") != _ASSERTION_TYPE or not form.get("client_assertion"):
        raise RefusedError(
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'.",
        )
    return form["client_assertion"]
