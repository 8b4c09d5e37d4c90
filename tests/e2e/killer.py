"""Kills the app at a chosen moment: right after one of its calls took effect, before it knows."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx

from infra.local.serve import Simulator
from infra.local.world import World

T = TypeVar("T")
PATIENCE = 40.0
MESSAGE = re.compile(rb"<QueueMessage>")


class Killer:
    """Counts the app's calls once armed; the one with the deadly number is its last."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.seen: list[str] = []  # since armed
        self.killed_after: set[tuple[str, int]] = set()  # a call, and the how-manieth of its kind
        self.has_killed = False
        self._deadly = 0
        self._lock = threading.Lock()

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""

        def watched(request: httpx.Request) -> httpx.Response:
            answer = simulator(request)
            if _is_the_apps(name, request, answer):
                self._note(f"{name} {request.method} {_place(request)}")
            return answer

        return watched

    def arm(self, deadly: int) -> None:
        """Kill after this many calls from now."""
        with self._lock:
            self.seen, self.has_killed, self._deadly = [], False, deadly

    def disarm(self) -> None:
        """Let the app live."""
        with self._lock:
            self._deadly = 0

    def _note(self, call: str) -> None:
        with self._lock:
            self.seen.append(call)
            if self._deadly and len(self.seen) == self._deadly and self.world:
                self._deadly, self.has_killed = 0, True
                self.killed_after.add((call, self.seen.count(call)))
                self.world.kill_host()

    def survived(self) -> set[tuple[str, int]]:
        """Return the calls since armed after which the app was never killed."""
        numbered = {(call, self.seen[: at + 1].count(call)) for at, call in enumerate(self.seen)}
        return numbered - self.killed_after


@contextmanager
def a_killable_world() -> Iterator[tuple[World, Killer]]:
    """Run a world whose app can be killed between any two of its calls."""
    killer = Killer()
    world = World(watch=killer.watch, lease=1, wipe_settle=2.0, embedded=True)
    with world:
        killer.world = world
        yield world, killer


def every_moment(world: World, killer: Killer) -> Iterator[int]:
    """
    Yield 1, 2, 3, ... with a freshly started app that will die after so many calls.

    Ends after the first run that came through alive: then no moment is left. Fails if
    one was missed after all, because runs differed.
    """
    deadly = 0
    while True:
        deadly += 1
        world.kill_host()
        world.start_host()
        killer.arm(deadly)
        yield deadly
        killer.disarm()
        if not killer.has_killed:
            missed = killer.survived()
            assert not missed, f"never killed after {sorted(missed)}"
            return


def until(came_true: Callable[[], T | None], what: str) -> T:
    """Return the first true result, or fail saying *what* did not happen."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = came_true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")


def insistent(world: World, send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send until it is taken, as senders do; an app that died meanwhile is started again."""

    def attempt() -> httpx.Response | None:
        try:
            answer = send()
        except httpx.TransportError:
            revive(world)
            return None
        return answer if answer.is_success else None

    return until(attempt, "the app takes the message")


def revive(world: World) -> None:
    """Start the app again if it has died."""
    world.start_host()


def _place(request: httpx.Request) -> str:
    """Return what was called, without the names that differ from run to run."""
    return re.sub(r"\(.*\)|[0-9a-f]{32}|[0-9a-f-]{36}|^/local[0-9a-f]+", "", request.url.path)


def _is_the_apps(name: str, request: httpx.Request, answer: httpx.Response) -> bool:
    """Leave out the host's own polling, which comes at any time and changes nothing."""
    if name != "queues":
        return True
    if "/messages" not in request.url.path:
        return False
    if request.method == "GET":
        answer.read()
        return MESSAGE.search(answer.content) is not None
    return True
