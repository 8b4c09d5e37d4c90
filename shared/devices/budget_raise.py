"""An hourly budget that may be higher for a while: a person says so, and another one approves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from shared.devices.change import Change

LONGEST = timedelta(days=7)
Units = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Budget(StrEnum):
    """What a tenant may have raised; the share of the fleet is a setting alone."""

    WIPES = "wipes"
    BLOCKS = "blocks"
    REMOVALS = "removals"
    POLICY_CHANGES = "policy_changes"


class RaiseBudget(Change, frozen=True, kw_only=True, tag="raise_budget"):
    """Let more happen unasked in any hour until a moment; what the settings allow stays allowed."""

    budget: Budget
    to: Units  # in any hour
    until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """How high a budget was raised, and until when."""

    to: int
    until: datetime


def target(change: RaiseBudget) -> str:
    """Return what the change is about."""
    return f"hourly budget of {change.budget.replace('_', ' ')}"


def says(change: RaiseBudget) -> str:
    """Return what the change is, in a few words."""
    return f"{target(change)} at least {change.to} until {change.until:%Y-%m-%d %H:%M} UTC"
