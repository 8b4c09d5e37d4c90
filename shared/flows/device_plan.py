"""What an order on a device would come to as things stand, and what that rests on."""

from dataclasses import dataclass

from shared.devices import order_facts
from shared.devices.model import AccessPolicy, Decision, Device, Order, Signal, WipeState
from shared.devices.order_facts import Grounds
from shared.devices.plan_hash import Facts
from shared.errors import Misconfigured, Rejected
from shared.flows import words
from shared.flows.ports import ExchangeFacts, Orders, Postures


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlan:
    """One decision, or why there is none, and the facts that it rests on."""

    facts: Facts
    decided: Decision | None = None
    refusal: Rejected | Misconfigured | None = None

    @property
    def decision(self) -> Decision:
        """The decision; otherwise the refusal is raised."""
        if self.decided is None:
            raise self.refusal or AssertionError("nothing was decided")
        return self.decided


@dataclass(slots=True, kw_only=True)
class Witness:
    """Exchange, as it is asked for one decision; it remembers what was answered."""

    exchange: ExchangeFacts
    device: Device | None = None
    policy: AccessPolicy | None = None
    wipes: WipeState | None = None

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the partnership; NotFound if Exchange knows no such mailbox or device."""
        self.device = self.exchange.find(mailbox, device_id)
        return self.device

    def require(self, action: str) -> None:
        """Raise Misconfigured if the app is known to lack what the action needs in Exchange."""
        self.exchange.require(action)

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        self.policy = self.exchange.access_policy()
        return self.policy

    def wipe_state(self, device: Device) -> WipeState:
        """Return how far wipes of the device have come."""
        self.wipes = self.exchange.wipe_state(device)
        return self.wipes


def look(
    order: Order, *, exchange: ExchangeFacts, orders: Orders, postures: Postures
) -> DevicePlan:
    """Decide as the story would, changing nothing; Retryable while Exchange does not answer."""
    witness = Witness(exchange=exchange)
    ownership = words.ownership(order, postures)
    decided, refusal = None, None
    try:
        decided = words.decision(order, witness, ownership)
    except (Rejected, Misconfigured) as failure:
        refusal = failure
    grounds = Grounds(
        order=order,
        device=witness.device,
        policy=witness.policy,
        wipes=witness.wipes,
        ownership=ownership,
        reported=_reported(order, postures),
        ordered=_ordered(order, orders),
    )
    return DevicePlan(facts=order_facts.facts(grounds), decided=decided, refusal=refusal)


def _reported(order: Order, postures: Postures) -> Signal | None:
    known = postures.known(order.tenant_id, order.mailbox, device_id=order.device_id)
    return known[0] if known else None


def _ordered(order: Order, orders: Orders) -> Order | None:
    """Return the newest other order; one's own is there once it is accepted."""
    known = orders.known(order.tenant_id, order.mailbox, device_id=order.device_id)
    others = [each for each in known if each.command_id != order.command_id]
    return next((each for each in others if each.concern is order.concern), None)
