"""Who may shut whom out unasked: a lost phone is blocked at once, the rest may wait."""

from dataclasses import replace

import pytest

from shared.devices.guard import HoldReason
from shared.devices.model import Action, Command, Ownership
from shared.devices.operation import Operation, State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Conflict, Rejected
from shared.flows.command_plan import Planning
from shared.flows.undo import Undoing
from tests.unit.brake_world import STRICT
from tests.unit.builders import MAILBOX, TENANT, a_command, a_device, a_signal
from tests.unit.guarded_world import ANN
from tests.unit.offboarding_world import PERSON, Case, leaves, lost, phones

GRAVE = {
    "the whole phone": lost(wipe="device"),
    "even if personal": lost(even_if_personal=True),
    "the sign-in": lost(disable_sign_in=True),
}


def strict(*devices: object, **changes: object) -> Case:
    """Return a case where the gravest orders need an approver."""
    return Case(*devices, allowances=replace(STRICT, **{"share": 1.0, **changes}))  # type: ignore[arg-type]  # as named


def approve(case: Case, command: TenantCommand) -> None:
    """Let Ann approve, and the message come again."""
    case.world.brake().approvals().approve(case.operation(command), ANN, "seen")
    case.deliver(command)


def hold(case: Case, command: TenantCommand) -> HoldReason | None:
    found = case.operation(command)
    return found.hold.reason if found.hold and found.state is State.HELD else None


def test_the_plain_order_goes_at_once() -> None:
    case = strict()
    case.deliver(lost())
    assert case.operation(lost()).state is State.DONE
    assert case.outcomes(lost())["acknowledgement"] == "done"


@pytest.mark.parametrize("name", GRAVE)
def test_a_grave_order_blocks_the_phone_and_waits_with_the_rest(name: str) -> None:
    case, command = strict(), GRAVE[name]
    case.world.postures.keep(a_signal(ownership=Ownership.CORPORATE))
    case.deliver(command)
    assert hold(case, command) is HoldReason.APPROVAL
    assert case.exchange.device.on_blocked_list
    assert (case.exchange.wiped, case.directory.told) == ([], [])

    approve(case, command)

    assert case.operation(command).state is State.DONE
    assert case.exchange.applied == [Action.BLOCK, Action.REMOVE]
    assert len(case.exchange.wiped) == 1
    assert case.directory.revoked == 1
    assert case.world.events.types.count("operation.held") == 1


@pytest.mark.parametrize(("user", "is_held"), [(MAILBOX, False), (PERSON, True)])
def test_whoever_names_another_user_than_the_mailbox_has_to_be_approved(
    user: str, *, is_held: bool
) -> None:
    """Anybody's sessions could be ended with the loss of a phone that nobody has lost."""
    case, command = strict(), lost(user=user, wipe="nothing")
    case.deliver(command)
    assert (hold(case, command) is HoldReason.APPROVAL) == is_held
    assert case.directory.revoked == (0 if is_held else 1)


def test_of_a_person_nothing_is_done_before_somebody_approves() -> None:
    """It may be the wrong person."""
    case = strict(*phones(2))
    case.deliver(leaves())
    assert hold(case, leaves()) is HoldReason.APPROVAL
    assert case.exchange.applied == []
    case.exchange.devices.append(a_device(device_id="NEW", guid="new"))
    approve(case, leaves())
    assert case.exchange.devices == []
    assert case.report(leaves())["counts"]["block"] == {"done": 3}


def test_one_order_counts_once_in_each_budget() -> None:
    case = strict(*phones(2), wipes=1, blocks=1, removals=1)
    first, second = lost(1, device_id="PHONE1"), lost(2, device_id="PHONE2")
    case.deliver(first)
    assert case.operation(first).state is State.DONE
    case.deliver(second)
    assert hold(case, second) is HoldReason.WIPES
    assert not case.exchange.device.on_blocked_list


def test_a_phone_that_may_not_even_be_blocked_waits_for_the_approval_of_all() -> None:
    case = strict(blocks=0)
    case.deliver(lost())
    assert hold(case, lost()) is HoldReason.BLOCKS
    assert case.exchange.applied == []
    approve(case, lost())
    assert case.exchange.applied == [Action.BLOCK, Action.REMOVE]


def test_a_person_counts_with_all_phones_where_nobody_has_to_approve() -> None:
    case = strict(*phones(3), four_eyes=False, wipes=2)
    case.deliver(leaves())
    assert hold(case, leaves()) is HoldReason.WIPES
    found = case.operation(leaves()).hold
    assert found is not None
    assert "this is 3 at once" in found.says


def test_a_refused_order_leaves_the_phone_blocked_and_the_rest_undone() -> None:
    case, command = strict(), lost(wipe="device")
    case.deliver(command)
    case.world.brake().approvals().refuse(case.operation(command), ANN, "no")
    case.deliver(command)
    assert case.operation(command).state is State.ABANDONED
    assert case.exchange.device.on_blocked_list
    assert case.exchange.wiped == []


