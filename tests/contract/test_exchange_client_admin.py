"""Looking a device up takes one request, whose two halves fail each in its own way."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import Fault
from shared.devices.model import Action, Decision
from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.kill_switch import KillSwitch
from shared.exchange.probe import Probe
from shared.exchange.turns import Turn, Turns, Unhurried
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import TENANT_ID

ADELE = "adele@contoso.com"
MAILBOXES, DEVICES = "Get-CASMailbox", "Get-MobileDevice"


@dataclass
class Noted:
    """Grants every turn, and notes for which cmdlets."""

    seen: list[Sequence[str]] = field(default_factory=list)

    def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager[Turn]:
        """Grant it."""
        self.seen.append(cmdlets)
        return Unhurried().turn(cmdlets)


def a_world(turns: Turns | None = None) -> ClientWorld:
    world = ClientWorld(turns)
    world.tenant.add_device(world.mailbox, device_id="A1")
    return world


def admin_of(world: ClientWorld) -> ExchangeAdmin:
    probe = Probe(world.transport.exported_cmdlets, world.clock)
    return ExchangeAdmin(world.transport, probe, sleep=world.waited.append)


def test_a_device_is_looked_up_in_one_turn_of_two_calls() -> None:
    noted = Noted()
    world = a_world(noted)

    assert admin_of(world).find(ADELE, "a1").device_id == "A1"

    assert noted.seen == [[MAILBOXES, DEVICES]]
    assert [call.cmdlet for call in world.exchange.calls] == [MAILBOXES, DEVICES]


@pytest.mark.parametrize(
    ("mailbox", "device_id", "said"),
    [("nobody@contoso.com", "A1", "knows no mailbox nobody"), (ADELE, "B2", "has no device B2")],
)
def test_what_is_not_there_is_named(mailbox: str, device_id: str, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        admin_of(a_world()).find(mailbox, device_id)


@pytest.mark.parametrize("cmdlet", [MAILBOXES, DEVICES])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.throttled("60"), Retryable),
        (faults.out_of_read_scope("x"), Rejected),
        (faults.forbidden_nul(), Misconfigured),
    ],
)
def test_either_half_that_fails_fails_the_whole(
    cmdlet: str, fault: Fault, kind: type[Failure]
) -> None:
    world = a_world()
    world.exchange.faults.inject(fault, cmdlet=cmdlet, times=None)

    with pytest.raises(kind):
        admin_of(world).find(ADELE, "A1")


@pytest.mark.parametrize("cmdlet", [MAILBOXES, DEVICES])
@pytest.mark.parametrize(
    "fault", [faults.unauthorized(), faults.dropped_after_effect(), faults.without_value()]
)
def test_a_half_that_is_lost_is_asked_for_again(cmdlet: str, fault: Fault) -> None:
    world = a_world()
    world.exchange.faults.inject(fault, cmdlet=cmdlet)

    assert admin_of(world).find(ADELE, "A1").device_id == "A1"


def test_a_tenant_whose_writes_are_off_is_read_and_not_written_to() -> None:
    world = a_world(KillSwitch(tenant_id=TENANT_ID, turns=Unhurried()))
    admin = admin_of(world)
    found = admin.find(ADELE, "A1")

    with pytest.raises(Misconfigured, match="switched off"):
        admin.apply(Decision(action=Action.BLOCK, device=found, reason="ordered"))

    assert world.mailbox.blocked_ids == []
