"""Reads one event by paths, which a vendor's file or an administrator gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.devices.model import Ownership
from shared.devices.subject import Subject
from shared.errors import Rejected
from shared.mdm.facts import address, text
from shared.mdm.moments import moment
from shared.mdm.paths import Path, find, steps
from shared.mdm.settings import Fields
from shared.mdm.vendor import Heard

LONGEST_DEVICE_ID: Final = 256  # characters, as in our signals

Fact = Callable[[object], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads events of one shape; each name in `Fields` with its paths, taken apart."""

    paths: dict[str, tuple[Path, ...]]
    events: Path  # to the list of events, where one body holds several

    @classmethod
    def of(cls, fields: Fields) -> "Reader":
        """Return the reader, or raise Misconfigured if one of the paths is none."""
        given = {name: getattr(fields, name) for name in fields.__struct_fields__}
        events = given.pop("events")
        return cls(
            paths={name: tuple(map(steps, paths)) for name, paths in given.items()},
            events=steps(events) if events else (),
        )

    def hear(self, event: object) -> Heard:
        """Return what the event says, or raise Rejected if it does not say what happened."""
        kind = self.first(event, "kind")
        if not kind:
            raise Rejected("the event does not say what has happened")
        return Heard(
            kind=kind,
            subject=self.subject(event),
            event_id=self.first(event, "event_id"),
            occurred_at=next(filter(None, map(moment, self._all(event, "occurred_at"))), None),
            ownership=Ownership(self.first(event, "ownership").lower()),
        )

    def subject(self, event: object) -> Subject:
        """Return all that the event gives of a device and its owner."""
        return Subject(
            upn=self.first(event, "upn", address),
            mail=self.first(event, "mail", address),
            directory_id=self.first(event, "directory_id"),
            eas_device_id=self.first(event, "eas_device_id", _device_id),
            serial=self.first(event, "serial"),
            udid=self.first(event, "udid"),
            imei=self.first(event, "imei"),
            mdm_id=self.first(event, "mdm_id"),
            model=self.first(event, "model"),
            os=_os(self.first(event, "os"), self.first(event, "os_version")),
            name=self.first(event, "name"),
        )

    def first(self, event: object, name: str, fact: Fact = text) -> str:
        """Return the first of a field's paths that leads to a fact; empty if none does."""
        return next(filter(None, map(fact, self._all(event, name))), "")

    def _all(self, event: object, name: str) -> list[object]:
        return [find(event, path) for path in self.paths[name]]


def _device_id(value: object) -> str:
    return text(value, LONGEST_DEVICE_ID)


def _os(name: str, version: str) -> str:
    """Return both, unless the name has the version in it already."""
    both = name if version in name else f"{name} {version}".strip()
    return text(both)
