"""Candidates for a device that an MDM speaks of: by its owner, by an id, by its IMEI."""

import re
from collections.abc import Callable, Collection
from functools import partial

from shared.devices.subject import Partnership
from shared.errors import Conflict, Failure, NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.batch import reply_of
from shared.exchange.paging import complete, rows_of
from shared.exchange.partnership_rows import Holder, Paired, holders_in, paired_in
from shared.exchange.reply import Reply
from shared.exchange.transport import Call, Transport

DEVICES, MAILBOXES = "Get-MobileDevice", "Get-Mailbox"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
# Exchange's filters have no agreed way to quote; ids of all known clients need none.
DEVICE_ID = re.compile(r"[A-Za-z0-9_.:+=@-]{1,128}")
IMEI = re.compile(r"[0-9]{14,16}")
SEPARATORS = re.compile(r"[\s./-]")
WHOLE = 14  # digits that name the device; a check digit or a software version may follow
MOST_HOLDERS = 100  # mailboxes; what is shared by more names no device


class Partnerships:
    """
    One tenant's partnerships. An answer is complete, or it is a Failure.

    Retryable where Exchange contradicts itself: a mailbox on its way in, out, or to another
    name. All times are UTC.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def of_owner(self, owner: str) -> tuple[Partnership, ...]:
        """
        Return those of the mailbox with this UPN or address, of every client type.

        Empty if there is no such mailbox. Conflict if there are several, Rejected for a
        wildcard. One request; none for what is not an address.
        """
        name = owner.strip().lower()
        if not (ADDRESS.fullmatch(name) and name.isprintable()):
            return ()
        if "*" in name:
            raise Rejected("an owner's address may not hold a wildcard")
        known, listed = self._transport.batch(
            [Call(MAILBOXES, {"Identity": name}), Call(DEVICES, {"Mailbox": name})]
        )
        holder = _named(name, known)
        if holder is None:
            return ()
        found = paired_in(_reply(listed))
        if isinstance(listed, NotFound) or not all(holder.holds(each) for each in found):
            raise _contradiction(f"the devices of {name} are not where its mailbox is")
        return tuple(each.partnership(holder) for each in found)

    def with_device_id(self, device_id: str) -> tuple[Partnership, ...]:
        """
        Return those in the whole tenant with this EAS DeviceID, whatever its case.

        Rejected for what cannot be one, and for what more than 100 mailboxes share. One
        request, one more for each ten mailboxes found, and one for each further page.
        """
        wanted = device_id.strip()
        if not DEVICE_ID.fullmatch(wanted):
            raise Rejected(f"{wanted[:40]!r} cannot be the DeviceID of a partnership")
        return self._all(
            f"DeviceId -eq '{wanted}'", lambda found: rows.holds([found.device_id], wanted)
        )

    def with_imei(self, imei: str) -> tuple[Partnership, ...]:
        """
        Return those in the whole tenant that agree in the first 14 digits of this IMEI.

        What a device told Exchange is not found if it was told with separators. Failures
        and requests are those of with_device_id.
        """
        digits = SEPARATORS.sub("", imei)
        if not IMEI.fullmatch(digits):
            raise Rejected(f"{imei[:40]!r} is no IMEI: that has 14 to 16 digits")
        wanted = digits[:WHOLE]
        return self._all(
            f"DeviceImei -like '{wanted}*'", lambda found: found.imei.startswith(wanted)
        )

    def _all(self, written: str, is_meant: Callable[[Paired], bool]) -> tuple[Partnership, ...]:
        """Return what the filter finds; *is_meant* keeps a laxer filter from widening it."""
        whole = partial(self._transport.pages_of, Paired, DEVICES, {"Filter": written})
        # A listing that was started again brings rows twice.
        found = {each.guid: each for each in rows_of(complete(whole)) if is_meant(each)}
        holders = self._holders({each.holder for each in found.values()})
        return tuple(each.partnership(holders[each.holder]) for each in found.values())

    def _holders(self, names: Collection[str]) -> dict[str, Holder]:
        """Return the mailboxes with these distinguished names, each of them."""
        if len(names) > MOST_HOLDERS:
            raise Rejected(f"{len(names)} mailboxes share this id: it tells no devices apart")
        asked = sorted(names)
        answers = self._transport.batch([Call(MAILBOXES, {"Identity": each}) for each in asked])
        return {name: _placed(name, answer) for name, answer in zip(asked, answers, strict=True)}


def _named(name: str, answer: Reply | Failure) -> Holder | None:
    """Return the mailbox that goes by this address; Exchange goes by other names, too."""
    found = [each for each in holders_in(_reply(answer)) if name in each.addresses]
    if len(found) > 1:
        raise Conflict(f"{name} stands for {len(found)} mailboxes in Exchange; rename one of them")
    return found[0] if found else None


def _placed(name: str, answer: Reply | Failure) -> Holder:
    """Return the mailbox in this place of the directory."""
    found = [each for each in holders_in(_reply(answer)) if each.is_at(name)]
    if len(found) != 1:
        raise _contradiction(f"a device is in mailbox {name}, which Exchange does not show")
    return found[0]


def _reply(answer: Reply | Failure) -> Reply:
    """Return the reply; one without rows if what was asked for is unknown."""
    return Reply(rows=(), warnings=()) if isinstance(answer, NotFound) else reply_of(answer)


def _contradiction(what: str) -> Retryable:
    return Retryable(f"Exchange contradicts itself: {what}; this passes once it has settled")
