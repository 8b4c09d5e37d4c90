"""What there is to tell of a CRL, from how it was found and what is remembered of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.flows.crl_check import CrlReport
from shared.trust.crl import Crl
from shared.trust.crl_judgement import OLD
from shared.trust.crl_trouble import UNUSABLE, CrlTrouble, Found
from shared.trust.watched import PASSING, UNFETCHED, CrlStage, CrlWord, KnownCrl

# A list that is not the authority's own says nothing about its numbers and times.
FOREIGN = frozenset(
    {
        CrlTrouble.UNREADABLE,
        CrlTrouble.WRONG_ISSUER,
        CrlTrouble.WRONG_SIGNATURE,
        CrlTrouble.WRONG_KEY_ID,
        CrlTrouble.MAY_NOT_SIGN,
        CrlTrouble.BASE_IS_DELTA,
    }
)
# Of two looks, before they count as two.
APART = timedelta(minutes=10)
# The next look is a day away, and may be late.
NEXT_LOOK = timedelta(hours=26)


def seen(known: KnownCrl, report: CrlReport, now: datetime) -> KnownCrl:
    """Return what is known of a CRL once it was looked at."""
    is_failing = bool(_among(report.troubles, UNFETCHED))
    looked = replace(
        known,
        looked_at=now,
        failing_since=(known.failing_since or now) if is_failing else None,
    )
    if report.base is None or _among(report.troubles, FOREIGN):
        return looked
    numbers = (each for each in (known.number, report.base.number) if each is not None)
    until = report.base.next_update
    return replace(looked, number=max(numbers, default=None), next_update=until)


def words(report: CrlReport, known: KnownCrl, now: datetime) -> tuple[CrlWord, ...]:
    """Return what there is to tell; *known* is what is known of it by now."""
    unfetched = _among(report.troubles, UNFETCHED)
    wrong = _among(report.troubles, UNUSABLE - UNFETCHED - {CrlTrouble.NOT_CONFIGURED})
    # A delta lives for a day or so, and is due at any look: only its end is told.
    due = _among(report.troubles, {CrlTrouble.DUE}) if _is_old(report.base, now) else ()
    found: list[CrlWord] = []
    if wrong:
        found.append(_word(CrlStage.STALE, wrong, _until(report, wrong[0].trouble)))
    elif due:
        found.append(_word(CrlStage.DUE, due, _until(report, CrlTrouble.DUE)))
    elif unfetched and known.next_update and known.next_update <= now:
        found.append(_word(CrlStage.STALE, unfetched, known.next_update))
    if unfetched and _is_certain(unfetched, known, now):
        found.append(_word(CrlStage.UNREACHABLE, unfetched, known.next_update))
    return tuple(found)


def _is_certain(unfetched: Iterable[Found], known: KnownCrl, now: datetime) -> bool:
    """
    Tell whether what could not be fetched is worth a word already.

    One failed download proves little, and Entra ID lives on the list it has until that one's
    NextUpdate: so there is time for a second look, unless that comes too late, or it is none
    of those failures that pass.
    """
    if any(each.trouble not in PASSING for each in unfetched):
        return True
    if known.failing_since is not None and now - known.failing_since >= APART:
        return True
    return known.next_update is None or known.next_update - now <= NEXT_LOOK


def _is_old(base: Crl | None, now: datetime) -> bool:
    if base is None or base.next_update is None:
        return False
    return now - base.this_update >= OLD * (base.next_update - base.this_update)


def _until(report: CrlReport, code: CrlTrouble) -> datetime | None:
    """Return the end of the list that a trouble is about."""
    about = report.delta if code.startswith("delta") else report.base
    return about.next_update if about else None


def _among(troubles: Iterable[Found], wanted: Iterable[CrlTrouble]) -> tuple[Found, ...]:
    chosen = frozenset(wanted)
    return tuple(each for each in troubles if each.trouble in chosen)


def _word(stage: CrlStage, troubles: tuple[Found, ...], until: datetime | None) -> CrlWord:
    return CrlWord(
        stage=stage,
        code=troubles[0].trouble,
        says="; ".join(each.says for each in troubles),
        next_update=until,
    )
