"""A tenant's recipients: as they are, and as a reader sees them while a change is on its way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from infra.local.simulators.exchange import errors
from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import DeviceClass, Organization

_FOLDER = "ExchangeActiveSyncDevices"
_ORGANIZATION = UUID(int=0)


@dataclass(slots=True)
class OldCopies:
    """The copies that readers still see, each until the change after it has arrived."""

    _copies: dict[UUID, list[tuple[datetime, Mailbox | Organization]]] = field(default_factory=dict)

    def keep(self, key: UUID, copy: Mailbox | Organization, until: datetime) -> None:
        """Remember a copy, made just before the change."""
        self._copies.setdefault(key, []).append((until, copy))

    def seen(self, key: UUID, clock: Callable[[], datetime]) -> Mailbox | Organization | None:
        """Return what a reader sees instead of the truth, if anything."""
        if key not in self._copies:
            return None
        now = clock()
        self._copies[key] = [copy for copy in self._copies[key] if copy[0] > now]
        return self._copies[key][0][1] if self._copies[key] else None


@dataclass(slots=True)
class Directory:
    """
    The mailboxes and partnerships of a tenant, found by any of their keys.

    `seen_…` is for readers. The orders only grow, so that a listing can be continued where
    it stopped; an id in them may name something that is gone.
    """

    organization: Organization
    clock: Callable[[], datetime]
    mailboxes: dict[UUID, Mailbox] = field(default_factory=dict)  # by GUID
    mailbox_order: list[UUID] = field(default_factory=list)
    device_order: list[UUID] = field(default_factory=list)
    _by_key: dict[str | UUID, Mailbox] = field(default_factory=dict)  # names, external ids
    _owners: dict[UUID, Mailbox] = field(default_factory=dict)  # of every device there ever was
    _old: OldCopies = field(default_factory=OldCopies)

    def add_mailbox(self, mailbox: Mailbox) -> None:
        """Enter a mailbox; its domain becomes an accepted one."""
        self.mailboxes[mailbox.guid] = mailbox
        self.mailbox_order.append(mailbox.guid)
        self._by_key[mailbox.external_id] = mailbox
        for name in (mailbox.user_principal_name, mailbox.address, *mailbox.aliases):
            self._by_key[name.casefold()] = mailbox
        domain = mailbox.address.rpartition("@")[2]
        if domain not in self.organization.domains:
            self.organization.domains.append(domain)

    def add_device(self, device: Device) -> None:
        """Enter a partnership, and the class of its device."""
        device.mailbox.devices[device.guid] = device
        self._owners[device.guid] = device.mailbox
        self.device_order.append(device.guid)
        self.add_class(device)

    def add_class(self, device: Device) -> None:
        """Enter the class of a device that has said what it is."""
        kind = (device.device_type, device.model)
        if device.information_arrived and kind not in self.organization.classes:
            self.organization.classes[kind] = DeviceClass(
                device_type=device.device_type, model=device.model, updated=device.first_sync
            )

    def find_mailbox(self, identity: str) -> Mailbox:
        """Return the mailbox with this address, name, id or distinguished name, or raise."""
        folded = identity.casefold()
        place = f",{self.organization.distinguished_name}".casefold()
        if folded.startswith("cn=") and folded.endswith(place):
            folded = folded.removeprefix("cn=").removesuffix(place)
        elif "/cn=recipients/cn=" in folded:
            folded = folded.rpartition("/cn=")[2]
        guid = _guid(folded)
        found = self._by_key.get(guid or folded) or (self.mailboxes.get(guid) if guid else None)
        if found is None:
            raise errors.not_found(identity)
        return found

    def find_device(self, identity: str) -> Device:
        """Return the partnership with this GUID, identity or distinguished name, or raise."""
        return self._find_device(identity, lambda mailbox: mailbox)

    def keep(self, thing: Mailbox | Organization, until: datetime) -> None:
        """Let readers see *thing* as it is now, until then."""
        key = thing.guid if isinstance(thing, Mailbox) else _ORGANIZATION
        self._old.keep(key, thing.snapshot(), until)

    def seen_organization(self) -> Organization:
        """Return the configuration as a reader sees it."""
        old = self._old.seen(_ORGANIZATION, self.clock)
        return old if isinstance(old, Organization) else self.organization

    def seen_mailbox(self, guid: UUID) -> Mailbox:
        """Return a mailbox as a reader sees it."""
        old = self._old.seen(guid, self.clock)
        return old if isinstance(old, Mailbox) else self.mailboxes[guid]

    def seen_device(self, guid: UUID) -> Device | None:
        """Return a partnership as a reader sees it, or None if it is gone."""
        return self.seen_mailbox(self._owners[guid].guid).devices.get(guid)

    def find_seen_device(self, identity: str) -> Device:
        """Return the partnership that a reader finds, or raise."""
        return self._find_device(identity, lambda mailbox: self.seen_mailbox(mailbox.guid))

    def _find_device(self, identity: str, seen: Callable[[Mailbox], Mailbox]) -> Device:
        found = None
        if guid := _guid(identity):
            owner = self._owners.get(guid)
            found = seen(owner).devices.get(guid) if owner else None
        elif named := _named(identity):
            owner_key, name = named
            for device in seen(self.find_mailbox(owner_key)).devices.values():
                if device.name.casefold() == name.casefold():
                    found = device
        if found is None:
            raise errors.not_found(identity)
        return found


def _named(identity: str) -> tuple[str, str] | None:
    """Return mailbox and object name of an identity or a distinguished name."""
    if identity[:3].casefold() == "cn=":
        name, folder, owner = identity[3:].partition(f",CN={_FOLDER},")
    else:
        owner, folder, name = identity.partition(f"\\{_FOLDER}\\")
    return (owner, name) if folder else None


def _guid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
