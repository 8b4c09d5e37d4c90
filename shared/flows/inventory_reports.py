"""Somebody asks for a report: it is made from the last picture, and from what was said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from shared.devices import last_words
from shared.devices.groups import Seen, grouped, name_of
from shared.devices.inventory_run import Picture
from shared.devices.last_words import LastWords
from shared.devices.model import AccessPolicy
from shared.devices.policy import Policy
from shared.devices.readiness import REPORTS, Report, Sources
from shared.devices.reports_csv import Cell
from shared.errors import NotFound
from shared.flows.inventory_ports import AllWords, SettingsSeen
from shared.flows.inventory_reading import Pictures, taken
from shared.flows.ports import Clock


class Policies(Protocol):
    """One tenant's mobile device mailbox policies."""

    def list(self) -> tuple[Policy, ...]:
        """Return all policies."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report on a tenant; its rows are found while they are read."""

    picture: Picture
    report: Report
    rows: Iterator[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Makes reports; Exchange is asked only for what no record has."""

    pictures: Pictures
    settings: SettingsSeen
    words: AllWords
    policies: Callable[[str], Policies]  # by tenant id
    clock: Clock

    def make(self, tenant_id: str, name: str) -> Made:
        """Return the report; NotFound if there is none of this name, or no inventory yet."""
        report = REPORTS.get(name)
        if report is None:
            raise NotFound(f"there is no report {name[:80]!r}: there are {', '.join(REPORTS)}")
        picture = taken(tenant_id, self.pictures)
        seen = self.settings.last(tenant_id)
        if seen is None:
            raise AssertionError("a run looks at the settings before it makes a picture")
        sources = Sources(
            policy=AccessPolicy(default=seen.settings.default, rules=seen.settings.rules),
            policies=self.policies(tenant_id).list() if report.needs_policies else (),
            now=self.clock(),
            is_known=_Known(self.words, tenant_id).is_known,
        )
        rows = report.rows(grouped(self.pictures.rows(tenant_id)), sources)
        return Made(picture=picture, report=report, rows=rows)


@dataclass(frozen=True)
class _Known:
    """Which devices an MDM knows; that is read once it is asked for."""

    words: AllWords
    tenant_id: str

    def is_known(self, seen: Seen) -> bool:
        """Whether any MDM has reported on the device."""
        name = last_words.name(name_of(seen.mailbox), seen.device.device_id)
        return self.read.reported(name) is not None

    @cached_property
    def read(self) -> LastWords:
        return self.words.of(self.tenant_id)
