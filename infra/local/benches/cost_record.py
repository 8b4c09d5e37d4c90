"""What was measured last, in a file beside the page that is computed from it."""

from pathlib import Path

import msgspec

from infra.local.benches.cost_meter import Figures
from infra.local.places import CHECKOUT

FILE = CHECKOUT / "infra" / "azure" / "cost.json"
SMALL, LARGE = 1_000, 4_000  # mailboxes of the two companies whose inventory is taken
DEVICES = 2.0  # of each of these mailboxes
CHANGED = 0.01  # of their rows, before some runs


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Measured figures: of small pieces of work, and of inventory runs at both sizes."""

    measured_on: str
    queues: int  # that the host listens to
    polling: float  # seconds between its looks at an empty one, at most
    series: int  # of metrics that a worker was seen to send
    small: dict[str, Figures]
    runs: dict[str, tuple[Figures, Figures]]


def read(file: Path = FILE) -> Record:
    """Return the record."""
    return msgspec.json.decode(file.read_bytes(), type=Record)


def write(record: Record, file: Path = FILE) -> None:
    """Keep the record; figures to a thousandth, which is finer than they are."""
    rounded = _rounded(msgspec.to_builtins(record))
    file.write_bytes(msgspec.json.format(msgspec.json.encode(rounded)) + b"\n")


def _rounded(thing: object) -> object:
    match thing:
        case float():
            return round(thing, 3)
        case dict():
            return {name: _rounded(value) for name, value in thing.items()}
        case list() | tuple():
            return [_rounded(value) for value in thing]
        case _:
            return thing
