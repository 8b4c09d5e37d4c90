"""
A listing in slices by how a name begins, each small enough for one page.

The first rows of a slice that is too long show with which letters its names go on: each of
these gets a slice of its own, and what goes on with none of them stays one. So nothing is
left out in any alphabet, and where the listing stands is all there is to remember.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from shared.errors import Rejected
from shared.exchange.paging import LETTERS

MOST_AT_ONCE = 64  # letters: each makes the filter for the others longer
UNUSABLE = frozenset("'\"*?`$\\[]()")  # have, or may have, a meaning of their own in a filter


class Indivisible(Rejected):
    """A slice holds too much for one page, and nothing tells its names apart."""


class Level(msgspec.Struct, array_like=True, frozen=True):
    """The slices of names that begin alike; letter case does not count."""

    prefix: str = ""
    pending: str = ""  # letters whose slices are still to be read, in this order
    known: str = ""  # all letters with slices of their own; the others' slice comes last


Levels = tuple[Level, ...]  # the slice to read next is of the last one; none: all is read
WHOLE: Levels = (Level(),)


def written(levels: Levels, name: str) -> str:
    """Return the filter over the property *name* for the slice to read next; "" for the whole."""
    level = levels[-1]
    if level.pending:
        return _begins(name, level.prefix + level.pending[0])
    others = " -or ".join(_begins(name, level.prefix + letter) for letter in level.known)
    conditions = [_begins(name, level.prefix)] if level.prefix else []
    return " -and ".join([*conditions, *([f"-not ({others})"] if others else [])])


def after(levels: Levels) -> Levels:
    """Return where the listing stands once that slice is read."""
    level = levels[-1]
    if not level.pending:
        return levels[:-1]
    return (*levels[:-1], Level(level.prefix, level.pending[1:], level.known))


def cut(levels: Levels, names: Sequence[str]) -> Levels:
    """
    Return where it stands once that slice has shown to be too long; *names* are some in it.

    Indivisible if they tell nothing by which to cut it.
    """
    level = levels[-1]
    if level.pending:
        prefix = level.prefix + level.pending[0]
        return (*after(levels), _opened(Level(prefix), names))
    return (*levels[:-1], _opened(level, names))


def _opened(level: Level, names: Sequence[str]) -> Level:
    letters = _letters(level, names) if names else set(LETTERS) - set(level.known)
    if not letters:
        raise Indivisible(
            f"Exchange shows only a part of what begins with {level.prefix!r}, and there is no "
            "telling the rest apart; its links to further pages must work to list all of it"
        )
    pending = "".join(sorted(letters))
    return Level(level.prefix, pending, level.known + pending)


def _letters(level: Level, names: Sequence[str]) -> set[str]:
    """Return the letters most names go on with, of those that have no slice yet."""
    place = len(level.prefix)
    found = Counter(_plain(name[place]) for name in names if len(name) > place)
    usable = [
        letter
        for letter, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))
        if letter not in level.known and letter not in UNUSABLE and letter.isprintable()
    ]
    return set(usable[:MOST_AT_ONCE])


def _plain(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def _begins(name: str, prefix: str) -> str:
    return f"{name} -like '{prefix}*'"
