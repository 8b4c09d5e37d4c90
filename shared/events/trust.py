"""The events about what a tenant trusts its users' certificates by."""

from datetime import datetime, timedelta

from shared.credentials.certificate import App
from shared.credentials.expiry import Stage
from shared.events.catalogue import Event, event_id
from shared.trust.crl_trouble import CrlTrouble
from shared.trust.watched import CrlPlace, CrlWord, KnownAuthority

CA_EXPIRING = "easgate.trust.ca_expiring.v1"
CA_EXPIRED = "easgate.trust.ca_expired.v1"
CA_REMOVED = "easgate.trust.ca_removed.v1"
CRL_STALE = "easgate.trust.crl_stale.v1"
CRL_UNREACHABLE = "easgate.trust.crl_unreachable.v1"
CRL_FRESH = "easgate.trust.crl_fresh.v1"

REPLACE = (
    "add the authority's successor by add_trusted_ca, have users' certificates issued by it, and "
    "remove this one by remove_trusted_ca once nobody signs in with a certificate of it"
)
PUBLISH = (
    "have the administrator of the authority publish a new CRL at this address; without one that "
    "is valid, sign-ins with its certificates fail"
)
REPAIR = (
    "have the administrator of the authority put its own, newest CRL at this address, or set the "
    "right address by set_ca_crl; until then sign-ins with its certificates may fail"
)
REACH = (
    "open the address from the internet: it has to answer by plain http, without a redirect, "
    "within 10 s; mend the server or its name, or set the right address by set_ca_crl; Entra ID "
    "goes by the CRL that it has until that one's next update"
)
SHORTEN = (
    "have the administrator of the authority leave expired certificates out of the CRL, or divide "
    "the users among more authorities: Entra ID takes no CRL of this size"
)
IN_TIME = frozenset(
    {CrlTrouble.DUE, CrlTrouble.STALE, CrlTrouble.DELTA_STALE, CrlTrouble.NOT_YET_VALID}
)
ON_THE_WAY = frozenset(
    {
        CrlTrouble.UNREACHABLE,
        CrlTrouble.TOO_SLOW,
        CrlTrouble.REDIRECTS,
        CrlTrouble.NOT_PUBLIC,
        CrlTrouble.NOT_HTTP,
    }
)


def ca_expiring(
    app: App, known: KnownAuthority, *, stage: Stage, ends_at: datetime, now: datetime
) -> Event:
    """Return that an authority has come to a stage on its way to expiry, or has expired."""
    kind = CA_EXPIRED if stage is Stage.EXPIRED else CA_EXPIRING
    told: dict[str, object] = {
        "days_left": (ends_at - now) // timedelta(days=1),
        "stage": stage,
        "stage_days": stage.days,
        "remedy": REPLACE,
    }
    return _of_authority(app, known, kind, told, which=stage, now=now)


def ca_removed(app: App, known: KnownAuthority, *, now: datetime) -> Event:
    """Return that an authority whose end was told of is trusted no longer: that is over."""
    return _of_authority(app, known, CA_REMOVED, {}, which="", now=now)


def crl_stale(app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime) -> Event:
    """Return that a CRL is due, or that nobody can go by it."""
    told_apart = f"{occurrence}|{word.key}"
    return _of_crl(app, place, CRL_STALE, _told(word), told_apart=told_apart, now=now)


def crl_unreachable(
    app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
) -> Event:
    """Return that a CRL cannot be fetched; its next update is that of the last one seen."""
    told_apart = str(occurrence)
    return _of_crl(app, place, CRL_UNREACHABLE, _told(word), told_apart=told_apart, now=now)


def crl_fresh(app: App, place: CrlPlace, *, why: str, occurrence: int, now: datetime) -> Event:
    """Return that what was told of a CRL is over: it is in order, or nobody goes by it now."""
    return _of_crl(app, place, CRL_FRESH, {"why": why}, told_apart=str(occurrence), now=now)


def remedy(code: CrlTrouble) -> str:
    """Return the next step."""
    if code is CrlTrouble.TOO_LARGE:
        return SHORTEN
    if code in ON_THE_WAY:
        return REACH
    return PUBLISH if code in IN_TIME else REPAIR


def _told(word: CrlWord) -> dict[str, object]:
    return {
        "stage": word.stage,
        "why": word.code,
        "reason": word.says,
        "next_update": word.next_update,
        "remedy": remedy(word.code),
    }


def _of_authority(
    app: App,
    known: KnownAuthority,
    kind: str,
    told: dict[str, object],
    *,
    which: str,
    now: datetime,
) -> Event:
    authority = known.authority
    told_apart = (
        f"{app.tenant_id}|{authority.thumbprint}|{authority.ends_at:%Y-%m-%d}|{known.occurrence}"
    )
    return Event(
        id=event_id(f"{told_apart}|{which}", kind),
        type=kind,
        subject=_subject(app, authority.thumbprint),
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "authority": authority.name,
            "thumbprint_sha256": authority.thumbprint,
            "expires_at": authority.ends_at,
            **told,
        },
    )


def _of_crl(
    app: App, place: CrlPlace, kind: str, told: dict[str, object], *, told_apart: str, now: datetime
) -> Event:
    return Event(
        id=event_id(f"{app.tenant_id}|{place.key}|{told_apart}", kind),
        type=kind,
        subject=_subject(app, place.thumbprint),
        time=now,
        data={
            "tenant_id": app.tenant_id,
            "authority": place.name,
            "thumbprint_sha256": place.thumbprint,
            "crl_url": place.crl_url,
            "delta_crl_url": place.delta_crl_url or None,
            **told,
        },
    )


def _subject(app: App, thumbprint: str) -> str:
    return f"tenants/{app.tenant_id}/authorities/{thumbprint[:8]}"
