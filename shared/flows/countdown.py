"""What nears its end is announced in stages, each once, however often or seldom anybody looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.credentials import expiry
from shared.credentials.expiry import Stage
from shared.flows.ports import Clock


class AnnouncedStages(Protocol):
    """Which stages have been announced so far."""

    def stages(self, tenant_id: str, subject: str) -> int | None:
        """Return how many stages of a subject are settled; None if it was never looked at."""
        ...

    def settle(self, tenant_id: str, subject: str, stages: int) -> None:
        """Note how many stages are settled; it never becomes less."""
        ...


class Tell(Protocol):
    """Announces one stage."""

    def __call__(self, *, stage: Stage, ends_at: datetime, now: datetime) -> None:
        """Announce it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """The stages of all that ends one day."""

    announced: AnnouncedStages
    clock: Clock

    def look(self, tenant_id: str, what: str, ends_at: datetime, tell: Tell) -> None:
        """Announce the stages that have begun since the last look, however long ago that was."""
        now, subject = self.clock(), f"{what}-{ends_at:%Y%m%d}"
        passed = expiry.passed(ends_at, now)
        settled = self.announced.stages(tenant_id, subject)
        if settled is None:
            # What passed before anybody looked is history, except for where things stand.
            settled = max(len(passed) - 1, 0)
            self.announced.settle(tenant_id, subject, settled)
        for stage in passed[settled:]:
            tell(stage=stage, ends_at=ends_at, now=now)
        if settled < len(passed):
            # Told before it is noted: a death in between repeats the events under their ids.
            self.announced.settle(tenant_id, subject, len(passed))
