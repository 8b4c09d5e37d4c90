"""A mailbox's two personal lists: after each change an id is on exactly the right one."""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from shared.errors import Failure, Rejected
from shared.exchange import rows
from shared.exchange.looking_back import Sleep, look_back, not_shown
from shared.exchange.mailboxes import named, read_mailbox
from shared.exchange.transport import Transport, list_change
from shared.group_commit import GroupCommit, Wait


class Place(Enum):
    """Where an id stands: on the allowed list, on the blocked one; never on both."""

    ALLOWED = (True, False)
    BLOCKED = (False, True)
    NEITHER = (False, False)


@dataclass(frozen=True, slots=True)
class Move:
    """One id, and where it is to stand."""

    device_id: str
    place: Place

    def is_opposed(self, other: "Move") -> bool:
        """Whether the other wants the same id elsewhere."""
        is_same = self.device_id.casefold() == other.device_id.casefold()
        return is_same and self.place is not other.place

    def is_shown(self, lists: rows.CasMailbox) -> bool:
        """Whether the id stands there."""
        held = (rows.holds(each, self.device_id) for each in (lists.allowed, lists.blocked))
        return tuple(held) == self.place.value


class PersonalLists:
    """
    One tenant's mailboxes' lists; repeating any move does no harm.

    Moves in one mailbox that wait for one another become one write. *wait* is a Condition's.
    """

    def __init__(
        self,
        transport: Transport,
        sleep: Sleep = time.sleep,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._transport = transport
        self._sleep = sleep
        self._moves = GroupCommit(self._write, Move.is_opposed, wait)

    def put(self, mailbox: str, device_id: str, place: Place) -> None:
        """Put the id into this place and no other, and read it back."""
        self._moves.make(named(mailbox), Move(device_id, place))

    def _write(self, mailbox: str, moves: Sequence[Move]) -> list[Failure | None]:
        """Read, write both lists in one go, and return what is seen to have become of each."""
        change = {
            "Identity": mailbox,
            **_change(self._read(mailbox), moves),
            "Confirm": False,
        }
        try:
            self._transport.invoke("Set-CASMailbox", change)
        except Rejected:
            if len(moves) == 1:
                raise
            # It may be one bad id, over which the others are not to fail.
            return [self._alone(mailbox, each) for each in moves]
        look = partial(self._read, mailbox)
        lists = look_back(look, lambda seen: all(m.is_shown(seen) for m in moves), self._sleep)
        return [None if each.is_shown(lists) else _not_shown(mailbox) for each in moves]

    def _alone(self, mailbox: str, move: Move) -> Failure | None:
        try:
            [outcome] = self._write(mailbox, [move])
        except Failure as failure:
            return failure
        return outcome

    def _read(self, mailbox: str) -> rows.CasMailbox:
        return rows.read(read_mailbox(self._transport, mailbox), rows.CasMailbox)


def _not_shown(mailbox: str) -> Failure:
    return not_shown(f"the lists of mailbox {mailbox}")


def _change(lists: rows.CasMailbox, moves: Sequence[Move]) -> dict[str, object]:
    """
    Return what moves each id, and leaves every other one what it is.

    An id on both lists is blocked. Exchange takes it off one of them when the other is
    written, and may take it off the blocked one, which lets it in: so it leaves the allowed
    one here.
    """
    meant = {each.device_id.casefold() for each in moves}
    strays = [each for each in rows.on_both(lists) if each.casefold() not in meant]
    onto = {place: [each.device_id for each in moves if each.place is place] for place in Place}
    leaving = onto[Place.NEITHER]
    allowed, blocked = partial(_spelt, lists.allowed), partial(_spelt, lists.blocked)
    return {
        "ActiveSyncAllowedDeviceIDs": list_change(
            add=allowed(onto[Place.ALLOWED]),
            remove=allowed(onto[Place.BLOCKED] + leaving) + strays,
        ),
        "ActiveSyncBlockedDeviceIDs": list_change(
            add=blocked(onto[Place.BLOCKED]),
            remove=blocked(onto[Place.ALLOWED] + leaving),
        ),
    }


def _spelt(stored: list[str] | None, device_ids: Iterable[str]) -> list[str]:
    """Return each id once, as the list spells it; one that is not on it, as it was given."""
    spelt = {each.casefold(): each for each in device_ids}
    spelt |= {each.casefold(): each for each in stored or () if each.casefold() in spelt}
    return list(spelt.values())
