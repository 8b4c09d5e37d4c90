"""
The classic store is deleted and made anew, and may not stay empty, nor lose anything.

What it is to hold follows from what is kept in the operation: in between nothing can be read.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.errors import HeldBack, Misconfigured, Rejected, Retryable
from shared.trust.authority import Store
from tests.contract.certificate_office import CertificateOffice
from tests.contract.tenant_commands_world import an_order
from tests.contract.test_guarded_changes import approve
from tests.unit.brake_world import UNLIMITED
from tests.unit.certificate_changes_world import authority
from tests.unit.certificate_orders import CLASSIC, add, order
from tests.unit.world import Died

NAMES = ("a new classic authority", "a removed classic authority", "other classic addresses")
OLD, NEW, OTHER = (authority(name).thumbprint for name in ("Old", "New", "Other"))


@pytest.fixture
def office() -> CertificateOffice:
    """Return one whose classic store holds two authorities."""
    office = CertificateOffice()
    office.directory.classic.append(authority("Other", Store.CLASSIC))
    return office


def die() -> None:
    raise Died


def interrupt(office: CertificateOffice, *happening: Callable[[], None]) -> None:
    """Let something happen in the next gaps."""
    ahead = list(happening)

    def in_gap() -> None:
        if ahead:
            ahead.pop(0)()

    office.directory.in_gap = in_gap


@pytest.mark.parametrize("deaths", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_death_in_the_gap_loses_nothing(office: CertificateOffice, name: str, deaths: int) -> None:
    """However often: the store then holds what it would have held, the image what it did hold."""
    whole = CertificateOffice()
    whole.directory.classic = list(office.directory.classic)
    expected = whole.done(order(name))

    interrupt(office, *[die] * deaths)
    for _ in range(deaths):
        with pytest.raises(Died):
            office.office.deliver(order(name))
        assert office.directory.classic == []
    operation = office.done(order(name))

    assert operation.state is State.DONE
    assert operation.altered == expected.altered
    assert office.shown == whole.shown
    assert office.office.events.types == ["policy.changed"]


@pytest.mark.parametrize("name", NAMES)
def test_another_worker_in_the_gap_does_the_same(office: CertificateOffice, name: str) -> None:
    """The queue shows a message again whose worker takes long."""
    interrupt(office, lambda: office.office.deliver(order(name)))
    office.office.deliver(order(name))
    assert office.office.operation(order(name)).state is State.DONE
    whole = CertificateOffice()
    whole.directory.classic = [authority(each, Store.CLASSIC) for each in ("Old", "Other")]
    whole.done(order(name))
    assert office.shown == whole.shown
    assert len({event.id for event in office.office.events.sent}) == 1


def test_what_is_refused_leaves_the_store_as_it_was(office: CertificateOffice) -> None:
    """It is refused after the delete: what was there is put in again."""
    office.directory.refused = frozenset({NEW})
    with pytest.raises(Rejected, match=r"one of them is not taken; what .* held is in it again"):
        office.office.deliver(order("a new classic authority"))
    assert office.classic == {OLD, OTHER}
    operation = office.office.operation(order("a new classic authority"))
    assert operation.attempted_at is None


def test_what_was_there_is_refused_too_and_an_administrator_is_called(
    office: CertificateOffice,
) -> None:
    """The order waits, for the store is empty, and goes on by itself."""
    office.directory.refused = frozenset({NEW, OLD})
    with pytest.raises(Misconfigured, match="put in by hand what the operation shows as before"):
        office.office.deliver(order("a new classic authority"))
    assert office.classic == set()
    office.directory.refused = frozenset()
    office.done(order("a new classic authority"))
    assert office.classic == {OLD, OTHER, NEW}


def test_order_that_is_given_up_in_the_gap_leaves_the_store_as_it_was(
    office: CertificateOffice,
) -> None:
    """Its message has failed on every attempt."""
    interrupt(office, die)
    command = order("a removed classic authority")
    with pytest.raises(Died):
        office.office.deliver(command)
    for _ in range(2):
        give_up(office, command)
        assert office.classic == {OLD, OTHER}
    assert len(office.directory.writes) == 2


def test_what_is_given_up_takes_nothing_back_that_it_did_not_delete(
    office: CertificateOffice,
) -> None:
    """Somebody has emptied the store before it began."""
    planned(office, add("Third"))
    office.directory.classic = []
    give_up(office, add("Third"))
    assert office.classic == set()


def test_what_is_done_and_not_told_is_not_taken_back() -> None:
    """What was to be emptied is empty."""
    emptying = order("a removed classic authority")
    for calls in range(1, 30):
        office = CertificateOffice()
        office.office.accept(emptying)
        with suppress(Died):
            office.office.steps(calls).handle(emptying)
        if office.office.operation(emptying).acted_at is not None:
            break
    assert office.office.operation(emptying).state is State.PLANNED
    give_up(office, emptying)
    assert office.classic == set()


def test_what_a_newer_order_has_emptied_is_left_to_it(office: CertificateOffice) -> None:
    interrupt(office, die)
    with pytest.raises(Died):
        office.office.deliver(add("New"))
    newer = office.office.accept(order("a removed classic authority", 2))
    office.office.journal.save(replace(newer, attempted_at=newer.opened_at))
    give_up(office, add("New"))
    assert office.classic == set()


def test_newer_order_that_only_waits_does_not_keep_the_store_empty(
    office: CertificateOffice,
) -> None:
    """Whoever may order can have one wait for an approval that never comes."""
    interrupt(office, die)
    with pytest.raises(Died):
        office.office.deliver(add("New"))
    office.office.accept(order("a removed classic authority", 2))
    give_up(office, add("New"))
    assert office.classic == {OLD, OTHER}


def give_up(office: CertificateOffice, command: TenantCommand) -> None:
    """Give an order up, as when its message has failed on every attempt."""
    office.office.steps().give_up(office.office.operation(command), "given up")


def test_next_order_waits_until_the_gap_is_closed(office: CertificateOffice) -> None:
    """Else it would take an empty store for what was there, and keep that."""
    interrupt(office, die)
    with pytest.raises(Died):
        office.office.deliver(add("New"))
    newer = add("Third", 2)
    office.office.accept(newer)
    for _ in range(2):
        with pytest.raises(Retryable, match="is replacing the classic store"):
            office.office.steps().handle(newer)
        with pytest.raises(Retryable, match="is replacing the classic store"):
            office.planned.plan(newer)
    assert office.office.operation(newer).altered is None

    office.office.deliver(add("New"))
    assert office.office.operation(add("New")).state is State.DONE
    with pytest.raises(Retryable, match="is replacing the classic store"):
        office.office.steps().handle(newer)  # not all of Entra ID shows it yet
    office.office.deliver(newer)
    assert office.classic == {OLD, OTHER, NEW, authority("Third").thumbprint}


def test_many_newer_orders_do_not_hide_the_one_in_the_gap(office: CertificateOffice) -> None:
    """Of those about the same only some are remembered."""
    interrupt(office, die)
    with pytest.raises(Died):
        office.office.deliver(add("New"))
    for number in range(2, 13):
        office.office.scene.world.clock.advance(seconds=1)
        office.office.accept(add("Third", number))
    with pytest.raises(Retryable, match="is replacing the classic store"):
        office.office.steps().handle(add("Third", 12))
    assert office.done(add("New")).state is State.DONE
    assert office.classic >= {OLD, OTHER}


def test_order_that_has_begun_runs_to_its_end_whatever_was_ordered_since(
    office: CertificateOffice,
) -> None:
    """It alone knows what it has deleted; one that has not begun gives way."""
    interrupt(office, die)
    waits, begun, newer = add("New", 1), add("Third", 2), add("Fourth", 3)
    office.office.accept(waits)
    with pytest.raises(Died):
        office.office.deliver(begun)
    office.office.accept(newer)
    office.office.deliver(begun)
    office.office.deliver(newer)
    office.office.deliver(waits)
    assert office.office.operation(begun).history[-1].note == "done"
    assert "overruled" in office.office.operation(waits).history[-1].note
    added = {authority(name).thumbprint for name in ("Third", "Fourth")}
    assert office.classic == {OLD, OTHER, *added}


def planned(office: CertificateOffice, command: TenantCommand) -> None:
    """Let a worker die as soon as the plan is stored."""
    office.office.accept(command)
    for calls in range(1, 20):
        with suppress(Died):
            office.office.steps(calls).handle(command)
        if office.office.operation(command).altered is not None:
            break
    assert office.office.operation(command).attempted_at is None


def test_what_was_planned_for_another_store_is_not_done(office: CertificateOffice) -> None:
    """What somebody else has put in since would be lost."""
    planned(office, order("a new classic authority"))
    office.directory.classic.append(authority("Third", Store.CLASSIC))
    with pytest.raises(Rejected, match="somebody else has changed the classic store"):
        office.office.deliver(order("a new classic authority"))
    assert office.classic == {OLD, OTHER, authority("Third").thumbprint}
    assert office.writes == 0


def test_store_that_somebody_has_emptied_is_not_filled_again(office: CertificateOffice) -> None:
    """Before the order has begun it cannot have been its own delete."""
    planned(office, order("a new classic authority"))
    office.directory.classic = []
    with pytest.raises(Rejected, match="somebody else has changed the classic store"):
        office.office.deliver(order("a new classic authority"))
    assert office.classic == set()


def test_what_is_approved_is_planned_anew(office: CertificateOffice) -> None:
    """Days may lie between the plan and the word of the second person."""
    careful = CertificateOffice(office.directory, allowances=replace(UNLIMITED, four_eyes=True))
    with pytest.raises(HeldBack):
        careful.office.deliver(order("a new classic authority"))
    careful.directory.classic.append(authority("Third", Store.CLASSIC))
    approve(careful.office, order("a new classic authority"))
    careful.office.deliver(order("a new classic authority"))
    assert careful.classic == {OLD, OTHER, NEW, authority("Third").thumbprint}


def test_what_somebody_has_put_into_the_gap_stays(office: CertificateOffice) -> None:
    """It may be their way out of it."""
    interrupt(office, die)
    with pytest.raises(Died):
        office.office.deliver(order("a new classic authority"))
    theirs = [authority("Third", Store.CLASSIC)]
    office.directory.classic = theirs
    with pytest.raises(Rejected, match="somebody else has changed the classic store"):
        office.office.deliver(order("a new classic authority"))
    assert office.directory.classic == theirs


def test_last_authority_may_be_removed(office: CertificateOffice) -> None:
    """A store that is to be empty is no store that was left empty."""
    office.done(order("a removed classic authority"))
    last = an_order("remove_trusted_ca", 2, thumbprint=OTHER, **CLASSIC)
    interrupt(office, die)
    with suppress(Died):
        office.office.deliver(last)
    office.office.deliver(last)
    assert office.classic == set()
    operation = office.office.operation(last)
    assert operation.state is State.DONE
    office.settle()
    office.planned.undo(operation)
    assert office.classic == {OTHER}


def test_what_shows_up_just_before_the_delete_is_not_deleted(office: CertificateOffice) -> None:
    """Not all of Entra ID shows at once what another hand has put in: nobody has kept it."""
    third = authority("Third", Store.CLASSIC)
    office.directory.before_replacing = lambda: office.directory.classic.append(third)
    with pytest.raises(Rejected, match="somebody else has changed the classic store"):
        office.office.deliver(order("a new classic authority"))
    assert office.classic == {OLD, OTHER, third.thumbprint}
    assert office.writes == 0
