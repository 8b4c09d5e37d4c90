"""What was told of authorities and CRLs is remembered, over overlapping workers."""

from dataclasses import replace
from datetime import timedelta

from shared.records.trust_records import TrustRecords
from shared.trust.watched import CrlPlace, KnownAuthority, KnownCrl, WatchedAuthority
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeTable

AUTHORITY = KnownAuthority(
    authority=WatchedAuthority(thumbprint="ab" * 32, name="Contoso Root", ends_at=NOW),
    occurrence=1,
    is_trusted=True,
)
PLACE = CrlPlace(
    thumbprint="ab" * 32,
    name="Contoso Root",
    crl_url="http://crl.contoso.com/a%20b/root.crl?x=1#/\\",
    delta_crl_url="",
)
CRL = KnownCrl(
    place=PLACE,
    occurrence=2,
    is_open=True,
    told=("due|due|2026-05-04T10:00:00+00:00", "unreachable"),
    number=2**159,
    next_update=NOW,
    failing_since=NOW + timedelta(microseconds=1),
    looked_at=NOW + timedelta(days=1),
)


def stored(table: FakeTable) -> KnownCrl:
    """Return the one CRL that is known, without what it was read as."""
    (found,) = TrustRecords(table).crls(TENANT).values()
    assert found.etag
    return replace(found, etag="")


def test_all_that_is_known_of_a_crl_comes_back() -> None:
    """With a number of 20 bytes, which no column holds; and with nothing where there is nothing."""
    for known in (CRL, KnownCrl(place=PLACE)):
        table = FakeTable()
        TrustRecords(table).keep(TENANT, known)
        assert stored(table) == known
        assert TrustRecords(table).crls("other") == {}


def test_place_is_one_by_its_addresses_whatever_its_authority_is_called() -> None:
    """And its key may stand in a table, which takes no slash."""
    moved = replace(PLACE, delta_crl_url="http://crl.contoso.com/delta.crl")
    swapped = replace(PLACE, crl_url="", delta_crl_url=PLACE.crl_url)
    renamed = replace(PLACE, name="another name")
    assert len({PLACE.key, moved.key, swapped.key, replace(PLACE, thumbprint="cd" * 32).key}) == 4
    assert (renamed.key, renamed) == (PLACE.key, PLACE)
    assert PLACE.key.replace("-", "").isalnum()


def test_worker_that_is_overtaken_gives_way() -> None:
    """What the other has noted stands, whether the row was there or not."""
    table = FakeTable()
    records = TrustRecords(table)
    records.keep(TENANT, CRL)
    records.keep(TENANT, KnownCrl(place=PLACE))
    assert stored(table) == CRL
    (slow,) = records.crls(TENANT).values()
    records.keep(TENANT, replace(slow, occurrence=3))
    records.keep(TENANT, replace(slow, occurrence=9))
    assert stored(table) == replace(CRL, occurrence=3)


def test_authority_is_kept_by_its_thumbprint_and_counted_upwards() -> None:
    """A worker that was slow does not bring back what another has noted since."""
    table = FakeTable()
    records = TrustRecords(table)
    gone = replace(AUTHORITY, is_trusted=False)
    back = replace(AUTHORITY, occurrence=2)
    for known in (AUTHORITY, gone, back):
        records.note(TENANT, known)
        assert records.authorities(TENANT) == {"ab" * 32: known}
    records.note(TENANT, gone)
    assert records.authorities(TENANT) == {"ab" * 32: back}
    assert records.authorities("other") == {}


def test_no_place_is_forgotten_though_addresses_change_for_years() -> None:
    table = FakeTable()
    records = TrustRecords(table)
    for number in range(1200):
        records.keep(TENANT, KnownCrl(place=replace(PLACE, crl_url=f"http://crl/{number}")))
    assert len(records.crls(TENANT)) == 1200
