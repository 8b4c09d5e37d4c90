"""Signing in: credentials, in JSON or XML, against a token; failures come with status 200."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import httpx

from infra.local.simulators.maas360.account import Account
from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.refusals import (
    invalid_credentials,
    locked,
    malformed,
    unsupported_media,
)
from infra.local.simulators.maas360.tokens import Tokens
from infra.local.simulators.maas360.wire import Node

FAILURES_UNTIL_LOCKED = 5  # a guess

_REQUEST, _CREDENTIALS = "authRequest", "maaS360AdminAuth"


@dataclass(slots=True)
class SignIn:
    """The door. Whoever holds one billing ID cannot sign in at another's address."""

    account: Account
    tokens: Tokens
    is_locked: bool = False
    _failures: int = field(default=0, init=False)

    def authenticate(self, call: Call) -> Node:
        """Answer version 1.0 with a token."""
        self._check(call, self.account.secrets())
        return {"authToken": self.tokens.issue(call.now), "errorCode": "0"}

    def authenticate_twice_lasting(self, call: Call) -> Node:
        """Answer version 2.0, which adds a token to get the next token with."""
        self._check(call, self.account.secrets())
        return self._both(call)

    def refresh(self, call: Call) -> Node:
        """Answer a refresh token, sent in the place of the password; no access key is needed."""
        said = _said(call.request)
        if not self.account.is_meant_by(said, secrets={}) or not self._is_here(call):
            raise invalid_credentials()
        if not self.tokens.redeem(said.get("refreshToken", ""), call.now):
            raise invalid_credentials()
        return self._both(call)

    def unlock(self) -> None:
        """Let the account sign in again, if it can."""
        self.is_locked = False
        self._failures = 0

    def _check(self, call: Call, secrets: Mapping[str, str]) -> None:
        said = _said(call.request)
        if self.is_locked:
            raise locked()
        if not self.account.is_meant_by(said, secrets=secrets) or not self._is_here(call):
            self._failures += 1
            self.is_locked = self._failures >= FAILURES_UNTIL_LOCKED
            raise invalid_credentials()
        self._failures = 0

    def _is_here(self, call: Call) -> bool:
        return call.billing_id == self.account.billing_id

    def _both(self, call: Call) -> Node:
        return {
            "authToken": self.tokens.issue(call.now),
            "errorCode": "0",
            "refreshToken": self.tokens.issue_refreshing(call.now),
        }


def _said(request: httpx.Request) -> Mapping[str, str]:
    """Return the credentials by their wire names; raise `RefusedError` if there are none."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(request.content)
    if kind in {"application/xml", "text/xml"}:
        return _from_xml(request.content)
    raise unsupported_media()


def _from_json(content: bytes) -> Mapping[str, str]:
    try:
        body: Any = json.loads(content)
        credentials = body[_REQUEST][_CREDENTIALS]
        return {name: str(value) for name, value in credentials.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise malformed("The request is not an authRequest") from error


def _from_xml(content: bytes) -> Mapping[str, str]:
    try:
        root = ET.fromstring(content)  # noqa: S314 -- of our own clients
    except ET.ParseError as error:
        raise malformed("The request is not XML") from error
    credentials = root.find(_CREDENTIALS)
    if root.tag != _REQUEST or credentials is None:
        raise malformed("The request is not an authRequest")
    return {element.tag: element.text or "" for element in credentials}
