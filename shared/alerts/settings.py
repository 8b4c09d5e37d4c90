"""What an administrator writes into ALERT_RECEIVERS for one receiver."""

from collections.abc import Collection
from enum import StrEnum
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from shared.alerts import kinds

PAGERDUTY = "https://events.pagerduty.com"


class Kind(StrEnum):
    """What a receiver understands."""

    WEBHOOK = "webhook"
    TEAMS = "teams"
    PAGERDUTY = "pagerduty"


class ReceiverSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True
):
    """
    One value of ALERT_RECEIVERS.

    The secret, in the vault: of a webhook its `whsec_` key, of PagerDuty the routing key, of
    Teams the whole address of the workflow, which is all that it asks for.
    """

    kind: Kind
    secret_name: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{1,127}$(?!\n)")]
    url: str = ""  # of a webhook; of PagerDuty only its host, if not the one in the US
    types: tuple[str, ...] = ()  # empty: those that alarm
    tenant_ids: tuple[UUID, ...] = ()  # empty: all
    allow_private: bool = False  # it may stand in our own network, or on this machine
    runbook_url: str = ""  # where a person finds RUNBOOK.md
    edition: int = 1  # another number switches it on again after it has answered 410

    @cached_property
    def chosen(self) -> frozenset[str]:
        """The types of event that it is told, by their short names."""
        return kinds.chosen(self.types) if self.types else kinds.ALARMING

    def wants(self, kind: str, tenant_id: str) -> bool:
        """Whether it is to be told of an event."""
        if self.tenant_ids and tenant_id not in map(str, self.tenant_ids):
            return False
        if kind in self.chosen:
            return True
        ends = kinds.ENDINGS.get(kind, frozenset())
        return self.kind is Kind.PAGERDUTY and not ends.isdisjoint(self.chosen)


def complaints(settings: ReceiverSettings, tenant_ids: Collection[str]) -> list[str]:
    """Return what must be changed; nothing if the receiver can be served."""
    found = [f"there is no event {name}" for name in kinds.unknown(settings.types)]
    match settings.kind:
        case Kind.WEBHOOK:
            found += address_complaints("url", settings.url)
        case Kind.TEAMS if settings.url:
            found.append("the workflow's address is a secret: only secret_name says where it is")
        case Kind.PAGERDUTY if settings.url:
            found += address_complaints("url", settings.url)
            if not found and urlsplit(settings.url)[2:4] != ("", ""):
                found.append("url is more than a host")
        case _:
            pass
    if settings.runbook_url:
        found += address_complaints("runbook_url", settings.runbook_url)
    strangers = {str(each) for each in settings.tenant_ids} - {*tenant_ids}
    return found + [f"tenant {each} is not in TENANTS" for each in sorted(strangers)]


def address_complaints(name: str, url: str) -> list[str]:
    """Return what is wrong with an address, without repeating it: it may be a secret."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return [f"{name} is no address"]
    if parts.scheme != "https" or not parts.hostname:
        return [f"{name} is not an https address"]
    if "@" in parts.netloc or parts.fragment:
        return [f"{name} holds a user or a fragment"]
    return []
