"""NCRONTAB schedules: `[second] minute hour day month weekday`, in UTC."""

import calendar
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MONTHS = [name.lower() for name in calendar.month_name[1:]]
WEEKDAYS = ["sunday", *(name.lower() for name in calendar.day_name[:6])]
HORIZON = timedelta(days=366 * 28)  # a 29th of February on a given weekday is that rare


class ScheduleError(ValueError):
    """The text is no NCRONTAB expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    When a timer fires; day of month and day of week must both match.

    That both must match is NCrontab's rule; classic cron takes either.
    """

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def next(self, after: datetime) -> datetime:
        """Return the first occurrence later than *after*; ScheduleError if there is none."""
        moment = next(self.occurrences(after), None)
        if moment is None:
            raise ScheduleError("this schedule never occurs")
        return moment

    def occurrences(self, after: datetime) -> Iterator[datetime]:
        """Yield the occurrences later than *after*, in order, for the next 28 years."""
        start = after.astimezone(UTC)
        for offset in range(HORIZON.days):
            day = start.date() + timedelta(days=offset)
            if self._has(day):
                yield from (moment for moment in self._within(day, start) if moment > start)

    def _has(self, day: date) -> bool:
        weekday = day.isoweekday() % 7  # Sunday is 0
        return day.month in self.months and day.day in self.days and weekday in self.weekdays

    def _within(self, day: date, start: datetime) -> Iterator[datetime]:
        first = start.hour if day == start.date() else 0
        hours = [hour for hour in self.hours if hour >= first]
        for hour, minute, second in itertools.product(hours, self.minutes, self.seconds):
            yield datetime.combine(day, time(hour, minute, second), tzinfo=UTC)


def parse(text: str) -> Schedule:
    """Parse five fields (no seconds) or six; ScheduleError says which field is wrong."""
    fields = text.split()
    if len(fields) == 5:  # noqa: PLR2004  the classic form
        fields = ["0", *fields]
    if len(fields) != 6:  # noqa: PLR2004  the form with seconds
        raise ScheduleError(f"{text!r}: five or six fields are expected")
    return Schedule(
        seconds=_field(fields[0], 0, 59),
        minutes=_field(fields[1], 0, 59),
        hours=_field(fields[2], 0, 23),
        days=_field(fields[3], 1, 31),
        months=_field(fields[4], 1, 12, names=MONTHS),
        weekdays=_field(fields[5], 0, 6, names=WEEKDAYS),
    )


def _field(text: str, low: int, high: int, *, names: list[str] | None = None) -> tuple[int, ...]:
    chosen: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if (step and not step.isdecimal()) or step == "0":
            raise ScheduleError(f"{text!r}: {step!r} is not a step")
        first, last = _span(span, low, high, names or [], is_open=bool(step))
        chosen.update(range(first, last + 1, int(step or 1)))
    return tuple(sorted(chosen))


def _span(span: str, low: int, high: int, names: list[str], *, is_open: bool) -> tuple[int, int]:
    """Return a part's ends: `*`, `a-b` in either order, `a`, or `a` up to the end before a step."""
    if span == "*":
        return low, high
    ends = [_value(end, low, high, names) for end in span.split("-", 1)]
    if len(ends) == 1:
        return ends[0], high if is_open else ends[0]
    return min(ends), max(ends)


def _value(text: str, low: int, high: int, names: list[str]) -> int:
    if text.isdecimal():
        value = int(text)
    else:
        known = [i for i, name in enumerate(names) if text and name.startswith(text.lower())]
        value = known[0] + low if known else high + 1
    if not low <= value <= high:
        raise ScheduleError(f"{text!r} is not between {low} and {high}")
    return value
