"""Kills the app at a chosen moment: right after one of its calls took effect, before it knows."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx

from infra.local.serve import Simulator
from infra.local.world import World
from tests.e2e import looking

T = TypeVar("T")
PATIENCE = 90.0  # seconds, where other tests run beside it
EACH = 2  # every second moment: all of them take half a minute more; 1 tries each
MESSAGE = re.compile(rb"<QueueMessage>")
CMDLET = re.compile(rb'"CmdletName":\s*"([A-Za-z-]+)"')


Moment = tuple[str, int]  # a call, and the how-manieth of its kind in one run


class Killer:
    """Sees the app's calls once armed; the deadly one is its last."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.seen: list[Moment] = []  # since armed
        self.has_killed = False
        self._deadly: Moment | None = None
        self._lock = threading.Lock()

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""

        def watched(request: httpx.Request) -> httpx.Response:
            answer = simulator(request)
            if _is_the_apps(name, request, answer):
                self._note(f"{name} {request.method} {_place(request)}")
            return answer

        return watched

    def arm(self, deadly: Moment | None) -> None:
        """Kill right after this call took effect; None lets the app live."""
        with self._lock:
            self.seen, self.has_killed, self._deadly = [], False, deadly

    def _note(self, call: str) -> None:
        with self._lock:
            moment = (call, 1 + sum(known == call for known, _ in self.seen))
            self.seen.append(moment)
            if moment == self._deadly and self.world:
                self._deadly, self.has_killed = None, True
                self.world.kill_host()


@contextmanager
def a_killable_world() -> Iterator[tuple[World, Killer]]:
    """Run a world whose app can be killed between any two of its calls."""
    killer = Killer()
    world = World(watch=killer.watch, lease=1, wipe_settle=0.5, embedded=True)
    with world:
        killer.world = world
        without_telemetry(world)
        yield world, killer


def without_telemetry(world: World) -> None:
    """Let the app send none from its next start on: each of many starts would pay for it."""
    del world.settings["APPLICATIONINSIGHTS_CONNECTION_STRING"]


def every_moment(world: World, killer: Killer) -> Iterator[Moment | None]:
    """
    Yield moments at which the app will die; None: it may live.

    Runs that live show which moments there are; others after all these deaths show whether one
    was missed. By kind and number, because concurrent calls change places. To die after a read
    is to die after the change before it, so those are left out. A fresh app is started only for
    what no app does that has been running: starting is what takes the time.
    """
    tried: set[Moment] = set()
    yield from _run(world, killer, None)  # it makes what is made once in storage's whole life
    while True:
        yield from _run(world, killer, None, is_fresh=True)
        fresh = _ahead(killer, tried)
        yield from _run(world, killer, None)
        running = _ahead(killer, tried)
        if not fresh and not running:
            return
        tried.update(fresh, running)
        for moment in running[::EACH]:
            yield from _run(world, killer, moment)
        for moment in [each for each in fresh if each not in running][::EACH]:
            yield from _run(world, killer, moment, is_fresh=True)


def _ahead(killer: Killer, tried: set[Moment]) -> list[Moment]:
    return [moment for moment in killer.seen if moment not in tried and _changes(moment)]


def _changes(moment: Moment) -> bool:
    """Whether dying after the call differs from dying after the one before: reads leave nothing."""
    _, method, place = moment[0].split(" ", 2)
    return method != "GET" and not all(name.startswith("Get-") for name in place.split())


def _run(
    world: World, killer: Killer, deadly: Moment | None, *, is_fresh: bool = False
) -> Iterator[Moment | None]:
    if is_fresh:
        world.kill_host()
    world.start_host()
    killer.arm(deadly)
    yield deadly


def until(came_true: Callable[[], T | None], what: str) -> T:
    """Return the first true result, or fail saying *what* did not happen."""
    return looking.until(came_true, what, seconds=PATIENCE)


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
    cmdlets = b" ".join(CMDLET.findall(request.content)).decode()
    if cmdlets:
        return cmdlets
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
