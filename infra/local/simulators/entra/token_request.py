"""A request for a token, read from its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl

import httpx

from infra.local.simulators.entra.refusals import RefusedError

Form = Mapping[str, str]
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a client-credentials request asks for, and by which credential."""

    client_id: str
    resource: str
    assertion: str  # empty: there is none of a kind that is known
    secret: str

    @classmethod
    def read(cls, form: Form) -> Self:
        """Read the form; raise `RefusedError` for what is missing or not of this grant."""
        typed = form.get("client_assertion_type") == _ASSERTION_TYPE
        return cls(
            client_id=required(form, "client_id"),
            resource=_resource(required(form, "scope")),
            assertion=form.get("client_assertion", "") if typed else "",
            secret=form.get("client_secret", ""),
        )


def read_form(request: httpx.Request) -> Form:
    """Read the form; another content type reads as empty, so a parameter is found missing."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(request.content.decode("utf-8", errors="replace")))


def required(form: Form, name: str) -> str:
    """Return a parameter, or raise `RefusedError` if it is missing."""
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
