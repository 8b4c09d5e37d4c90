"""Rows on the wire: property annotations, value formats and the tail every directory row has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from infra.local.simulators.exchange.errors import DOMAIN_CONTROLLER

Values = Mapping[str, object]
LazyRow = Callable[[], Values]  # built when its page is sent
_FOREST = "NAMPR01A001.PROD.OUTLOOK.COM"


def annotate(values: Values, select: Collection[str] | None) -> dict[str, object]:
    """Return the row as JSON, each typed property behind its annotations."""
    row: dict[str, object] = {}
    for name, value in values.items():
        if select is not None and name not in select:
            continue
        write = _WRITERS.get(type(value))
        if write is None:
            row[name] = value
        else:
            write(row, name, value)
    return row


def _guid(row: dict[str, object], name: str, value: UUID) -> None:
    row[name + "@data.type"] = "System.Guid"
    row[name + "@odata.type"] = "#Guid"
    row[name] = str(value)


def _date(row: dict[str, object], name: str, value: datetime) -> None:
    row[name + "@data.type"] = "System.DateTime"
    row[name] = timestamp(value)


def _int32(row: dict[str, object], name: str, value: int) -> None:
    row[name + "@data.type"] = "System.Int32"
    row[name] = value


def _texts(row: dict[str, object], name: str, value: object) -> None:
    row[name + "@odata.type"] = "#Collection(String)"
    row[name] = value


# By exact type: a boolean is no number here, and most values are plain.
_WRITERS: dict[type, Callable[[dict[str, object], str, Any], None]] = {
    UUID: _guid,
    datetime: _date,
    int: _int32,
    list: _texts,
    tuple: _texts,
}


def timestamp(moment: datetime) -> str:
    """Return the form 2022-09-21T08:07:47.0000000+00:00: seven decimals."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "0+00:00"


@dataclass(slots=True, kw_only=True)
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


@cache
def organizational_unit(organization: str) -> str:
    """Return the canonical name of the unit that holds a tenant's objects."""
    return f"{_FOREST}/Microsoft Exchange Hosted Organizations/{organization}"


def tail(entry: DirectoryEntry) -> Values:
    """Return the twenty properties with which every directory row ends."""
    unit = organizational_unit(entry.organization)
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
