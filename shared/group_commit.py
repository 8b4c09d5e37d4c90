"""Changes to one thing that meet are made together, by one of those who wait for them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import Failure, Retryable

T = TypeVar("T")  # a change
Write = Callable[[str, Sequence[T]], Sequence[Failure | None]]
Opposed = Callable[[T, T], bool]
Wait = Callable[[threading.Condition], object]


class GroupCommit(Generic[T]):
    """
    Makes the changes of one worker's threads; those that wait for one another become one.

    *write* makes changes to the thing named, in the order given, and returns what became of
    each; what it raises is everybody's. Opposed changes are never made together, and the
    later one is made later. *wait* is a Condition's.
    """

    def __init__(
        self, write: Write[T], opposed: Opposed[T], wait: Wait = threading.Condition.wait
    ) -> None:
        self._write = write
        self._opposed = opposed
        self._wait = wait
        self._lock = threading.Lock()
        self._lines: dict[str, _Line[T]] = {}  # by what is changed, whatever the case

    def make(self, name: str, change: T) -> None:
        """Make the change, alone or with others; raises the Failure it came to."""
        mine = _Waiting(change)
        with self._in_line(name, mine) as line:
            while group := line.next_group(mine):
                self._make(group, line)
        if mine.failure is not None:
            raise mine.failure.with_traceback(None)  # others may be raising it, too

    def _make(self, group: "Sequence[_Waiting[T]]", line: "_Line[T]") -> None:
        outcomes: Sequence[Failure | None] = ()
        try:
            outcomes = self._write(line.name, [each.change for each in group])
        except Failure as failure:
            outcomes = [failure] * len(group)
        finally:
            line.settle(group, outcomes)

    @contextmanager
    def _in_line(self, name: str, mine: "_Waiting[T]") -> "Iterator[_Line[T]]":
        """Stand in the line for the thing, which is there as long as anybody is in it."""
        key = name.casefold()
        with self._lock:
            line = self._lines.setdefault(key, _Line(name, self._opposed, self._wait))
            line.members += 1
        try:
            line.join(mine)
            yield line
        finally:
            line.leave(mine)
            with self._lock:
                line.members -= 1
                if not line.members:
                    del self._lines[key]


def _broke_down() -> Retryable:
    return Retryable("the attempt that this change was a part of broke down")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T]):
    """One change, and what became of it once it is settled."""

    change: T
    is_settled: bool = False
    failure: Failure | None = None


class _Line(Generic[T]):
    """Who waits to change one thing, and whether somebody is at it."""

    def __init__(self, name: str, opposed: Opposed[T], wait: Wait) -> None:
        self.name = name
        self.members = 0
        self._opposed = opposed
        self._wait = wait
        self._changed = threading.Condition()
        self._waiting: list[_Waiting[T]] = []
        self._is_taken = False

    def join(self, mine: _Waiting[T]) -> None:
        """Wait behind those who are here already."""
        with self._changed:
            self._waiting.append(mine)

    def leave(self, mine: _Waiting[T]) -> None:
        """Leave nothing behind, not even when interrupted."""
        with self._changed:
            self._waiting = [each for each in self._waiting if each is not mine]

    def next_group(self, mine: _Waiting[T]) -> list[_Waiting[T]]:
        """Wait, and return what is to be made together now; nothing, once *mine* is settled."""
        with self._changed:
            while self._is_taken and not mine.is_settled:
                self._wait(self._changed)
            if mine.is_settled:
                return []
            group, self._waiting = self._parted()
            self._is_taken = True
            return group

    def settle(self, group: Sequence[_Waiting[T]], outcomes: Sequence[Failure | None]) -> None:
        """Tell each what became of its change, and let the next one have its turn."""
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()
            for number, each in enumerate(group):
                each.failure = outcomes[number] if number < len(outcomes) else _broke_down()
                each.is_settled = True

    def _parted(self) -> tuple[list[_Waiting[T]], list[_Waiting[T]]]:
        """Return those who can go together, and those who must wait for one of them."""
        group: list[_Waiting[T]] = []
        rest: list[_Waiting[T]] = []
        for each in self._waiting:
            before = [*group, *rest]
            is_late = any(self._opposed(each.change, other.change) for other in before)
            (rest if is_late else group).append(each)
        return group, rest
