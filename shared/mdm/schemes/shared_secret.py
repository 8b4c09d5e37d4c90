"""
A secret that travels with the call: in a header, the address, or the body.

It proves that the sender knows it, not that nobody has changed the body on the way; TLS
has to do that. The vault holds it as the sender sends it, for Basic as `user:password`.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.constant_time import encoded, same
from shared.mdm.schemes.vault_text import LEAST_TEXT, as_meant, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSecret:
    """The secret that a call carries."""

    text: str = field(repr=False)
    delivery_id: str = ""

    def holds(self, secret: str) -> bool:
        """Tell whether it is the vault's; Misconfigured if that one can be guessed."""
        return same(self.text, plain(secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPassword:
    """The user name and password that a call carries, in base64."""

    text: str = field(repr=False)
    delivery_id: str = ""

    def holds(self, secret: str) -> bool:
        """Tell whether they are the vault's; Misconfigured if that one is not user:password."""
        credentials = as_meant(secret)
        _, _, password = credentials.partition(":")
        if len(password) < LEAST_TEXT:
            raise Misconfigured(
                "the sender's secret in the vault is not a user name, a colon and a password of "
                f"{LEAST_TEXT} characters or more: store one that is, and give it to the sender"
            )
        return same(self.text, base64.b64encode(encoded(credentials)).decode())


@dataclass(frozen=True, slots=True)
class InHeader:
    """The secret is all that a header holds."""

    name: str

    def claim(self, call: Call, now: datetime) -> GivenSecret:
        """Return what the header holds, or raise Unverified."""
        del now
        return GivenSecret(text=_given(call.headers.get(self.name.lower()), self.name))


@dataclass(frozen=True, slots=True)
class Bearer:
    """A bearer token of RFC 6750, in its header; one in the address is InUrl's."""

    def claim(self, call: Call, now: datetime) -> GivenSecret:
        """Return the token, or raise Unverified."""
        del now
        text = _after("bearer ", call.headers.get("authorization"))
        return GivenSecret(text=_given(text, "the bearer token"))


@dataclass(frozen=True, slots=True)
class Basic:
    """A user name and password as RFC 7617 has them, in UTF-8."""

    def claim(self, call: Call, now: datetime) -> GivenPassword:
        """Return the credentials, or raise Unverified."""
        del now
        text = _after("basic ", call.headers.get("authorization"))
        return GivenPassword(text=_given(text, "Authorization: Basic"))


@dataclass(frozen=True, slots=True)
class InUrl:
    """
    The secret is part of the address; logs and proxies on the way see it.

    `access_token` is RFC 6750's name for it, and so that of CloudEvents' webhooks.
    """

    def claim(self, call: Call, now: datetime) -> GivenSecret:
        """Return the query parameter `token` or `access_token`, or raise Unverified."""
        del now
        text = call.query.get("token") or call.query.get("access_token")
        return GivenSecret(text=_given(text, "the token in the address"))


@dataclass(frozen=True, slots=True)
class InBody:
    """
    The secret is in the JSON of the body, at a path like `sharedSecret`.

    `value[*].clientState` is one in each item of a list: all must be there and be the same.
    """

    path: str

    def claim(self, call: Call, now: datetime) -> GivenSecret:
        """Return the secret, or raise Unverified; nothing else of the body is made use of."""
        del now
        try:
            document: object = msgspec.json.decode(call.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Unverified("the body that should hold the secret is not JSON") from None
        found = set(_texts(document, self.path))
        if len(found) > 1:
            raise Unverified(f"{self.path} holds several secrets in one body")
        return GivenSecret(text=_given(next(iter(found), None), self.path))


def _given(text: str | None, place: str) -> str:
    if not text:
        raise Unverified(f"{place} is missing or empty")
    return text


def _after(word: str, header: str | None) -> str | None:
    """Return what follows the scheme's name, in which case does not count."""
    if header is None or not header[: len(word)].lower().startswith(word):
        return None
    return header[len(word) :].strip(" ")


def _texts(document: object, path: str) -> Iterable[str]:
    """Return the text at every place that the path leads to; empty where there is none."""
    found = [document]
    for step in path.replace("[*]", ".*").removeprefix(".").split("."):
        found = [inner for each in found for inner in _inner(each, step)]
    return (each if isinstance(each, str) else "" for each in found)


def _inner(value: object, step: str) -> list[object]:
    if step == "*":
        return value if isinstance(value, list) else [None]
    return [value.get(step) if isinstance(value, dict) else None]
