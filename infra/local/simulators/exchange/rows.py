"""Rows on the wire: property annotations, value formats and the tail every directory row has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from infra.local.simulators.exchange.errors import DOMAIN_CONTROLLER

Values = Mapping[str, object]
LazyRow = Callable[[], Values]  # built when its page is sent
_FOREST = "NAMPR01A001.PROD.OUTLOOK.COM"


def annotate(values: Values, select: Collection[str] | None) -> dict[str, object]:
    """Return the row as JSON, each typed property behind its annotations."""
    row: dict[str, object] = {}
    for name, value in values.items():
        if select is None or name in select:
            row |= _property(name, value)
    return row


def _property(name: str, value: object) -> dict[str, object]:
    match value:
        case UUID():
            types = {"data": "System.Guid", "odata": "#Guid"}
            return _typed(name, types, str(value))
        case datetime():
            return _typed(name, {"data": "System.DateTime"}, timestamp(value))
        case int() if not isinstance(value, bool):
            return _typed(name, {"data": "System.Int32"}, value)
        case list() | tuple():
            return _typed(name, {"odata": "#Collection(String)"}, list(value))
        case _:
            return {name: value}


def _typed(name: str, types: Mapping[str, str], value: object) -> dict[str, object]:
    notes = {f"{name}@{kind}.type": written for kind, written in types.items()}
    return {**notes, name: value}


def timestamp(moment: datetime) -> str:
    """Return the form 2022-09-21T08:07:47.0000000+00:00: seven decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0+00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """What the common tail of a directory row is made of."""

    name: str
    identity: str
    guid: UUID
    distinguished_name: str
    object_class: tuple[str, ...]
    created: datetime
    changed: datetime
    organization: str  # the tenant's initial domain


def tail(entry: DirectoryEntry) -> Values:
    """Return the twenty properties with which every directory row ends."""
    unit = (
        f"NAMPR01A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/{entry.organization}"
    )
    return {
        "AdminDisplayName": "",
        "ExchangeVersion": "0.10 (14.0.100.0)",
        "DirectoryObjectVersion": None,
        "Name": entry.name,
        "DistinguishedName": entry.distinguished_name,
        "Identity": entry.identity,
        "ObjectCategory": f"{_FOREST}/Configuration/Schema/{entry.object_class[-1]}",
        "ObjectClass": entry.object_class,
        "WhenChanged": entry.changed,
        "WhenCreated": entry.created,
        "WhenChangedUTC": entry.changed,
        "WhenCreatedUTC": entry.created,
        "ExchangeObjectId": entry.guid,
        "OrganizationalUnitRoot": unit,
        "OrganizationId": f"{unit} - {unit}/Configuration",
        "Id": entry.identity,
        "Guid": entry.guid,
        "OriginatingServer": DOMAIN_CONTROLLER,
        "IsValid": True,
        "ObjectState": "Unchanged",
    }
