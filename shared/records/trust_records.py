"""What the watch over authorities and CRLs remembers: rows of `trust`."""

from contextlib import suppress
from datetime import datetime

from shared.errors import Contended
from shared.records.tables import Entity, Table
from shared.trust.watched import CrlPlace, KnownAuthority, KnownCrl, WatchedAuthority

AUTHORITY, CRL = "authority-", "crl-"
# Of each, of a tenant: a row stays for each that was ever followed, and one that is not read
# would be told of as if it were new.
AT_MOST = 20_000


class TrustRecords:
    """
    Partition: tenant; row: `authority-` and its thumbprint, or `crl-` and the key of its place.

    A CRL is written only as the row was read: whoever was overtaken has told the same under
    the same ids, and the next look goes by what the other one has noted.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def authorities(self, tenant_id: str) -> dict[str, KnownAuthority]:
        """Return what is known of a tenant's authorities, by their thumbprints."""
        found = map(_authority, self._table.first(tenant_id, AUTHORITY, AT_MOST))
        return {each.authority.thumbprint: each for each in found}

    def note(self, tenant_id: str, known: KnownAuthority) -> None:
        """Note what is known of an authority; fewer occurrences than are noted do not count."""
        authority, row = known.authority, AUTHORITY + known.authority.thumbprint
        stored = self._table.get(tenant_id, row)
        if stored is not None and _authority(stored).occurrence > known.occurrence:
            return
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": row,
            "thumbprint": authority.thumbprint,
            "name": authority.name,
            "ends_at": authority.ends_at.isoformat(),
            "occurrence": known.occurrence,
            "is_trusted": known.is_trusted,
        }
        self._put(entity, str(stored["etag"]) if stored else "")

    def crls(self, tenant_id: str) -> dict[str, KnownCrl]:
        """Return what is known of a tenant's CRLs, by the keys of their places."""
        found = map(_crl, self._table.first(tenant_id, CRL, AT_MOST))
        return {each.place.key: each for each in found}

    def keep(self, tenant_id: str, known: KnownCrl) -> None:
        """Note what is known of a CRL, unless somebody has noted more since it was read."""
        place = known.place
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": CRL + place.key,
            "thumbprint": place.thumbprint,
            "name": place.name,
            "crl_url": place.crl_url,
            "delta_crl_url": place.delta_crl_url,
            "occurrence": known.occurrence,
            "is_open": known.is_open,
            "told": "\n".join(known.told),
            # A CRL number has up to 20 bytes, more than a number of the table.
            "number": "" if known.number is None else str(known.number),
            "next_update": _text(known.next_update),
            "failing_since": _text(known.failing_since),
            "looked_at": _text(known.looked_at),
        }
        self._put(entity, known.etag)

    def _put(self, entity: Entity, etag: str) -> None:
        """Write a row as it was read; whoever was overtaken gives way."""
        if not etag:
            self._table.insert(entity)
            return
        with suppress(Contended):
            self._table.replace(entity, etag)


def _authority(row: Entity) -> KnownAuthority:
    return KnownAuthority(
        authority=WatchedAuthority(
            thumbprint=str(row["thumbprint"]),
            name=str(row["name"]),
            ends_at=datetime.fromisoformat(str(row["ends_at"])),
        ),
        occurrence=int(str(row["occurrence"])),
        is_trusted=bool(row["is_trusted"]),
    )


def _crl(row: Entity) -> KnownCrl:
    number = str(row["number"])
    return KnownCrl(
        place=CrlPlace(
            thumbprint=str(row["thumbprint"]),
            name=str(row["name"]),
            crl_url=str(row["crl_url"]),
            delta_crl_url=str(row["delta_crl_url"]),
        ),
        occurrence=int(str(row["occurrence"])),
        is_open=bool(row["is_open"]),
        told=tuple(str(row["told"]).splitlines()),
        number=int(number) if number else None,
        next_update=_moment(str(row["next_update"])),
        failing_since=_moment(str(row["failing_since"])),
        looked_at=_moment(str(row["looked_at"])),
        etag=str(row["etag"]),
    )


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
