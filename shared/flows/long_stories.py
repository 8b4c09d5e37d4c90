"""The stories of the orders that take long, by what is ordered."""

from dataclasses import dataclass

from shared.credentials.certificate import App
from shared.devices.guard import Allowances
from shared.devices.model import Action
from shared.flows.budget_raise import BudgetRaise
from shared.flows.crl_check import CrlCheck
from shared.flows.guard_ports import Raises
from shared.flows.long_changes import CertificateRotation, DefaultAccessLevel, Story
from shared.flows.offboarding import OffboardingStory
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_ports import OffboardingPorts, Offboardings
from shared.flows.one_exchange import OneExchange
from shared.flows.ports import Clock, Orders, Postures
from shared.flows.rotation_ports import RotationPorts
from shared.flows.stale_device import StaleDevice
from shared.flows.stale_planning import StalePlanning
from shared.flows.stale_ports import LastPictures, StalePlans
from shared.flows.stale_removal import StaleRemoval
from shared.flows.steps import Steps
from shared.flows.tenant_ports import DefaultAccessChanges
from shared.flows.trusting import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRecords:
    """How far each has come, of all tenants."""

    default_changes: DefaultAccessChanges
    stale_plans: StalePlans
    offboardings: Offboardings


@dataclass(frozen=True, slots=True, kw_only=True)
class LongStories:
    """What one tenant's are told with."""

    app: App
    exchange: OneExchange
    records: LongRecords
    rotation: RotationPorts
    pictures: LastPictures
    directory: Directory
    crls: CrlCheck
    orders: Orders
    postures: Postures
    steps: Steps
    allowances: Allowances
    raises: Raises
    clock: Clock

    def by_action(self) -> dict[str, Story]:
        """Return each under the action of its order."""
        offboarding = self._offboarding()
        return {
            "offboard_device": offboarding,
            "offboard_user": offboarding,
            "raise_budget": BudgetRaise(
                allowances=self.allowances, raises=self.raises, clock=self.clock
            ),
            "set_default_access": DefaultAccessLevel(
                exchange=self.exchange.default_access,
                changes=self.records.default_changes,
                clock=self.clock,
            ),
            "rotate_certificate": CertificateRotation(ports=self.rotation, app=self.app),
            "plan_stale": StalePlanning(
                exchange=self.exchange.inventory,
                pictures=self.pictures,
                plans=self.records.stale_plans,
                clock=self.clock,
            ),
            "remove_stale": StaleRemoval(
                exchange=self.exchange.inventory,
                plans=self.records.stale_plans,
                device=StaleDevice(
                    orders=self.orders,
                    postures=self.postures,
                    steps=self.steps.let_through(Action.CLEAR, Action.REMOVE),
                ),
                clock=self.clock,
            ),
        }

    def _offboarding(self) -> OffboardingStory:
        return OffboardingStory(
            ports=OffboardingPorts(
                runs=self.records.offboardings,
                owners=self.exchange.owners,
                policies=self.exchange.changing.policies,
                sessions=self.directory,
                authorities=self.directory,
                revocations=self.crls,
            ),
            phone=OffboardedPhone(orders=self.orders, postures=self.postures, steps=self.steps),
        )