def test_an_order_that_waits_can_be_called_back() -> None:
    case, command = strict(), lost(wipe="device")
    case.deliver(command)
    case.world.brake().approvals().cancel(case.operation(command), ANN, "found")
    assert case.operation(command).state is State.ABANDONED


def test_an_order_that_waits_gives_way_to_a_newer_one() -> None:
    case = strict()
    grave, newer = lost(1, wipe="device"), lost(2)
    case.deliver(grave)
    case.clock.advance(case.enough)
    case.deliver(newer)
    assert case.operation(newer).state is State.DONE
    assert case.outcomes(newer)["block"] == "done before"
    approve(case, grave)
    assert "overruled by the newer" in case.operation(grave).history[-1].note
    assert [each.action for each in case.exchange.wiped] == [Action.WIPE_ACCOUNT]


def planning(case: Case) -> Planning:
    return Planning(
        exchange=case.exchange,
        orders=case.world.orders,
        postures=case.world.postures,
        journal=case.world.journal,
        tenant=case.steps(),
        foresee=case.world.brake().guard(TENANT).foresee,
        clock=case.clock,
    )


def planned(case: Case, command: TenantCommand) -> dict[str, str]:
    """Return what a plan would do, by step."""
    [would] = planning(case).plan(command).would
    assert isinstance(would.before, dict)
    return {line["step"]: line["would"] for line in would.before["steps"]}


def test_a_plan_says_each_step_and_changes_nothing() -> None:
    case = Case(a_device(client_version="12.1"))
    case.mailbox.owner = ""
    rows = dict(case.world.journal_table.rows)
    assert planned(case, lost(serial_number="7A", disable_sign_in=True)) == {
        "block": "done",
        "wipe": "impossible",
        "removal": "done",
        "sessions": "impossible",
        "certificate": "done",
        "policy": "done",
        "sign_in": "impossible",
    }
    assert (case.world.journal_table.rows, case.world.records.offboardings.rows) == (rows, {})
    assert (case.exchange.applied, case.directory.told) == ([], [])


def test_a_plan_foresees_what_will_hold_the_order() -> None:
    case = strict(*phones(3), four_eyes=False, wipes=2)
    plan = planning(case).plan(leaves())
    assert plan.hold is not None
    assert plan.hold.reason is HoldReason.WIPES
    assert planning(strict()).plan(lost()).hold is None


def test_the_plan_that_was_looked_at_holds_though_the_phone_is_blocked_meanwhile() -> None:
    case = strict()
    looked_at = planning(case).plan(lost(wipe="device")).plan_hash
    command = lost(wipe="device", plan_hash=looked_at)
    case.deliver(command)
    assert case.exchange.device.on_blocked_list
    approve(case, command)
    assert case.operation(command).state is State.DONE


def test_a_plan_that_no_longer_holds_is_refused() -> None:
    case = Case()
    looked_at = planning(case).plan(lost()).plan_hash
    case.exchange.devices = [a_device(client_version="14.0")]
    with pytest.raises(Conflict, match="how it stands"):
        case.steps().handle(lost(plan_hash=looked_at))
    assert case.exchange.applied == []


def test_an_undo_says_how_the_person_is_let_in_again() -> None:
    case = Case()
    case.deliver(lost())
    undoing = Undoing(planning=planning(case), accept=_never)
    standing = undoing.standing(case.operation(lost()))
    assert not standing.possible
    assert "order allow for the device" in standing.because


def _never(command: Command | TenantCommand, asked_as: str) -> Operation:
    raise AssertionError((command, asked_as))


def test_an_id_that_somebody_foretold_is_not_taken_for_a_step() -> None:
    """Somebody has read the id of a step, and has ordered something else under it."""
    case = Case()
    operation = case.steps().accept(lost(), case.queue)
    case.steps().stories["offboard_device"].first(operation)
    run = case.runs.find(TENANT, lost().command_id)
    assert run is not None
    (phone,) = run.phones or ()
    wiping = run.command(phone, Action.WIPE_ACCOUNT)
    case.world.accept(a_command(command_id=wiping.command_id, action=Action.ALLOW))
    case.deliver(lost())
    assert case.outcomes(lost())["wipe"] == "failed"
    assert case.outcomes(lost())["sessions"] == "done"
    assert "operation.abandoned" not in case.world.events.types


def test_orders_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(Rejected, match="even_if_personal"):
        lost(wipe="nothing", even_if_personal=True)
    with pytest.raises(Rejected, match="serial_number"):
        lost(issuer="0" * 64)


def test_an_operation_is_found_by_its_phone_and_mailbox() -> None:
    case = Case()
    case.deliver(lost())
    operation = case.operation(lost())
    assert (operation.mailbox, operation.device_id) == (MAILBOX, a_device().device_id)
