"""Append blobs in memory, and entries to fill them with."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.audit.record import Actor, Entry, Kind
from shared.errors import Failure
from shared.records.append_blobs import Appended, Moved

AT = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
HELPDESK = Actor(kind="person", id="0a1b")


@dataclass
class FakeBlobs:
    """Storage that keeps its conditions; `down` is raised by the next calls."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: Failure | None = None
    lost: bool = False  # the next append takes effect, but its answer gets lost

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with the prefix, in their order."""
        self._called("names")
        return sorted(name for name in self.blobs if name.startswith(prefix))

    def create(self, name: str) -> None:
        """Make a blob, unless it is there."""
        self._called("create")
        self.blobs.setdefault(name, b"")

    def append(self, name: str, text: bytes, position: int) -> Appended:
        """Append in one piece if the blob ends at *position*."""
        self._called("append")
        if len(self.blobs[name]) != position:
            raise Moved(name)
        self.blobs[name] += text
        self.blocks[name] = self.blocks.get(name, 0) + 1
        if self.lost:
            # What the SDK does then: it tries again, and is told that the condition is not met.
            self.lost = False
            raise Moved(name)
        return Appended(position=len(self.blobs[name]), blocks=self.blocks[name])

    def read(self, name: str, position: int, at_most: int) -> bytes:
        """Return what follows the position."""
        self._called("read")
        return self.blobs[name][position : position + at_most]

    def size(self, name: str) -> int:
        """Return the blob's length."""
        self._called("size")
        return len(self.blobs[name])

    def text(self, tenant_id: str) -> bytes:
        """Return all that a tenant has, in the order of the names."""
        return b"".join(self.blobs[name] for name in sorted(self.blobs) if tenant_id in name)

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.down is not None:
            raise self.down


def an_entry(number: int = 1, tenant_id: str = "t1", **facts: object) -> Entry:
    """Return something to record."""
    return Entry(
        tenant_id=tenant_id,
        at=AT,
        kind=Kind.PLANNED,
        operation_id=f"operation-{number}",
        actor=HELPDESK,
        facts={"action": "block", **facts},
    )
