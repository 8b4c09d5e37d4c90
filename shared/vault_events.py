"""
What Event Grid tells of the vault's certificates, on the queue vault-events.

Only which certificate it is about is read. Whatever else an event says is not believed:
it makes us look, and the look is what counts. Schemas, spelling and spaces vary, between
what is documented and what is sent.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from shared.errors import Rejected

QUEUE = "vault-events"
TYPES = frozenset(
    f"microsoft.keyvault.certificate{what}"
    for what in ("newversioncreated", "nearexpiry", "expired")
)
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultEvent:
    """One event of a vault."""

    kind: str
    certificate_name: str = ""
    vault_name: str = ""
    vault_host: str = ""  # with its port; empty if the event does not say

    @property
    def is_of_certificate(self) -> bool:
        """Whether it is of a type that makes us look."""
        return self.kind.lower() in TYPES

    def is_of_vault(self, url: str) -> bool:
        """Whether it came from the vault at this address."""
        host = urlsplit(url).netloc.lower()
        name = host.partition(".")[0]
        return self.vault_host == host or self.vault_name == name

    def is_about(self, certificate_name: str) -> bool:
        """Whether it is about the certificate; the vault does not tell cases apart."""
        return self.certificate_name == certificate_name.lower()


def each(body: bytes) -> list[bytes]:
    """Return the events of a message one by one: one is usual, an array is possible."""
    try:
        return [bytes(event) for event in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except UNREADABLE:
        return [body]


def read(body: bytes) -> VaultEvent:
    """Return the event; Rejected if it is none, or does not say what it is about."""
    try:
        event = _plain(msgspec.json.decode(body, type=Fields))
    except UNREADABLE as error:
        raise Rejected(f"the message is no event: {error}") from error
    kind = _text(event, "eventtype") or _text(event, "type")
    if not kind:
        raise Rejected("the message is no event: it has no type")
    found = _of(kind, event)
    if found.is_of_certificate and not (
        found.certificate_name and (found.vault_name or found.vault_host)
    ):
        raise Rejected("the event does not say which certificate of which vault it is about")
    return found


def _of(kind: str, event: Fields) -> VaultEvent:
    told = event.get("data")
    data = _plain(told) if isinstance(told, dict) else {}
    source = _text(event, "topic") or _text(event, "source")
    name = _text(data, "objectname") or _text(event, "subject")
    return VaultEvent(
        kind=kind,
        certificate_name=name.lower(),
        vault_name=(_text(data, "vaultname") or source.rpartition("/")[2]).lower(),
        vault_host=_host(_text(data, "id")),
    )


def _plain(fields: Fields) -> Fields:
    """Return the fields without the spaces and the case that their names vary in."""
    return {name.strip().lower(): value for name, value in fields.items()}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:  # such as a bracket that is never closed
        return ""
