"""A tenant: its directory, who may administer it, and the hand that moves its devices."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import RLock
from typing import Unpack
from uuid import UUID, uuid4

from infra.local.simulators.exchange import access, errors
from infra.local.simulators.exchange.access import AccessLevel, Characteristic
from infra.local.simulators.exchange.devices import (
    OUTLOOK_MOBILE,
    Acknowledgement,
    Device,
    DeviceDetails,
    WipeCycle,
)
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import AccessRule, MailboxPolicy, Organization
from infra.local.simulators.exchange.policy_settings import DEFAULT_POLICY
from infra.local.simulators.exchange.replication import Directory, OldCopies
from infra.local.simulators.exchange.roles import DIRECTORY_ROLES, ManagementRole, RoleGroup


class Tenant:
    """One tenant. Its methods are the test's hand; cmdlets come through the admin API."""

    def __init__(
        self, tenant_id: UUID, domain: str, *, clock: Callable[[], datetime], lock: RLock
    ) -> None:
        now = clock()
        self.tenant_id = tenant_id
        self.domain = domain
        self.acknowledgement = Acknowledgement.NEXT_CONTACT
        self.replication_delay = timedelta(0)
        self.role_groups: list[RoleGroup] = []
        self.organization = Organization(
            tenant_id=tenant_id, domain=domain, clock=clock, created=now, domains=[domain]
        )
        self.mailboxes: dict[UUID, Mailbox] = {}
        default = MailboxPolicy(
            name="Default", settings=dict(DEFAULT_POLICY), created=now, changed=now
        )
        self.organization.policies["default"] = default
        self._clock, self._lock = clock, lock
        self._old = OldCopies()
        self._mailbox_keys: dict[str, UUID] = {}
        self._device_keys: dict[str, tuple[UUID, UUID]] = {}  # also those since removed

    def add_mailbox(
        self,
        address: str,
        *,
        display_name: str = "",
        aliases: Iterable[str] = (),
        allowed_ids: Iterable[str] = (),
        blocked_ids: Iterable[str] = (),
    ) -> Mailbox:
        """Add a mailbox; its domain becomes an accepted one."""
        mailbox = Mailbox(
            organization=self.organization,
            address=address,
            display_name=display_name or address.partition("@")[0].title(),
            created=self._clock(),
            aliases=list(aliases),
            allowed_ids=list(allowed_ids),
            blocked_ids=list(blocked_ids),
        )
        domain = address.rpartition("@")[2]
        with self._lock:
            self.mailboxes[mailbox.guid] = mailbox
            self._mailbox_keys.update(dict.fromkeys(mailbox.keys, mailbox.guid))
            if domain not in self.organization.domains:
                self.organization.domains.append(domain)
        return mailbox

    def add_device(self, mailbox: Mailbox | str, **details: Unpack[DeviceDetails]) -> Device:
        """Add a device that has just connected for the first time."""
        owner = mailbox if isinstance(mailbox, Mailbox) else self.find_mailbox(mailbox)
        device = Device(mailbox=owner, first_sync=self._clock(), **details)
        with self._lock:
            self._register(device)
            self.contact(device)
        return device

    def contact(self, device: Device) -> bool:
        """Let the device connect; true if it got mail."""
        outlook = device.client_type in OUTLOOK_MOBILE
        switch = "OutlookMobileEnabled" if outlook else "ActiveSyncEnabled"
        if not device.mailbox.settings[switch]:
            return False  # refused before any partnership is looked at
        with self._lock:
            return self._serve(device)

    def _serve(self, device: Device) -> bool:
        now = self._clock()
        if device.guid not in device.mailbox.devices:
            self._return_after_removal(device)
        device.last_attempt, device.access = now, access.decide(device)
        cycles = (device.wipe, device.account_wipe) if device.remote_wipe_supported else ()
        wiped = [cycle.meet(now, self.acknowledgement) for cycle in cycles]
        if any(wiped) or device.wipe.requested_at:
            return False
        if device.access.state is not access.AccessState.ALLOWED:
            return False
        device.last_success = now
        return True

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

    def add_role_group(
        self, name: str, *, members: Iterable[str], roles: Iterable[str] = tuple(ManagementRole)
    ) -> RoleGroup:
        """Add a custom role group; members are application (client) ids."""
        held = frozenset(ManagementRole(role) for role in roles)
        group = RoleGroup(name=name, roles=held, members=set(members))
        self.role_groups.append(group)
        return group

    def roles_of(self, app_id: str, directory_roles: Iterable[str]) -> frozenset[ManagementRole]:
        """Return what an application may do; both kinds of grant add up."""
        held = [DIRECTORY_ROLES.get(role, frozenset()) for role in directory_roles]
        held += [group.roles for group in self.role_groups if app_id in group.members]
        return frozenset().union(*held)

    def seen(self) -> Directory:
        """Return the directory as a reader sees it: the past, while a change is on its way."""
        truth = Directory(organization=self.organization, mailboxes=self.mailboxes)
        return self._old.seen(truth, self._clock())

    def before_write(self, thing: Mailbox | Organization) -> None:
        """Note what is about to change, so that readers can be kept in the past."""
        if self.replication_delay:
            self._old.keep(thing, self._clock() + self.replication_delay)

    def find_mailbox(self, identity: str) -> Mailbox:
        """Return the mailbox with this address, name, id or distinguished name."""
        guid = self._mailbox_keys.get(identity.casefold())
        if guid is None:
            raise errors.not_found(identity)
        return self.mailboxes[guid]

    def find_device(self, identity: str, directory: Directory) -> Device:
        """Return the partnership with this identity, GUID or distinguished name."""
        mailbox, guid = self._device_keys.get(identity.casefold(), (None, None))
        if mailbox is None or guid not in directory.mailboxes[mailbox].devices:
            raise errors.not_found(identity)
        return directory.mailboxes[mailbox].devices[guid]

    def _register(self, device: Device) -> None:
        device.mailbox.devices[device.guid] = device
        place = (device.mailbox.guid, device.guid)
        for key in (device.identity, str(device.guid), device.distinguished_name):
            self._device_keys[key.casefold()] = place

    def _return_after_removal(self, device: Device) -> None:
        device.guid, device.first_sync = uuid4(), self._clock()
        device.wipe, device.account_wipe = WipeCycle(), WipeCycle()
        self._register(device)
