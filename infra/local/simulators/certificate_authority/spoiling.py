"""Lists that are wrong in one way each."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from infra.local.simulators.certificate_authority import der
from infra.local.simulators.certificate_authority.ledger import LIFETIME
from infra.local.simulators.certificate_authority.lists import Crl
from infra.local.simulators.certificate_authority.modes import CrlMode

_STRANGER = x509.Name.from_rfc4514_string("CN=Somebody Else,O=Elsewhere")
_ENTRY = 53  # bytes of each entry of the padding
_LARGE = 24_000_000 // _ENTRY  # entries: over 20 MB, however a megabyte is counted
_HUGE = 48_500_000 // _ENTRY
_FAR = 1000  # numbers
_AGES = {
    CrlMode.DUE: LIFETIME * 0.9,
    CrlMode.STALE: LIFETIME + timedelta(hours=1),
    CrlMode.NOT_YET_VALID: -timedelta(days=1),
}


def spoilt(crl: Crl, mode: CrlMode, now: datetime) -> Crl:
    """Return the list as *mode* says; one whose fault is in its delivery is left as it is."""
    if mode in _AGES:
        this_update = now - _AGES[mode]
        return replace(crl, this_update=this_update, next_update=this_update + LIFETIME)
    match mode:
        case CrlMode.NO_NEXT_UPDATE:
            return replace(crl, next_update=None)
        case CrlMode.WRONG_ISSUER:
            return replace(crl, issuer=_STRANGER)
        case CrlMode.LARGE:
            return replace(crl, padding=_LARGE)
        case CrlMode.HUGE:
            return replace(crl, padding=_HUGE)
        case _:
            return replace(crl, extensions=_extensions(crl.extensions, mode))


@cache
def another_key() -> ec.EllipticCurvePrivateKey:
    """Return a key that no authority has."""
    return ec.generate_private_key(ec.SECP256R1())


def _extensions(known: tuple[der.Extension, ...], mode: CrlMode) -> tuple[der.Extension, ...]:
    is_delta = any(isinstance(each, x509.DeltaCRLIndicator) for each, _ in known)
    if mode is CrlMode.FOREIGN_BASE and not is_delta:
        return known
    return tuple(
        (changed, is_critical)
        for extension, is_critical in known
        if (changed := _extension(extension, mode)) is not None
    )


def _extension(extension: x509.ExtensionType, mode: CrlMode) -> x509.ExtensionType | None:
    match mode, extension:
        case CrlMode.NO_NUMBER, x509.CRLNumber():
            return None
        case CrlMode.NO_KEY_ID, x509.AuthorityKeyIdentifier():
            return None
        case CrlMode.NUMBER_BACK, x509.CRLNumber(crl_number=number):
            return x509.CRLNumber(number // 2)
        case CrlMode.FOREIGN_BASE, x509.CRLNumber(crl_number=number):
            return x509.CRLNumber(number + _FAR)
        case CrlMode.FOREIGN_BASE, x509.DeltaCRLIndicator(crl_number=number):
            return x509.DeltaCRLIndicator(number + _FAR)
        case _:
            return extension
