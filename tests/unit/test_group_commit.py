"""Changes of one thing that wait for one another are made together, and nobody is left waiting."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from shared.errors import Failure, Misconfigured, Rejected, Retryable
from shared.group_commit import GroupCommit

PATIENCE = 10.0  # seconds, of which a test that passes needs none


def opposed(one: str, other: str) -> bool:
    """Whether both are about one letter, and one is in capitals."""
    return one.lower() == other.lower() and one != other


class Died(BaseException):
    """The thread is gone."""


@dataclass
class Scene:
    """Threads with changes; the write of "first" goes on until the test lets it end."""

    outcome: Failure | BaseException | None = None  # of what is written after "first"
    written: list[tuple[str, list[str]]] = field(default_factory=list)
    interrupts: bool = False  # whoever comes to wait now is interrupted
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16))
    _began: threading.Event = field(default_factory=threading.Event)
    _may_end: threading.Event = field(default_factory=threading.Event)
    _waits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        self.commit = GroupCommit(self._write, opposed, wait=self._wait)

    def begun(self, name: str = "thing", change: str = "first") -> Future[None]:
        """Begin a write that others then have to wait for."""
        future = self._pool.submit(self.commit.make, name, change)
        assert self._began.wait(PATIENCE)
        return future

    def waiting(self, *changes: str, name: str = "thing") -> list[Future[None]]:
        """Send a thread with each change, one after the other, and see it wait."""
        futures = []
        for change in changes:
            futures.append(self._pool.submit(self.commit.make, name, change))
            assert self._waits.acquire(timeout=PATIENCE)
        return futures

    def end(self) -> None:
        """Let the first write end."""
        self._may_end.set()

    def close(self) -> None:
        """Let everything end."""
        self.end()
        self._pool.shutdown()

    def _wait(self, changed: threading.Condition) -> None:
        if self.interrupts:
            raise Died
        self._waits.release()
        assert changed.wait(PATIENCE)

    def _write(self, name: str, changes: Sequence[str]) -> list[Failure | None]:
        self.written.append((name, list(changes)))
        if "first" in changes:
            self._began.set()
            assert self._may_end.wait(PATIENCE)
        elif self.outcome is not None:
            raise self.outcome
        bad = Rejected("bad")
        return [bad if change == "bad" else None for change in changes]


@contextmanager
def a_scene(outcome: Failure | BaseException | None = None) -> Iterator[Scene]:
    """Yield a scene that is over afterwards."""
    scene = Scene(outcome)
    try:
        yield scene
    finally:
        scene.close()


def outcomes(futures: Sequence[Future[None]]) -> list[type[object]]:
    """Return the kind of what each came to."""
    return [type(each.exception(PATIENCE)) for each in futures]


def test_changes_that_wait_for_a_write_become_the_next_one() -> None:
    """One after the other; and nothing is left of the line."""
    with a_scene() as scene:
        futures = [scene.begun(), *scene.waiting("a", "b", "c")]
        scene.end()
        assert outcomes(futures) == [type(None)] * 4
        assert scene.written == [("thing", ["first"]), ("thing", ["a", "b", "c"])]
        assert vars(scene.commit)["_lines"] == {}


def test_changes_of_another_thing_wait_for_nobody() -> None:
    """One mailbox's trouble is its own; its name may be written in another case."""
    with a_scene() as scene:
        first = scene.begun()
        scene.commit.make("other", "a")
        same = scene.waiting("b", name="THING")
        scene.end()
        assert outcomes([first, *same]) == [type(None)] * 2
        assert scene.written == [("thing", ["first"]), ("other", ["a"]), ("thing", ["b"])]


def test_opposed_changes_are_made_one_after_the_other() -> None:
    """In the order in which they came, also where the third agrees with the first."""
    with a_scene() as scene:
        futures = [scene.begun(), *scene.waiting("a", "A", "b", "a")]
        scene.end()
        assert outcomes(futures) == [type(None)] * 5
        assert [changes for _, changes in scene.written] == [["first"], ["a", "b"], ["A"], ["a"]]


def test_each_gets_its_own_outcome() -> None:
    """One of a group may fail."""
    with a_scene() as scene:
        scene.begun()
        futures = scene.waiting("a", "bad", "b")
        scene.end()
        assert outcomes(futures) == [type(None), Rejected, type(None)]


@pytest.mark.parametrize("failure", [Retryable("busy"), Misconfigured("off"), Rejected("no")])
def test_what_the_write_fails_with_is_everybodys(failure: Failure) -> None:
    """It is told to each as it is."""
    with a_scene(failure) as scene:
        scene.begun()
        futures = scene.waiting("a", "b", "c")
        scene.end()
        assert [each.exception(PATIENCE) for each in futures] == [failure] * 3


@pytest.mark.parametrize("outcome", [ValueError("a bug"), Died()])
def test_nobody_hangs_when_the_one_who_writes_breaks_down(outcome: BaseException) -> None:
    """Who wrote shows the bug as it is; what became of the others' changes is not known."""
    with a_scene(outcome) as scene:
        scene.begun()
        futures = scene.waiting("a", "b", "A", "c")
        scene.end()
        found = outcomes(futures)
        assert set(found) == {type(outcome), Retryable}
        assert found.count(type(outcome)) == len(scene.written) - 1  # whoever wrote after the first
        assert vars(scene.commit)["_lines"] == {}


def test_a_change_whose_thread_gave_up_waiting_is_not_made() -> None:
    """And those behind it are."""
    with a_scene() as scene:
        first = scene.begun()
        behind = scene.waiting("a")

        scene.interrupts = True
        with pytest.raises(Died):
            scene.commit.make("thing", "b")
        scene.interrupts = False
        scene.end()
        assert outcomes([first, *behind]) == [type(None)] * 2
        assert scene.written[1:] == [("thing", ["a"])]


def test_failed_line_starts_anew() -> None:
    """Whoever comes later finds nothing of it."""
    with a_scene(Retryable("busy")) as scene:
        with pytest.raises(Retryable):
            scene.commit.make("thing", "a")
        scene.outcome = None
        scene.commit.make("thing", "a")
        assert len(scene.written) == 2
