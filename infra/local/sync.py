"""`python3 -m infra.local sync`: takes the inventory of the running world, with a progress bar."""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

from infra.local import running
from infra.local.steps import StepError

PAUSE = 0.2  # seconds between two looks
SILENCE = 60.0  # seconds without an answer, after which nobody is waited for any more
WIDTH = 16  # characters of the bar
FINISHED = {"done", "abandoned"}

Operation = dict[str, Any]


def main(argv: list[str]) -> int:
    """Order a run, show it until it is over, and say what it has found."""
    parser = argparse.ArgumentParser(
        prog="python3 -m infra.local sync",
        description="Take the inventory of a world that `up` keeps running.",
    )
    parser.add_argument(
        "--changes", action="store_true", help="look only for what is new or has changed"
    )
    arguments = parser.parse_args(argv)
    return take(running.found(), "changes" if arguments.changes else "full")


def take(world: running.Running, scope: str) -> int:
    """Order a run and show it; returns 0 if it came to its end with a new picture."""
    key = {"x-functions-key": world.function_key}
    with httpx.Client(base_url=f"{world.url}/api/", headers=key, timeout=30.0) as client:
        operation_id = _ordered(client, scope)
        print(f"operation {operation_id}")
        last: Operation = {}
        for last in _followed(client, operation_id):
            _show(bar(last["progress"]) if last["progress"] else "not begun yet")
    _show("")
    print("\n".join(told(last)))
    return 0 if last["state"] == "done" and _is_complete(last) else 1


def bar(progress: dict[str, Any]) -> str:
    """Return one line: how much is listed, how fast that is, how long it may yet take."""
    before = progress["rows_before"]
    share = min(progress["rows"] / before, 1.0) if before else None
    if progress["part"] in {"settling", "done"}:
        share = 1.0  # of the listing
    full = round(WIDTH * (share or 0))
    shown = "#" * full + "." * (WIDTH - full) if share is not None else "?" * WIDTH
    left = progress["seconds_left"]
    return (
        f"[{shown}] {progress['part']:9} {progress['pages']} pages, {progress['rows']} rows, "
        f"{progress['rows_per_second']:.0f} rows/s" + (f", {left:.0f} s left" if left else "")
    )


def told(operation: Operation) -> list[str]:
    """Return what became of a run, and what it counted."""
    lines = [f"{operation['state']}: {operation['history'][-1]['note']}"]
    progress = operation["progress"]
    if progress:
        counted = ("pages", "rows", "changed", "gone", "calls")
        lines += [f"  {name:8} {progress[name]}" for name in counted]
    return lines


def _ordered(client: httpx.Client, scope: str) -> str:
    answer = client.post("inventory/sync", json={"scope": scope, "requested_by": "you"})
    if not answer.is_success:
        raise StepError(f"{answer.status_code}: {answer.text}")
    return str(answer.json()["operation_id"])


def _followed(client: httpx.Client, operation_id: str) -> Iterator[Operation]:
    """Yield the operation again and again until it is finished; StepError if nobody answers."""
    heard = time.monotonic()
    while True:
        found = _seen(client, operation_id)
        if found:
            heard = time.monotonic()
            yield found
        if found.get("state") in FINISHED:
            return
        if time.monotonic() - heard > SILENCE:
            raise StepError(f"the world has not answered for {SILENCE:.0f} s")
        time.sleep(PAUSE)


def _seen(client: httpx.Client, operation_id: str) -> Operation:
    try:
        answer = client.get(f"operations/{operation_id}")
    except httpx.TransportError:
        return {}
    found: Operation = answer.json() if answer.is_success else {}
    return found


def _is_complete(operation: Operation) -> bool:
    progress = operation["progress"]
    return progress is not None and progress["outcome"] == "complete"


def _show(line: str) -> None:
    """Replace the line that stands there; where nobody looks on, nothing is shown."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{line}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
