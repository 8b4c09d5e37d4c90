"""What another process needs to know of a world that is kept running; gone when it stops."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from infra.local.places import LOCAL
from infra.local.steps import StepError
from infra.local.world import World

_FILE = LOCAL / "running-world.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where its functions answer, and with which keys."""

    url: str
    function_key: str
    sender_keys: dict[str, str]  # what each MDM signs with


@contextmanager
def announced(world: World) -> Iterator[None]:
    """Let others find the world while this lasts; nobody else on this machine may read it."""
    told = Running(
        url=world.url,
        function_key=world.function_key,
        sender_keys={name: keys.signs for name, keys in world.sender_keys.items()},
    )
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.unlink(missing_ok=True)
    _FILE.touch(mode=0o600)
    _FILE.write_text(json.dumps(asdict(told)), "utf-8")
    try:
        yield
    finally:
        _FILE.unlink(missing_ok=True)


def found() -> Running:
    """Return the world that is kept running; StepError if there is none."""
    try:
        return Running(**json.loads(_FILE.read_text("utf-8")))
    except FileNotFoundError:
        raise StepError(
            "no world is running: start one with `python3 -m infra.local up` in another terminal"
        ) from None
