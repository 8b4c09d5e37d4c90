"""What the stories need from the world, in their own words."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shared.devices.access import Case, ConditionalAccess
from shared.devices.model import (
    AccessPolicy,
    Command,
    Concern,
    Decision,
    Device,
    Order,
    Ownership,
    Signal,
    WipeState,
)
from shared.devices.operation import Operation
from shared.devices.subject import Partnership
from shared.devices.tenant_change import TenantCommand

Clock = Callable[[], datetime]


class ExchangeFacts(Protocol):
    """One tenant's Exchange Online, as far as it is only asked."""

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the partnership; NotFound if Exchange knows no such mailbox or device."""
        ...

    def require(self, action: str) -> None:
        """Raise Misconfigured if the app is known to lack what the action needs in Exchange."""
        ...

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        ...

    def wipe_state(self, device: Device) -> WipeState:
        """Return how far wipes of the device have come."""
        ...


class Exchange(ExchangeFacts, Protocol):
    """One tenant's Exchange Online."""

    def apply(self, decision: Decision) -> None:
        """Carry out any action but a wipe; repeating it does no harm."""
        ...

    def wipe(self, decision: Decision) -> None:
        """Request a wipe; never repeat this without reading wipe_state first."""
        ...


class AccessFacts(Protocol):
    """What bears on one device's access in one tenant."""

    def case(
        self,
        guid: str,
        *,
        policy: AccessPolicy,
        conditional_access: ConditionalAccess,
        now: datetime,
    ) -> Case:
        """Return it; NotFound if there is no such partnership."""
        ...


class Partnerships(Protocol):
    """What one tenant's Exchange has that may be the device a sender speaks of."""

    def of_owner(self, owner: str) -> tuple[Partnership, ...]:
        """Return those of the mailbox with this UPN or address; none if there is no such one."""
        ...

    def with_device_id(self, device_id: str) -> tuple[Partnership, ...]:
        """Return those with this EAS DeviceID, all of them; Rejected if it cannot be one."""
        ...

    def with_imei(self, imei: str) -> tuple[Partnership, ...]:
        """Return those with this IMEI, all of them; Rejected if it cannot be one."""
        ...


class Journal(Protocol):
    """Every operation, from what was asked to what came of it."""

    def open(self, operation: Operation) -> Operation:
        """Store a new operation, or return the one already stored under its id."""
        ...

    def save(self, operation: Operation) -> Operation:
        """Store a step; Retryable if another worker has moved the operation meanwhile."""
        ...

    def find(self, tenant_id: str, operation_id: str) -> Operation | None:
        """Return the operation, if there is one."""
        ...


class Postures(Protocol):
    """What the MDM last said about each device."""

    def keep(self, signal: Signal) -> Signal:
        """Store the signal unless a newer one is known; return the newest."""
        ...

    def newest(self, signal: Signal) -> Signal:
        """Return the newest signal known about the same device."""
        ...

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Signal]:
        """Return what was last reported about a device, the newest first."""
        ...

    def ownership(self, tenant_id: str, mailbox: str, *, device_id: str) -> Ownership:
        """Return whose the device is, as a sender of full trust last said."""
        ...


class Orders(Protocol):
    """The newest order for each device and concern."""

    def keep(self, order: Order) -> Order:
        """Store the order unless a newer one of its concern is known; return the newest."""
        ...

    def newest(
        self, tenant_id: str, mailbox: str, *, device_id: str, concern: Concern
    ) -> Order | None:
        """Return the newest order of this concern, if there was one."""
        ...

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Order]:
        """Return what was last ordered for a device, the newest first."""
        ...

    def withdraw(self, order: Order) -> None:
        """Forget the order, if it is the newest: it turned out to be impossible."""
        ...


class Queue(Protocol):
    """Messages to be handled later, by any worker."""

    def put_command(self, command: Command) -> None:
        """Put a command on device-commands."""
        ...

    def put_tenant_command(self, command: TenantCommand) -> None:
        """Put a command that is not about one device on device-commands."""
        ...


class Events(Protocol):
    """What we tell the world."""

    def device_changed(self, operation: Operation) -> None:
        """Announce what an operation did to a device; a repeat carries the same event id."""
        ...

    def wipe_acknowledged(self, operation: Operation) -> None:
        """Announce that a device has confirmed its wipe."""
        ...

    def wipe_unconfirmed(self, operation: Operation) -> None:
        """Announce that a wipe's confirmation is no longer waited for, and why."""
        ...

    def policy_changed(self, operation: Operation) -> None:
        """Announce what a change that is not about one device did."""
        ...

    def offboarded(self, operation: Operation) -> None:
        """Announce what came of shutting a phone or a person out."""
        ...

    def operation_settled(self, operation: Operation) -> None:
        """Announce that an operation which waited for a person, or was given up, is over."""
        ...

    def operation_held(self, operation: Operation) -> None:
        """Announce that an operation waits for a person, and why."""
        ...

    def operation_abandoned(self, operation: Operation) -> None:
        """Announce that an operation was given up, and why."""
        ...


class Pins(Protocol):
    """Which certificate version each tenant signs with."""

    def active(self, tenant_id: str) -> str | None:
        """Return the version the tenant signs with, once one has earned a token."""
        ...
