"""
Which partnerships in Exchange are the device that a sender speaks of. Never a guess.

An identifier makes a match certain if the owner agrees and nothing speaks against it.
Looks never do: a private phone of the same model may be the one that syncs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.devices.derived_ids import DerivedId, derived_ids, imei, plain
from shared.devices.likeness import (
    Likeness,
    Looks,
    contradiction,
    likeness,
    of_partnership,
    of_subject,
)
from shared.devices.subject import Partnership, Subject


class Confidence(StrEnum):
    """What may be done with a match."""

    CERTAIN = "certain"  # acted upon
    LINKED = "linked"  # a person said so
    PROBABLE = "probable"  # shown to a person first
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """
    The partnerships that were found; none if the confidence is NONE.

    `doubtful` are those that a person should look at, as nothing certain can be said.
    """

    partnerships: tuple[Partnership, ...]
    confidence: Confidence
    why: str  # one sentence for an administrator
    doubtful: tuple[Partnership, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """A partnership that shares an identifier with the device."""

    partnership: Partnership
    how: str
    needs_owner: bool = False  # certain only in the owner's mailbox


def match(subject: Subject, candidates: Sequence[Partnership]) -> Match:
    """
    Find the device among *candidates*, whose order does not matter.

    The owner is compared by `upn` and `mail` alone: look a `directory_id` up before.
    """
    distinct = sorted(set(candidates), key=lambda one: (one.mailbox, one.device_id, one.guid))
    owned = _owned(subject, distinct)
    hits = _hits(subject, distinct)
    if len(_mailboxes(owned)) > 1:
        return _several_owners(hits, owned)
    if not hits:
        return _by_looks(subject, owned)
    if _owners(subject):
        return _of_owner(subject, hits, owned)
    return _of_nobody(subject, hits, distinct)


def _of_owner(subject: Subject, hits: list[_Hit], owned: list[Partnership]) -> Match:
    theirs = [hit for hit in hits if hit.partnership in owned]
    if theirs:
        return _unless_contradicted(subject, theirs, owned, "the owner's mailbox")
    where = ", ".join(_mailboxes(hit.partnership for hit in hits))
    # Any device may claim an id; a phone that was handed on looks the same from here.
    return _probable(hits, f"{hits[0].how}, but only in {where}, which is not the owner's")


def _of_nobody(subject: Subject, hits: list[_Hit], candidates: list[Partnership]) -> Match:
    mailboxes = _mailboxes(hit.partnership for hit in hits)
    if len(mailboxes) > 1:
        return _probable(hits, f"{hits[0].how}, but in {', '.join(mailboxes)}; no owner is named")
    told = [hit for hit in hits if not hit.needs_owner]
    if not told:
        # Anybody's device may claim an id made of another's serial number or IMEI.
        return _probable(hits, f"{hits[0].how}, but no owner is named")
    where = f"{mailboxes[0]} alone; no owner is named"
    return _unless_contradicted(subject, told, candidates, where)


def _several_owners(hits: list[_Hit], owned: list[Partnership]) -> Match:
    mailboxes = _mailboxes(owned)
    why = f"the owner as named has more than one mailbox: {', '.join(mailboxes)}"
    return _probable(hits, f"{hits[0].how}, but {why}") if hits else _none(why, owned)


def _unless_contradicted(
    subject: Subject, hits: list[_Hit], around: list[Partnership], where: str
) -> Match:
    """
    Leave out the DeviceIDs that something speaks against; what is left is certain.

    All that have one DeviceID in the mailbox stand or fall together: Exchange's lists hold
    the id alone, so what is done to one of them is done to all.
    """
    clear: list[_Hit] = []
    against: list[str] = []
    for hit in hits:
        same = [one for one in around if _key(one) == _key(hit.partnership)]
        found = _contradiction([of_subject(subject), *map(of_partnership, same)])
        if found:
            against.append(f"{hit.how}, but {found}")
        else:
            clear.append(hit)
    if not clear:
        return _none("; ".join(dict.fromkeys(against)), [hit.partnership for hit in hits])
    found_by = " and ".join(dict.fromkeys(hit.how for hit in clear))
    return _found(Confidence.CERTAIN, clear, f"{found_by}, in {where}")


def _key(one: Partnership) -> tuple[str, str]:
    return one.mailbox.lower(), one.device_id.strip().casefold()


def _contradiction(looks: Sequence[Looks]) -> str:
    pairs = ((one, other) for index, one in enumerate(looks) for other in looks[index + 1 :])
    return next(filter(None, (contradiction(one, other) for one, other in pairs)), "")


def _by_looks(subject: Subject, owned: list[Partnership]) -> Match:
    looks = of_subject(subject)
    compared = [(likeness(looks, of_partnership(one)), one) for one in owned]
    alike = [one for how, one in compared if how is Likeness.SAME]
    unclear = [one for how, one in compared if how is Likeness.UNDECIDABLE]
    if len(alike) == 1 and not unclear:
        why = "no identifier is shared, but of the owner's devices only this has the model and OS"
        found = tuple(alike)
        return Match(partnerships=found, confidence=Confidence.PROBABLE, why=why, doubtful=found)
    if not owned:
        named = "the owner as named has no device in Exchange"
        whose = named if _owners(subject) else "no owner is named"
        return _none(f"no identifier is shared, and {whose}")
    return _none(
        f"no identifier is shared; of the owner's {len(owned)} partnerships {len(alike)} have the "
        f"model and OS, and {len(unclear)} cannot be compared",
        [*alike, *unclear],
    )


def _hits(subject: Subject, candidates: Iterable[Partnership]) -> list[_Hit]:
    given, derived = plain(subject.eas_device_id), derived_ids(subject)
    found = (_hit(one, given, derived, imei(subject.imei)) for one in candidates)
    return [hit for hit in found if hit is not None]


def _hit(one: Partnership, given: str, derived: tuple[DerivedId, ...], number: str) -> _Hit | None:
    shown = plain(one.device_id)
    if given and shown == given:
        return _Hit(partnership=one, how=f"DeviceID {one.device_id} was reported")
    if number and imei(one.imei) == number:
        how = "Exchange shows the IMEI that was reported"
        return _Hit(partnership=one, how=how, needs_owner=True)
    for made in derived:
        if shown == made.device_id and not _is_outlook(one):
            how = f"DeviceID {one.device_id} is made of {made.made_of} that was reported"
            return _Hit(partnership=one, how=how, needs_owner=True)
    return None


def _is_outlook(one: Partnership) -> bool:
    """Outlook makes its ids of nothing, and all of a user's installations share one."""
    return one.device_type == "Outlook" or one.client_type in {"Outlook", "REST"}


def _owned(subject: Subject, candidates: Iterable[Partnership]) -> list[Partnership]:
    owners = _owners(subject)
    return [one for one in candidates if not owners.isdisjoint(one.addresses)]


def _owners(subject: Subject) -> frozenset[str]:
    named = (subject.upn.strip().lower(), subject.mail.strip().lower())
    return frozenset(filter(None, named))


def _mailboxes(partnerships: Iterable[Partnership]) -> list[str]:
    return list(dict.fromkeys(one.mailbox.lower() for one in partnerships))


def _found(confidence: Confidence, hits: list[_Hit], why: str) -> Match:
    found = tuple(hit.partnership for hit in hits)
    doubtful = () if confidence is Confidence.CERTAIN else found
    return Match(partnerships=found, confidence=confidence, why=why, doubtful=doubtful)


def _probable(hits: list[_Hit], why: str) -> Match:
    return _found(Confidence.PROBABLE, hits, why)


def _none(why: str, doubtful: Sequence[Partnership] = ()) -> Match:
    return Match(partnerships=(), confidence=Confidence.NONE, why=why, doubtful=tuple(doubtful))
