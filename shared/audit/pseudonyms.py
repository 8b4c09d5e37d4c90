"""Names of persons and phones, told apart in the audit without being named."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shared.telemetry.redaction import hidden

KINDS = {  # of names, by the field that holds one
    "mailbox": "mailbox",
    "mailboxes": "mailbox",
    "device_id": "device",
    "more_devices": "device",
    "device_ids": "device",
    "guid": "partnership",
    "user": "mailbox",  # mostly the same name
    "directory_id": "person",
    "serial_number": "certificate",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pseudonyms:
    """
    Keyed hashes: the same name has the same one for as long as the key is the same.

    Whoever has the key can find a person's records, and check a name against one; nobody
    else can, as with a plain hash, by trying all names there are.
    """

    key: bytes

    @property
    def key_name(self) -> str:
        """Which key it is: another one gives other pseudonyms."""
        return self.of("key", "")[:8]

    def of(self, kind: str, name: str) -> str:
        """Return the pseudonym; letter case does not count."""
        told = f"{kind}\0{name.lower()}".encode(errors="replace")
        return hmac.digest(self.key, told, sha256).hex()[:32]


def veiled(value: object, names: Pseudonyms | None, private: Sequence[str] = ()) -> Any:  # noqa: ANN401 - JSON
    """
    Return JSON in which nobody is named.

    Fields that hold names get pseudonyms, or are left out where there is no key; in any
    other text mail addresses are hidden, and what is *private*. Numbers with a fraction
    become text: their spelling differs between languages.
    """
    match value:
        case Mapping():
            fields = {
                str(name): _field(str(name), each, names, private) for name, each in value.items()
            }
            return {name: each for name, each in fields.items() if each is not _LEFT_OUT}
        case str():
            # What is no text at all, such as half a character, cannot be written as JSON.
            return hidden(value.encode(errors="replace").decode(), private)
        case float():
            return int(value) if value.is_integer() else repr(value)
        case list() | tuple():
            return [veiled(each, names, private) for each in value]
        case _:
            return value


_LEFT_OUT = object()


def _field(name: str, value: object, names: Pseudonyms | None, private: Sequence[str]) -> object:
    kind = KINDS.get(name)
    if kind is None or not value:
        return veiled(value, names, private)
    if names is None:
        return _LEFT_OUT
    if isinstance(value, str):
        return names.of(kind, value)
    if isinstance(value, list | tuple):
        return [names.of(kind, str(each)) for each in value]
    return veiled(value, names, private)
