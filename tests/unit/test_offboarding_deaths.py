"""Workers die, overtake one another and come late: every step still has its effect once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from shared.devices.model import Action
from shared.devices.offboarding import Step
from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Contended, Rejected, Retryable, Unfinished
from tests.unit.builders import TENANT, a_device
from tests.unit.offboarding_world import SERIAL, Case, leaves, lost, phones
from tests.unit.world import Died

ALL = {"serial_number": SERIAL, "disable_sign_in": True}


def of_phone() -> tuple[Case, TenantCommand]:
    return Case(), lost(**ALL)


def of_person() -> tuple[Case, TenantCommand]:
    return Case(*phones(2)), leaves(**ALL)


def each_life(made: Callable[[], tuple[Case, TenantCommand]]) -> Iterator[tuple[int, Case]]:
    """Yield cases in which the first worker dies after each of its calls."""
    for calls in range(1, 400):
        case, command = made()
        try:
            case.steps(calls).handle(command)
        except Died:
            yield calls, case
        except Retryable:
            return  # it lived until there was something to wait for
    raise AssertionError("the worker never came to a wait")


def require_once(case: Case, command: TenantCommand, calls: object) -> None:
    """Require that all was done, and everything once."""
    count = 2 if "user" in case.operation(command).asked else 1
    assert case.operation(command).state is State.DONE, calls
    assert Counter(case.exchange.applied) == {Action.BLOCK: count, Action.REMOVE: count}, calls
    assert len(case.exchange.wiped) == count, calls
    assert (case.directory.revoked, case.mailbox.reverted) == (1, 1), calls
    assert case.directory.told == ["sessions", "sign_in"], calls
    assert case.directory.person.is_enabled is False, calls
    told = Counter({each.id: each.type for each in case.world.events.sent}.values())
    assert told == {
        "easgate.device.access_changed.v1": count,
        "easgate.device.wipe_requested.v1": count,
        "easgate.device.wipe_acknowledged.v1": count,
        "easgate.device.gone.v1": count,
        "easgate.offboarding.ended.v1": 1,
    }, calls
    [certificate] = [case.report(command)["counts"]["certificate"]]
    assert certificate == {"failed": 1}
    for step in set(Step) - {Step.CERTIFICATE}:
        [outcome] = case.report(command)["counts"][step.value]
        assert outcome == "done", (step, calls)


@pytest.mark.parametrize("made", [of_phone, of_person], ids=["a phone", "a person"])
def test_a_death_after_any_call_before_the_wait_is_made_good(
    made: Callable[[], tuple[Case, TenantCommand]],
) -> None:
    _, command = made()
    count = 0
    for calls, case in each_life(made):
        case.deliver(command)
        require_once(case, command, calls)
        count += 1
    assert count > 25, "a worker's calls are counted"


@pytest.mark.parametrize("made", [of_phone, of_person], ids=["a phone", "a person"])
def test_a_death_after_any_call_after_the_wait_is_made_good(
    made: Callable[[], tuple[Case, TenantCommand]],
) -> None:
    for calls in range(1, 400):
        case, command = made()
        with pytest.raises(Unfinished):
            case.steps().handle(command)
        case.clock.advance(timedelta(minutes=1))
        case.exchange.confirm()
        try:
            case.steps(calls).handle(command)
        except Died:
            case.deliver(command)
            require_once(case, command, calls)
        else:
            assert calls > 25, "a worker's calls are counted"
            return
    raise AssertionError("the worker never came to the end")


@pytest.mark.parametrize("second", range(1, 40, 3))
def test_two_deaths_are_no_worse_than_one(second: int) -> None:
    for first in range(1, 60, 5):
        case, command = of_phone()
        case.deliver(command, first, second)
        require_once(case, command, (first, second))


def test_two_workers_at_once_do_nothing_twice() -> None:
    """The second one comes while the first is about to revoke, and later to disable."""
    case, command = of_phone()
    overtaken: list[Exception] = []

    def another() -> None:
        case.directory.before_change = lambda: None
        try:
            case.steps().handle(command)
        except (Unfinished, Contended) as stopped:
            overtaken.append(stopped)

    case.directory.before_change = another
    case.deliver(command)

    assert [str(each) for each in overtaken] == [
        "it is not known yet whether the sessions are revoked"
    ]
    assert case.directory.revoked == 1
    require_once(case, command, "")


def test_sessions_that_an_earlier_attempt_revoked_are_not_revoked_again() -> None:
    """It died after Entra ID had taken it."""
    case, command = of_phone()

    def die() -> None:
        case.directory.before_change = lambda: None
        case.directory.person = replace(
            case.directory.person, sessions_valid_from=case.clock() + timedelta(seconds=1)
        )
        raise Died

    case.directory.before_change = die
    case.deliver(command)
    assert case.directory.revoked == 0
    assert case.outcomes(command)["sessions"] == "done"


def test_sessions_that_no_attempt_has_revoked_are_revoked_once_that_is_certain() -> None:
    case, command = of_phone()

    def die() -> None:
        case.directory.before_change = lambda: None
        raise Died

    case.directory.before_change = die
    case.deliver(command)
    assert case.directory.revoked == 1


# What may happen to a phone, or to a worker, before a message is delivered again.
DEEDS: dict[str, Callable[[Case], None]] = {
    "nothing": lambda case: case.clock.advance(timedelta(seconds=1)),
    "the phone confirms": lambda case: case.exchange.confirm(),
    "an hour goes by": lambda case: case.clock.advance(timedelta(hours=1)),
    "exchange goes down": lambda case: setattr(case.exchange, "down", Retryable("busy")),
    "the phone is removed": lambda case: setattr(case.exchange, "devices", []),
}


def test_nobody_is_shut_out_of_his_account_before_his_phone_knows_of_the_wipe() -> None:
    """Whatever happens, in any order: first its word, or a record that its time was over."""
    for deeds in product(DEEDS, repeat=4):
        case = Case()
        command = lost(disable_sign_in=True, acknowledgement_hours=1.5)
        case.directory.before_change = partial(require_known, case, command)
        for deed in deeds:
            DEEDS[deed](case)
            try:
                case.steps().handle(command)
            except Retryable:
                continue
        case.exchange.down = None
        case.deliver(command, confirms=False)
        assert case.directory.told == ["sessions", "sign_in"], deeds
        assert case.operation(command).state is State.DONE


def require_known(case: Case, command: TenantCommand) -> None:
    """Require that it is on record what came of the wipe."""
    run = case.runs.find(TENANT, command.command_id)
    assert run is not None
    for phone in run.phones or ():
        assert Step.ACKNOWLEDGEMENT in phone.results


def test_a_run_that_was_given_up_says_what_was_done_and_goes_no_further() -> None:
    case, command = of_phone()
    with pytest.raises(Unfinished):
        case.steps().handle(command)
    operation = case.operation(command)
    for calls in (3, 5, 8, -1):
        try:
            case.steps(calls).give_up(operation, "seven days")
        except Died:
            continue
    assert case.outcomes_so_far(command)["block"] == {"done": 1}
    assert "sessions" not in "".join(case.directory.told)
    assert "device.wipe_unconfirmed" in case.world.events.types
    run = case.runs.find(TENANT, command.command_id)
    assert run is not None
    assert (run.why, run.next_step) == ("seven days", Step.ACKNOWLEDGEMENT)
    with pytest.raises(Rejected, match="seven days"):
        case.steps().handle(command)
    assert case.directory.told == []


def test_what_never_began_is_given_up_without_a_trace() -> None:
    case, command = Case(a_device()), lost()
    operation = case.steps().accept(command, case.queue)
    case.steps().give_up(operation, "refused")
    assert case.runs.find(TENANT, command.command_id) is None
    assert case.operation(command).altered is None
