"""X3 and X3b: the authorities of both stores, and whether a sample leads to one of them."""

from collections.abc import Sequence
from datetime import datetime

from shared.credentials.expiry import stage
from shared.credentials.findings import Grade
from shared.errors import Rejected
from shared.trust import chains, x509
from shared.trust.authority import Authority
from shared.trust.chain import chain
from shared.trust.chains import Broken, Fault
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, fine, found

# Chains are then found by names alone, or nobody has published whether they are taken.
TOLERATED = frozenset({Fault.NO_SUBJECT_KEY_ID, Fault.NO_AUTHORITY_KEY_ID, Fault.WEAK})
MEND = "take the authority out of the store, and add it as it should be, below one that is there"
SAMPLE = "the sample certificate"


def named(authority: Authority) -> str:
    """Return what an authority is called: by itself if it can be read, else by the store."""
    try:
        return x509.facts(authority.certificate).subject
    except Rejected:
        return authority.name or authority.thumbprint[:16]


def pki(
    ours: Sequence[Authority],
    now: datetime,
    *,
    classic: Sequence[Authority] | None,
    is_enabled: bool | None,
) -> tuple[Detail, ...]:
    """Judge X3; None stands for what could not be read."""
    if ours:
        return _judged(ours, now)
    if classic:
        return (fine("empty: what is trusted is in the classic store"),)
    if classic is None or is_enabled is None:
        return (found(Code.USE_UNKNOWN),)
    return (found(Code.NOTHING_TRUSTED if is_enabled else Code.NOT_IN_USE),)


def classic(
    ours: Sequence[Authority], now: datetime, newer: Sequence[Authority]
) -> tuple[Detail, ...]:
    """Judge X3b, beside what the PKI store holds."""
    if not ours:
        return (fine("empty"),)
    there = {each.certificate for each in newer}
    twice = [each for each in ours if each.certificate in there]
    return (
        found(Code.CLASSIC_IN_USE),
        *_judged(ours, now),
        *(found(Code.IN_BOTH_STORES, about=named(each)) for each in twice),
    )


def sample(
    der: bytes, pki: Sequence[Authority], classic: Sequence[Authority], now: datetime
) -> Detail:
    """Judge whether a sample leads to a trusted root, in the PKI store or else the classic one."""
    above = issuers(der, pki, classic, now)
    if isinstance(above, Rejected):
        return found(Code.SAMPLE_WITHOUT_CHAIN, str(above), SAMPLE)
    return fine("signed by " + ", then ".join(named(each) for each in above), SAMPLE)


def issuers(
    der: bytes, pki: Sequence[Authority], classic: Sequence[Authority], now: datetime
) -> tuple[Authority, ...] | Rejected:
    """Return who signed a certificate, up to the root, or why there is no such chain."""
    refusal: Rejected | None = None
    for store in filter(None, (pki, classic)):
        try:
            return chain(der, store, now)
        except Rejected as failure:
            refusal = refusal or failure
    return refusal or Rejected("no authority is trusted")


def _judged(authorities: Sequence[Authority], now: datetime) -> tuple[Detail, ...]:
    """Judge each by itself, and all of them as chains."""
    dated = (_dates(each, now) for each in authorities)
    broken = (_broken(each) for each in chains.completeness(authorities))
    return (*(each for each in dated if each), *broken)


def _dates(authority: Authority, now: datetime) -> Detail | None:
    """Judge its dates; None for what is no certificate: the chains tell of that."""
    try:
        facts = x509.facts(authority.certificate)
    except Rejected:
        return None
    if facts.not_before > now:
        return found(Code.AUTHORITY_NOT_YET_VALID, f"{facts.not_before:%Y-%m-%d}", facts.subject)
    says = f"until {facts.not_after:%Y-%m-%d}"
    if facts.not_after <= now:
        return found(Code.AUTHORITY_EXPIRED, says, facts.subject)
    if reached := stage(facts.not_after, now):
        return found(Code.AUTHORITY_EXPIRING, f"{says}, stage {reached}", facts.subject)
    return fine(says, facts.subject)


def _broken(broken: Broken) -> Detail:
    return Detail(
        about=named(broken.authority),
        grade=Grade.WARN if broken.fault in TOLERATED else Grade.FAIL,
        code=f"ca_{broken.fault}",
        meaning=broken.says,
        remedy=MEND,
    )
