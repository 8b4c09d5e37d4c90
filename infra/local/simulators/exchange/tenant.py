"""A tenant: its directory, who may administer it, and the hand that moves its devices."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Unpack
from uuid import UUID, uuid4

from infra.local.simulators.exchange import access, population, recipient_filters
from infra.local.simulators.exchange.access import AccessLevel, Characteristic
from infra.local.simulators.exchange.devices import SWITCHES, Device, DeviceDetails
from infra.local.simulators.exchange.directory import Directory
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import AccessRule, MailboxPolicy, Organization
from infra.local.simulators.exchange.policy_settings import DEFAULT_POLICY
from infra.local.simulators.exchange.roles import (
    BUILT_IN_GROUPS,
    Administration,
    ManagementRole,
    ManagementScope,
    RoleGroup,
)
from infra.local.simulators.exchange.throttle import Throttle
from infra.local.simulators.exchange.wipes import Acknowledgement


class Tenant:
    """One tenant. Its methods are the test's hand; cmdlets come through the admin API."""

    def __init__(
        self, tenant_id: UUID, domain: str, *, clock: Callable[[], datetime], lock: RLock
    ) -> None:
        now = clock()
        self.tenant_id = tenant_id
        self.domain = domain
        self.acknowledgement = Acknowledgement.NEXT_CONTACT
        self.account_acknowledgement: Acknowledgement | None = None  # None: as with full wipes
        self.replication_delay = timedelta(0)
        self.finds_devices_by_change = False  # not among the properties documented for it
        self.throttle = Throttle()
        self.administration = Administration()
        self.organization = Organization(
            tenant_id=tenant_id, domain=domain, clock=clock, created=now, domains=[domain]
        )
        default = MailboxPolicy(
            name="Default",
            settings=DEFAULT_POLICY | {"IsDefault": True},
            created=now,
            changed=now,
        )
        self.organization.policies["default"] = default
        self.directory = Directory(self.organization, clock)
        self._clock, self._lock = clock, lock
        for name, roles in BUILT_IN_GROUPS.items():
            self.add_role_group(name, members=[], roles=roles)

    @property
    def mailboxes(self) -> Mapping[UUID, Mailbox]:
        """Every mailbox, by GUID."""
        return self.directory.mailboxes

    @property
    def role_groups(self) -> list[RoleGroup]:
        """The role groups, built-in ones first."""
        return self.administration.role_groups

    def populate(
        self,
        *,
        mailboxes: int,
        devices_per_mailbox: float,
        seed: int = 0,
        domain: str = "contoso.com",
    ) -> None:
        """Add user000000@domain and so on with their devices; the same seed, the same people."""
        people = population.Population(self.organization, seed=seed, domain=domain)
        with self._lock:
            people.settle(self.directory, mailboxes, round(mailboxes * devices_per_mailbox))

    def add_mailbox(
        self,
        address: str,
        *,
        display_name: str = "",
        aliases: Iterable[str] = (),
        sign_in_name: str = "",
        allowed_ids: Iterable[str] = (),
        blocked_ids: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
    ) -> Mailbox:
        """Add a mailbox; *attributes* are what scopes look at, such as CustomAttribute1."""
        mailbox = Mailbox(
            organization=self.organization,
            address=address,
            display_name=display_name or address.partition("@")[0].title(),
            created=self._clock(),
            aliases=list(aliases),
            sign_in_name=sign_in_name,
            allowed_ids=list(allowed_ids),
            blocked_ids=list(blocked_ids),
            attributes=recipient_filters.checked(attributes or {}),
        )
        with self._lock:
            self.directory.add_mailbox(mailbox)
        return mailbox

    def add_device(self, mailbox: Mailbox | str, **details: Unpack[DeviceDetails]) -> Device:
        """Add a device that has just connected for the first time."""
        owner = mailbox if isinstance(mailbox, Mailbox) else self.find_mailbox(mailbox)
        device = Device(mailbox=owner, first_sync=self._clock(), **details)
        with self._lock:
            self.directory.add_device(device)
            self.contact(device)
        return device

    def remove_device(self, device: Device) -> None:
        """Let the partnership vanish; readers may see it a while longer."""
        with self._lock:
            self.before_write(device.mailbox)
            device.mailbox.devices.pop(device.guid, None)

    def cancel_wipes(self, device: Device) -> bool:
        """Let somebody else take back what is ordered; false if nothing can be any more."""
        with self._lock:
            standing = [one for one in (device.wipe, device.account_wipe) if one.requested_at]
            self.before_write(device.mailbox)
            taken_back = [cycle.cancel() for cycle in standing]
        return any(taken_back)

    def describe(self, device: Device) -> None:
        """Let a device say what it is that has not done so yet."""
        with self._lock:
            self.before_write(device.mailbox)
            device.information_arrived = True
            self.directory.add_class(device)

    def contact(self, device: Device) -> bool:
        """Let the device connect; true if it got mail."""
        if device.mailbox.settings[SWITCHES[device.client_type]] is False:
            return False  # refused before any partnership is looked at
        with self._lock:
            return self._serve(device)

    def _serve(self, device: Device) -> bool:
        now = self._clock()
        if device.guid not in device.mailbox.devices:
            self._return_after_removal(device)
        device.last_attempt, device.access = now, access.decide(device)
        if self._wipes(device, now) or device.wipe.requested_at:
            return False
        if device.access.state is not access.AccessState.ALLOWED:
            return False
        device.last_success = now
        return True

    def _wipes(self, device: Device, now: datetime) -> bool:
        if not device.remote_wipe_supported:
            return False
        if device.wipe.meet(now, self.acknowledgement):
            return True  # one answer carries one order, and the other asks for less
        usual = self.account_acknowledgement or self.acknowledgement
        return device.speaks_account_wipe and device.account_wipe.meet(now, usual)

    def set_default_access_level(self, level: str) -> None:
        """Change the organisation's default."""
        self.organization.default_access_level = AccessLevel(level)

    def add_rule(self, characteristic: str, query: str, level: str) -> AccessRule:
        """Add a device access rule."""
        now = self._clock()
        rule = AccessRule(
            characteristic=Characteristic(characteristic),
            query=query,
            level=AccessLevel(level),
            created=now,
            changed=now,
        )
        with self._lock:
            self.organization.rules[rule.name.casefold()] = rule
        return rule

    def add_scope(self, name: str, recipient_filter: str) -> ManagementScope:
        """Add a management scope over the mailboxes that the filter finds."""
        scope = ManagementScope(
            name=name,
            recipient_filter=recipient_filter,
            holds=recipient_filters.matching(recipient_filter),
            created=self._clock(),
        )
        with self._lock:
            self.administration.scopes[name.casefold()] = scope
        return scope

    def add_role_group(
        self,
        name: str,
        *,
        members: Iterable[str],
        roles: Iterable[str] = tuple(ManagementRole),
        write_scope: str | None = None,
    ) -> RoleGroup:
        """Add a role group; members are application ids, the scope goes by its name."""
        group = RoleGroup(
            name=name,
            roles=frozenset(ManagementRole(role) for role in roles),
            members=set(members),
            created=self._clock(),
            write_scope=self.administration.scopes[write_scope.casefold()] if write_scope else None,
        )
        with self._lock:
            self.administration.role_groups.append(group)
        return group

    def before_write(self, thing: Mailbox | Organization) -> None:
        """Note what is about to change, so that readers can be kept in the past."""
        if self.replication_delay:
            self.directory.keep(thing, self._clock() + self.replication_delay)

    def find_mailbox(self, identity: str) -> Mailbox:
        """Return the mailbox with this address, name, id or distinguished name."""
        return self.directory.find_mailbox(identity)

    def _return_after_removal(self, device: Device) -> None:
        device.guid, device.first_sync = uuid4(), self._clock()
        device.wipe, device.account_wipe = device.wipe.forgotten(), device.account_wipe.forgotten()
        self.directory.add_device(device)
