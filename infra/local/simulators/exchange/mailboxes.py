"""Mailboxes: their addresses, client access settings, personal lists and partnerships."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from infra.local.simulators.exchange import errors
from infra.local.simulators.exchange.cas_settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from infra.local.simulators.exchange.devices import Device
    from infra.local.simulators.exchange.organization import MailboxPolicy, Organization

_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True, kw_only=True, eq=False)
class Mailbox:
    """One mailbox. Its name, as is common now, is its external directory object id."""

    organization: Organization
    address: str
    display_name: str
    created: datetime
    aliases: list[str] = field(default_factory=list)  # further addresses
    sign_in_name: str = ""  # empty: the same as the address
    allowed_ids: list[str] = field(default_factory=list)
    blocked_ids: list[str] = field(default_factory=list)
    guid: UUID = field(default_factory=uuid4)
    external_id: UUID = field(default_factory=uuid4)
    policy_id: UUID | None = None  # None: whichever policy is the default
    # Replaced as a whole when it changes: most mailboxes share the same one.
    settings: Mapping[str, object] = field(default_factory=lambda: DEFAULTS)
    devices: dict[UUID, Device] = field(default_factory=dict)
    conditional_access: bool = False  # a policy that lets Outlook mobile pass the rules
    recipient_type: str = "UserMailbox"
    # Department, CustomAttribute1 to 15 and such.
    attributes: Mapping[str, str] = field(default_factory=lambda: _NO_ATTRIBUTES)
    store_failure: str | None = None  # the exception that opening the mailbox meets
    changed: datetime | None = None  # None: not since it was created

    @property
    def name(self) -> str:
        """The name of the directory object."""
        return str(self.external_id)

    @property
    def user_principal_name(self) -> str:
        """The name that the mailbox's owner signs in with."""
        return self.sign_in_name or self.address

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
        return self.organization.policy(self.policy_id)

    def open(self) -> None:
        """Raise what opening the mailbox meets, if anything."""
        if self.store_failure:
            raise errors.store_failed(self.address, self.store_failure)

    def snapshot(self) -> Mailbox:
        """Return a copy, devices and all, that later changes leave as it is."""
        copy = replace(self, aliases=list(self.aliases))
        copy.allowed_ids, copy.blocked_ids = list(self.allowed_ids), list(self.blocked_ids)
        copy.devices = {guid: device.snapshot(copy) for guid, device in self.devices.items()}
        return copy

    @staticmethod
    def lists(device_id: str, ids: Sequence[str]) -> bool:
        """Tell whether a personal list holds the id; case does not matter."""
        return bool(ids) and device_id.casefold() in {listed.casefold() for listed in ids}
