"""Which message a thread is at work on: its ids for every log line, its names for none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opentelemetry import context as contexts
from opentelemetry.context import Context

_KEY = contexts.create_key("easgate.message")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A message, as far as telemetry may know it, and what it must never repeat."""

    ids: Mapping[str, str] = field(default_factory=dict)  # easgate.operation_id and .tenant_id
    private: tuple[str, ...] = field(default=(), repr=False)


def holding(about: About, within: Context) -> Context:
    """Return a context in which *about* is the message at hand."""
    return contexts.set_value(_KEY, about, within)


def at_hand() -> About:
    """Return the message at hand; an empty one outside of any."""
    found = contexts.get_value(_KEY)
    return found if isinstance(found, About) else About()
