"""OPATH filters, as far as device and mailbox listings need them, and SortBy."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from infra.local.simulators.exchange import errors
from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.rows import Values

Test = Callable[[Values], bool]
_TOKEN = re.compile(r"\s*(?:(?P<mark>[()])|(?P<word>-?[A-Za-z]\w*)|'(?P<text>(?:[^']|'')*)')\s*")
_COMPARE = {  # the signs of left minus right that an operator accepts
    "-eq": {0},
    "-ne": {-1, 1},
    "-gt": {1},
    "-ge": {0, 1},
    "-lt": {-1},
    "-le": {-1, 0},
}


def parse(written: str, filterable: Collection[str]) -> Test:
    """
    Return the test a filter describes.

    Literals stand in quotes: the client is the one to write 'True' for $true.
    """
    parser = _Parser(_tokens(written), written, {name.casefold(): name for name in filterable})
    test = parser.alternatives()
    parser.end()
    return test


def ordered(listing: Listing, by: str, sortable: Collection[str]) -> Listing:
    """Sort a listing by one property, which reads all of it; empty values come first."""
    if by not in sortable:
        raise errors.invalid(f"The property '{by}' can't be sorted by.")
    shown = ((key, listing.show(key)) for key in listing.keys)
    placed = [(str(row[by] or "").casefold(), key) for key, row in shown if row is not None]
    placed.sort(key=lambda place: place[0])
    return Listing([key for _, key in placed], listing.show)


def _tokens(written: str) -> list[str]:
    tokens, place = [], 0
    while place < len(written):
        match = _TOKEN.match(written, place)
        if not match:
            raise _invalid(written)
        mark, word, text = match.group("mark", "word", "text")
        tokens.append(mark or word or f"'{text}")
        place = match.end()
    return tokens


def _invalid(written: str) -> errors.CmdletError:
    return errors.invalid(
        f"Invalid filter syntax. For a description of the filter parameter syntax see the command"
        f' help.\n"{written}"',
        exception="Microsoft.Exchange.Data.ParsingException",
    )


class _Parser:
    def __init__(self, tokens: list[str], written: str, names: dict[str, str]) -> None:
        self._tokens = tokens
        self._written = written
        self._names = names

    def alternatives(self) -> Test:
        left = self._conditions()
        while self._next_is("-or"):
            left = _either(left, self._conditions())
        return left

    def end(self) -> None:
        if self._tokens:
            raise _invalid(self._written)

    def _conditions(self) -> Test:
        left = self._condition()
        while self._next_is("-and"):
            left = _both(left, self._condition())
        return left

    def _condition(self) -> Test:
        if self._next_is("-not"):
            denied = self._condition()
            return lambda row: not denied(row)
        if self._next_is("("):
            inner = self.alternatives()
            if not self._next_is(")"):
                raise _invalid(self._written)
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        name, operator, literal = (self._take() for _ in range(3))
        known = self._names.get(name.casefold())
        if known is None:
            raise errors.invalid(
                f'"{name}" is not a recognized filterable property.',
                exception="Microsoft.Exchange.Data.ParsingException",
            )
        if not literal.startswith("'"):
            raise _invalid(self._written)
        value = literal[1:].replace("''", "'")
        if operator in {"-like", "-notlike"}:
            wanted = operator == "-like"
            return lambda row: _matches(row[known], value) is wanted
        if operator not in _COMPARE:
            raise _invalid(self._written)
        return lambda row: _compare(operator, row[known], value)

    def _next_is(self, token: str) -> bool:
        if self._tokens and self._tokens[0].casefold() == token:
            del self._tokens[0]
            return True
        return False

    def _take(self) -> str:
        if not self._tokens:
            raise _invalid(self._written)
        return self._tokens.pop(0)


def _either(left: Test, right: Test) -> Test:
    return lambda row: left(row) or right(row)


def _both(left: Test, right: Test) -> Test:
    return lambda row: left(row) and right(row)


def _matches(value: object, pattern: str) -> bool:
    middle = re.escape(pattern.strip("*"))
    start = ".*" if pattern.startswith("*") else ""
    end = ".*" if pattern.endswith("*") else ""
    return re.fullmatch(f"{start}{middle}{end}", str(value or ""), re.IGNORECASE) is not None


def _compare(operator: str, value: object, literal: str) -> bool:
    accepted = _COMPARE[operator]
    if isinstance(value, datetime):
        moment = _moment(literal)
        return (value > moment) - (value < moment) in accepted
    if isinstance(value, list | tuple):
        held = literal.casefold() in {str(one).casefold() for one in value}
        return held is (operator == "-eq")
    left, right = ("" if value is None else str(value)).casefold(), literal.casefold()
    return (left > right) - (left < right) in accepted


def _moment(literal: str) -> datetime:
    try:
        moment = datetime.fromisoformat(literal)
    except ValueError as error:
        raise errors.invalid(f"'{literal}' is not a date and time.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
