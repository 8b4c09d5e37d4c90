"""Revocation lists, to be searched for one serial number: what each is like is its name."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography.x509 import ReasonFlags

from infra.local.simulators.certificate_authority.lists import Crl, Entry
from tests.contract.trust_certificates import DAY, NOON
from tests.contract.trust_lists import (
    ANNA,
    CRL,
    DELTA,
    FRESHEST,
    KEY_ID,
    OURS,
    SERIAL,
    also,
    delta_to,
    entry,
    listing,
    numbered,
    pem,
    signed,
)
from tests.contract.trust_questions import ListingCase, Plainly

_REASONS = (
    ReasonFlags.unspecified,
    ReasonFlags.key_compromise,
    ReasonFlags.ca_compromise,
    ReasonFlags.affiliation_changed,
    ReasonFlags.superseded,
    ReasonFlags.cessation_of_operation,
    ReasonFlags.certificate_hold,
    ReasonFlags.privilege_withdrawn,
    ReasonFlags.aa_compromise,
)
_LONG = 0x7FFF << 144
_OURS = entry(SERIAL, ReasonFlags.key_compromise)
_ON_HOLD = entry(SERIAL, ReasonFlags.certificate_hold)
_FREED = entry(SERIAL, ReasonFlags.remove_from_crl)
_EXPECTED = {True: Plainly.GOOD, False: Plainly.BAD}


def _case(
    name: str, crl: bytes, delta: bytes | None = None, *, listed: bool, serial: int = SERIAL
) -> ListingCase:
    return ListingCase(
        name=name,
        plainly=_EXPECTED[listed],
        authority=OURS.der,
        crl=crl,
        leaf=replace(ANNA, serial=serial).der,
        serial=serial,
        delta=delta,
    )


def _whole() -> Iterator[ListingCase]:
    yield _case("without a reason", signed(listing(entry(SERIAL))), listed=True)
    for reason in _REASONS:
        yield _case(f"for {reason.value}", signed(listing(entry(SERIAL, reason))), listed=True)
    yield _case("in PEM", pem(signed(listing(_OURS))), listed=True)
    yield _case(
        "serial number of 20 bytes", signed(listing(entry(_LONG))), listed=True, serial=_LONG
    )
    yield _case("serial number of 1", signed(listing(entry(1))), listed=True, serial=1)
    yield _case("serial number with a high first bit", _only(0x80), listed=True, serial=0x80)
    yield _case("last of three hundred", signed(listing(*_many(), _OURS)), listed=True)
    later = Entry(serial=SERIAL, revoked_at=NOON + DAY)
    yield _case("from tomorrow on", signed(listing(later)), listed=True)
    yield _case("others only", signed(CRL), listed=False)
    yield _case("nobody", signed(replace(CRL, entries=())), listed=False)
    yield _case("a number that begins alike", _only(SERIAL << 8), listed=False)
    yield _case("a number that ends alike", _only(SERIAL | 0x5F << 24), listed=False)
    yield _case("none of three hundred", signed(listing(*_many())), listed=False)


def _with_deltas() -> Iterator[ListingCase]:
    whole, held = also(FRESHEST), _told(listing(_ON_HOLD))
    yield _case("delta adds it", signed(whole), _delta(_OURS), listed=True)
    yield _case("delta adds another", signed(whole), _delta(entry(0x0D0D)), listed=False)
    yield _case("delta says nothing new", signed(_told(listing(_OURS))), _delta(), listed=True)
    yield _case("delta takes the hold away", signed(held), _delta(_FREED), listed=False)
    yield _case("delta makes the hold final", signed(held), _delta(_OURS), listed=True)
    yield _case("delta to an older base", signed(whole), _delta(_OURS, base=90), listed=True)
    foreign = _delta(_OURS, base=500, number=501)
    yield replace(
        _case("delta to a base that nobody has", signed(whole), foreign, listed=False),
        plainly=Plainly.OPEN,
    )
    early = _delta(_OURS, number=100)
    yield replace(
        _case("delta no newer than its base", signed(whole), early, listed=False),
        plainly=Plainly.OPEN,
    )


def _told(crl: Crl) -> Crl:
    return replace(crl, extensions=(*crl.extensions, FRESHEST))


def _delta(*entries: Entry, base: int = 100, number: int = 101) -> bytes:
    extensions = (KEY_ID, numbered(number), delta_to(base))
    return signed(replace(DELTA, entries=entries, extensions=extensions))


def _only(serial: int) -> bytes:
    return signed(listing(entry(serial)))


def _many() -> Iterator[Entry]:
    return map(entry, range(0x10000, 0x1012C))


LISTINGS = (*_whole(), *_with_deltas())
