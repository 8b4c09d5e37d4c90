"""Mailboxes: their addresses, client access settings, personal lists and partnerships."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from infra.local.simulators.exchange.cas_settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from infra.local.simulators.exchange.devices import Device
    from infra.local.simulators.exchange.organization import MailboxPolicy, Organization


@dataclass(slots=True, kw_only=True, eq=False)
class Mailbox:
    """One mailbox. Its name, as is common now, is its external directory object id."""

    organization: Organization
    address: str
    display_name: str
    created: datetime
    aliases: list[str] = field(default_factory=list)  # further addresses
    allowed_ids: list[str] = field(default_factory=list)
    blocked_ids: list[str] = field(default_factory=list)
    guid: UUID = field(default_factory=uuid4)
    external_id: UUID = field(default_factory=uuid4)
    policy_name: str | None = None  # None: whichever policy is the default
    settings: dict[str, object] = field(default_factory=lambda: dict(DEFAULTS))
    devices: dict[UUID, Device] = field(default_factory=dict)
    conditional_access: bool = False  # a policy that lets Outlook mobile pass the rules

    @property
    def name(self) -> str:
        """The name of the directory object."""
        return str(self.external_id)

    @property
    def distinguished_name(self) -> str:
        """The mailbox's place in the directory."""
        return f"CN={self.name},{self.organization.distinguished_name}"

    @property
    def legacy_name(self) -> str:
        """The name older protocols use."""
        return f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={self.guid.hex}"

    @property
    def policy(self) -> MailboxPolicy:
        """The mobile device mailbox policy in force."""
        policies = self.organization.policies
        if self.policy_name:
            return policies[self.policy_name.casefold()]
        return next(one for one in policies.values() if one.settings["IsDefault"])

    @property
    def keys(self) -> Iterable[str]:
        """Everything that identifies the mailbox, in lower case."""
        ids = (self.name, str(self.guid), self.distinguished_name, self.legacy_name)
        return {key.casefold() for key in (self.address, *self.aliases, *ids)}

    @staticmethod
    def lists(device_id: str, ids: Sequence[str]) -> bool:
        """Tell whether a personal list holds the id; case does not matter."""
        return device_id.casefold() in {listed.casefold() for listed in ids}
