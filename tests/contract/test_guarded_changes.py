"""Orders about settings behind the brake: within the budget, with four eyes, or held."""

from contextlib import suppress
from dataclasses import replace

import pytest

from shared import messages
from shared.devices.guard import HoldReason
from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.errors import HeldBack
from tests.contract.exchange_world import TENANT_ID
from tests.contract.tenant_commands_world import Office, an_order
from tests.unit.brake_world import STRICT, UNLIMITED
from tests.unit.guarded_world import ANN
from tests.unit.world import Died, Life

FEW = replace(STRICT, policy_changes=2)
SET_DEFAULT = an_order("set_default_access", level="Quarantine")


def a_rule(number: int, query: str = "", level: str = "Allow") -> TenantCommand:
    """Return the order for a rule of its own."""
    return an_order(
        "put_access_rule",
        number,
        characteristic="DeviceModel",
        query=query or f"Nokia {number}",
        level=level,
    )


def held(office: Office, command: TenantCommand, calls: int = -1) -> HoldReason:
    """Deliver an order that is held, and return why it is."""
    with pytest.raises(HeldBack):
        office.deliver(command, calls)
    operation = office.operation(command)
    assert operation.is_held_back
    assert operation.hold is not None
    return operation.hold.reason


def approve(office: Office, command: TenantCommand) -> TenantCommand:
    """Let somebody approve an order, and return it as it comes off the queue again."""
    office.brake().approvals().approve(office.operation(command), ANN, "as agreed")
    (word,) = office.brakes.queue.held
    office.brakes.queue.held.clear()
    again = messages.read_order(word.body)
    assert again == command
    return command


def rules(office: Office) -> dict[str, str]:
    """Return the rules that Exchange has, but for those that are there from the beginning."""
    everything = office.scene.tenant.organization.rules.values()
    return {
        rule.query: rule.level for rule in everything if rule.query not in {"Pixel 9", "Toaster"}
    }


def test_changes_beyond_the_budget_are_held_with_their_plan() -> None:
    """What would be changed is known; Exchange is not touched."""
    office = Office(allowances=FEW)
    for number in (1, 2):
        office.deliver(a_rule(number))
    assert held(office, a_rule(3)) is HoldReason.POLICY_CHANGES
    assert office.operation(a_rule(3)).altered is not None
    assert set(rules(office)) == {"Nokia 1", "Nokia 2"}
    assert office.events.types[-1] == "operation.held"

    office.deliver(approve(office, a_rule(3)))
    assert set(rules(office)) == {"Nokia 1", "Nokia 2", "Nokia 3"}
    assert office.operation(a_rule(3)).state is State.DONE


def test_the_default_level_needs_a_second_person_whatever_the_budget() -> None:
    """And nothing of it has begun before."""
    office = Office(allowances=replace(UNLIMITED, four_eyes=True))
    office.accept(SET_DEFAULT)
    assert held(office, SET_DEFAULT) is HoldReason.APPROVAL
    assert office.operation(SET_DEFAULT).attempted_at is None

    office.deliver(approve(office, SET_DEFAULT))
    assert office.scene.tenant.organization.default_access_level == "Quarantine"


def test_the_default_policy_needs_a_second_person_and_another_one_does_not() -> None:
    """Which is which, Exchange says: the order does not."""
    office = Office(allowances=replace(UNLIMITED, four_eyes=True))
    settings = {"MinPasswordLength": 6, "PasswordEnabled": True}
    other = an_order("put_policy", 1, policy="Strict", settings=settings)
    office.deliver(other)
    assert office.operation(other).state is State.DONE
    default = an_order("put_policy", 2, policy="Default", settings=settings)
    assert held(office, default) is HoldReason.APPROVAL
    assert office.operation(default).attempted_at is None

    office.deliver(approve(office, default))
    assert office.operation(default).state is State.DONE


def test_a_held_change_does_not_stand_in_the_way_of_an_older_one() -> None:
    """The older one would wait for it until somebody decides."""
    office = Office(allowances=replace(FEW, policy_changes=1))
    older, newer = a_rule(1, "Same", "Allow"), a_rule(2, "Same", "Block")
    office.accept(older)
    office.accept(newer)
    office.deliver(a_rule(9))
    assert held(office, newer) is HoldReason.APPROVAL
    assert held(office, older) is HoldReason.POLICY_CHANGES
    office.deliver(approve(office, older))
    assert rules(office)["Same"] == "Allow"


def test_a_held_change_survives_deaths_and_nothing_is_changed() -> None:
    """At any call; its message is kept once."""
    for calls in range(1, 25):
        office = Office(allowances=replace(FEW, policy_changes=0))
        with suppress(Died, HeldBack):
            office.steps(calls).handle(a_rule(1))
        held(office, a_rule(1))
        assert rules(office) == {}
        assert len(office.brakes.words.rows) == 1
        assert office.brake(Life(-1)).guard(TENANT_ID).foresee(office.operation(a_rule(1)))
