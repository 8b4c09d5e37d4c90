"""Exchange, as it is asked about one partnership and no other that goes by the same names."""

from dataclasses import dataclass

from shared.devices.model import AccessPolicy, Decision, Device, WipeState
from shared.devices.stale import Removal
from shared.errors import NotFound, Rejected
from shared.flows.ports import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePartnership:
    """
    Finds a device only as it was planned.

    Another partnership may have the same DeviceID; and an id that came onto a list since is
    not to be taken off it.
    """

    exchange: Exchange
    removal: Removal

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the device; Rejected if it is another, or on other lists than it was."""
        device, planned = self.exchange.find(mailbox, device_id), self.removal
        if device.guid.casefold() != planned.guid.casefold():
            raise NotFound(
                f"device {device_id} of {mailbox} has a younger partnership too: the stale one can "
                f"only be removed by its guid, {planned.guid}"
            )
        is_dropped = planned.off_allowed or planned.off_blocked
        if is_dropped and (
            (device.on_allowed_list and not planned.off_allowed)
            or (device.on_blocked_list and not planned.off_blocked)
        ):
            raise Rejected(f"device {device_id} of {mailbox} came onto another list since the plan")
        return device

    def require(self, action: str) -> None:
        """Raise Misconfigured if the app is known to lack what the action needs in Exchange."""
        self.exchange.require(action)

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        return self.exchange.access_policy()

    def wipe_state(self, device: Device) -> WipeState:
        """Return how far wipes of the device have come."""
        return self.exchange.wipe_state(device)

    def apply(self, decision: Decision) -> None:
        """Carry out any action but a wipe; repeating it does no harm."""
        self.exchange.apply(decision)

    def wipe(self, decision: Decision) -> None:
        """Request a wipe; never repeat this without reading wipe_state first."""
        self.exchange.wipe(decision)
