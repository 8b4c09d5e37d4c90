"""What a piece of work takes: executions and their time, and every call of a service."""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import httpx
from azure.data.tables import TableServiceClient

from infra.local.serve import Simulator
from infra.local.world import World

_LINE = re.compile(r"^(\S+Z) \w+ (\S+) ([0-9a-f-]{36}) (Executing$|Executed \()")
_HTTP = ("post_", "get_", "on_webhook")  # on the platform these share their instances
_LOOK = re.compile(r"/messages\?.*numofmessages|comp=metadata")
_TICKS = os.sysconf("SC_CLK_TCK")
BATCHED = 6.0  # seconds; spans and log lines leave every five


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    What some work took.

    `executions` and `seconds` (on this machine, where every service is near) go by function,
    with all of HTTP as one. `calls` go by service; of `events`, each counts. `looks` are the
    host's at queues that had nothing for it. `items` and `told` (bytes of JSON) are spans and
    log lines on their way to Application Insights; `kept` are bytes that tables have grown by.
    """

    executions: dict[str, float]
    seconds: dict[str, float]
    calls: dict[str, float]
    processor: float = 0.0  # seconds, of app and host together
    looks: float = 0.0
    items: float = 0.0
    told: float = 0.0
    kept: float = 0.0

    def each(self, times: float) -> "Figures":
        """Return what one of so many pieces of work took."""
        return Figures(
            executions={name: count / times for name, count in self.executions.items()},
            seconds={name: count / times for name, count in self.seconds.items()},
            calls={name: count / times for name, count in self.calls.items()},
            processor=self.processor / times,
            looks=self.looks / times,
            items=self.items / times,
            told=self.told / times,
            kept=self.kept / times,
        )


class Meter:
    """Stands between the app of one world and everything that it calls."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._lock = Lock()

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Count the calls of one service; the topic's and telemetry's are counted otherwise."""
        if name in {"topic", "insights"}:
            return simulator

        def counted(request: httpx.Request) -> httpx.Response:
            answer = simulator(request)
            with self._lock:
                self._calls["looks" if _is_look(request, answer) else name] += 1
            return answer

        return counted

    def of(self, world: World, work: Callable[[], None]) -> Figures:
        """Return what the work took, which has to be over when it returns."""
        spoken, kept = len(_spoken(world)), _kept(world)
        stood, log, used = self._counted(world), len(world.log_text()), _processor(world)
        work()
        calls, used = self._counted(world) - stood, _processor(world) - used
        executions, seconds = executed(world.log_text()[log:])
        telemetry = _all_spoken(world)[spoken:]
        return Figures(
            executions=executions,
            seconds=seconds,
            looks=calls.pop("looks", 0),
            calls=dict(calls),
            processor=used,
            items=len(telemetry),
            told=sum(len(json.dumps(item)) for item in telemetry),
            kept=_kept(world) - kept,
        )

    def _counted(self, world: World) -> Counter[str]:
        with self._lock:
            return self._calls + Counter(events=len(world.topic.events))


def executed(log: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return executions and their seconds, by function."""
    executions: dict[str, float] = {}
    seconds: dict[str, float] = {}
    begun: dict[str, datetime] = {}
    for line in log.splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        moment, name, invocation, word = found.groups()
        if word == "Executing":
            begun[invocation] = datetime.fromisoformat(moment)
        elif invocation in begun:
            group = "http" if name.startswith(_HTTP) else name
            took = datetime.fromisoformat(moment) - begun.pop(invocation)
            executions[group] = executions.get(group, 0) + 1
            seconds[group] = seconds.get(group, 0) + took.total_seconds()
    return executions, seconds


def _is_look(request: httpx.Request, answer: httpx.Response) -> bool:
    """Whether the host looked for messages, or for their queue, and got nothing to do."""
    if request.method not in {"GET", "HEAD"} or not _LOOK.search(str(request.url)):
        return False
    stream = answer.stream
    return not (isinstance(stream, httpx.ByteStream) and b"<QueueMessage>" in b"".join(stream))


def _spoken(world: World) -> list[dict[str, object]]:
    """Return the spans and log lines that have arrived; metrics go by time, not by work."""
    return [item for item in world.insights.items() if "Metric" not in str(item["name"])]


def _all_spoken(world: World) -> list[dict[str, object]]:
    """Return them once nothing more is on its way: they are sent in batches."""
    found = _spoken(world)
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < BATCHED:
        time.sleep(0.2)
        now = _spoken(world)
        if len(now) != len(found):
            found, quiet_since = now, time.monotonic()
    return found


def _kept(world: World) -> int:
    """Return the bytes in all tables; names and text count twice, being UTF-16 there."""
    with TableServiceClient.from_connection_string(world.connection_string) as service:
        tables = [service.get_table_client(table.name) for table in service.list_tables()]
        rows = (row for table in tables for row in table.list_entities())
        return sum(2 * len(f"{name}{value}") for row in rows for name, value in row.items())


def _processor(world: World) -> float:
    """Return the seconds of a processor that the app has used; Linux tells."""
    if world.host is None:
        raise RuntimeError("there is no app to be measured")
    told = Path(f"/proc/{world.host.process.pid}/stat").read_text("utf-8")
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS
