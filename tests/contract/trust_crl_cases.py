"""Revocation lists, to be judged as a whole: what each is like is its name."""

from dataclasses import replace
from datetime import UTC, datetime

from infra.local.simulators.certificate_authority import certificates, der
from tests.contract.trust_certificates import DAY, NOON, SECOND, Made, authority, elliptic, unknown
from tests.contract.trust_lists import (
    ANNA,
    BY_RSA,
    CRL,
    DELTA,
    KEY_ID,
    OURS,
    also,
    built,
    entry,
    listing,
    numbered,
    pem,
    scope,
    signed,
)
from tests.contract.trust_questions import CrlCase, Plainly

_RIGHT = signed(CRL)
_AFTER_2050 = datetime(2055, 1, 1, tzinfo=UTC)
_STRANGE_NAME = "CN=Fabrikam Root,O=Fabrikam"
_NO_CRL_SIGN = replace(OURS, extensions=authority(None, "key_cert_sign"))
_OTHER_KEY = replace(OURS, key=elliptic(401))


def _tampered(said: bytes, changed: bytes) -> bytes:
    assert len(said) == len(changed)
    assert said in _RIGHT
    return _RIGHT.replace(said, changed, 1)


_GOOD: dict[str, bytes] = {
    "right": _RIGHT,
    "in PEM": pem(_RIGHT),
    "empty": signed(replace(CRL, entries=())),
    "of three hundred": signed(listing(*map(entry, range(0x10000, 0x1012C)))),
    "signed with RSA": built(BY_RSA),
    "valid in its first second": signed(replace(CRL, this_update=NOON)),
    "ends after 2050": signed(replace(CRL, next_update=_AFTER_2050)),
    "an extension that is not critical and unknown": signed(also(unknown(is_critical=False))),
    "an entry's extension that is not critical and unknown": built(
        entry_extension=unknown(is_critical=False)
    ),
    "of users only": signed(also(scope(users=True))),
    "a number of 20 bytes": signed(
        replace(CRL, extensions=(KEY_ID, numbered(0x7FFF << 144))),
    ),
}
_BAD: dict[str, bytes] = {
    "stale": signed(replace(CRL, this_update=NOON - 8 * DAY, next_update=NOON - DAY)),
    "stale since a second": signed(replace(CRL, next_update=NOON - SECOND)),
    "not yet valid": signed(replace(CRL, this_update=NOON + DAY)),
    "valid in a second": signed(replace(CRL, this_update=NOON + SECOND)),
    "signed by another key": signed(CRL, by=_OTHER_KEY),
    "of another authority altogether": signed(
        replace(
            CRL,
            issuer=replace(OURS, name=_STRANGE_NAME).x509_name,
            extensions=(certificates.authority_key(elliptic(401)), numbered(100)),
        ),
        by=_OTHER_KEY,
    ),
    "in another's name with the right key": signed(
        replace(CRL, issuer=replace(OURS, name=_STRANGE_NAME).x509_name)
    ),
    "a serial number changed": _tampered(der.integer(0x0B0B), der.integer(0x0B0C)),
    "NextUpdate put off": _tampered(der.time(NOON + 6 * DAY), der.time(NOON + 66 * DAY)),
    "the last bit of its signature changed": _RIGHT[:-1] + bytes((_RIGHT[-1] ^ 1,)),
    "the first half": _RIGHT[: len(_RIGHT) // 2],
    "without its last byte": _RIGHT[:-1],
    "no bytes": b"",
    "a page of HTML": b"<!DOCTYPE html><html><body>Please sign in.</body></html>",
    "a certificate in its place": OURS.der,
    "PEM of half a list": pem(_RIGHT)[:200],
}
_OPEN: dict[str, bytes] = {
    "NextUpdate is this second": signed(replace(CRL, next_update=NOON)),
    "no NextUpdate": signed(replace(CRL, next_update=None)),
    "no number": signed(replace(CRL, extensions=(KEY_ID,))),
    "no key identifier": signed(replace(CRL, extensions=(numbered(100),))),
    "the identifier of another key": signed(
        replace(CRL, extensions=(certificates.authority_key(elliptic(402)), numbered(100)))
    ),
    "more bytes after its end": _RIGHT + b"\0\0\0\0",
    "a delta in its place": signed(DELTA),
    "of authorities only": signed(also(scope(authorities=True))),
    "of another address": signed(also(scope(url="http://crl.contoso.test/other.crl"))),
    "of some reasons only": signed(also(scope(some=True))),
    "of other issuers' certificates too": signed(also(scope(indirect=True))),
    "a critical extension that nobody knows": signed(also(unknown(is_critical=True))),
    "an entry's critical extension that nobody knows": built(
        entry_extension=unknown(is_critical=True)
    ),
}


def _case(name: str, plainly: Plainly, crl: bytes, by: Made = OURS) -> CrlCase:
    leaf = replace(ANNA, issuer=by)
    return CrlCase(name=name, plainly=plainly, authority=by.der, crl=crl, leaf=leaf.der)


_TABLES = ((Plainly.GOOD, _GOOD), (Plainly.BAD, _BAD), (Plainly.OPEN, _OPEN))
_SIGNERS = {"signed with RSA": BY_RSA}
CRLS = (
    *(
        _case(name, plainly, crl, _SIGNERS.get(name, OURS))
        for plainly, cases in _TABLES
        for name, crl in cases.items()
    ),
    _case("by an authority that may sign no lists", Plainly.OPEN, _RIGHT, _NO_CRL_SIGN),
)
