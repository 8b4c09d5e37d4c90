"""The stages of what comes to its end: a certificate, or a secret that carries a date."""

from datetime import datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    """A stage on the way to the end, in order; all but the last are named by their days."""

    DAYS_90 = "90"
    DAYS_60 = "60"
    DAYS_30 = "30"
    DAYS_14 = "14"
    DAYS_7 = "7"
    DAYS_3 = "3"
    DAYS_1 = "1"
    DAYS_0 = "0"
    EXPIRED = "expired"

    @property
    def days(self) -> int:
        """The days left; none either once it has expired."""
        return 0 if self is Stage.EXPIRED else int(self)

    def begins(self, ends_at: datetime) -> datetime:
        """Return when it begins: so many days before the end, or with the day of it, in UTC."""
        if self is Stage.DAYS_0:
            return ends_at.replace(hour=0, minute=0, second=0, microsecond=0)
        return ends_at - timedelta(days=self.days)


def passed(ends_at: datetime, now: datetime) -> tuple[Stage, ...]:
    """
    Return the stages that have begun, in order.

    Compare them with those already told, never with a day count: a timer that misses
    Tuesday must still speak on Wednesday.
    """
    return tuple(stage for stage in Stage if stage.begins(ends_at) <= now)


def stage(ends_at: datetime, now: datetime) -> Stage | None:
    """Return the last stage that has begun, or None while all are ahead."""
    return (None, *passed(ends_at, now))[-1]
