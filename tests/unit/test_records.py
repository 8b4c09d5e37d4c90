"""What is written to storage is what is read from it, and is never overwritten unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices import decide
from shared.devices.model import Action, Order, Ownership, Posture, WipeCycle
from shared.devices.operation import HISTORY_LIMIT, State, opened_by_command, opened_by_signal
from shared.errors import Contended
from shared.records.certificates import Certificates
from shared.records.journal import Journal
from shared.records.orders import Orders
from shared.records.postures import Postures
from tests.unit.builders import (
    MAILBOX,
    NOW,
    TENANT,
    a_command,
    a_device,
    a_newer_signal,
    a_signal,
    blocked,
    never_wiped,
)
from tests.unit.stand_ins import FakeTable

WIPE = opened_by_command(a_command(action=Action.WIPE_ACCOUNT), NOW)
STATE = never_wiped(account=WipeCycle(requested_at=NOW - timedelta(microseconds=1)))
DECIDED = decide.erase(
    Action.WIPE_ACCOUNT, device=a_device(), state=never_wiped(device=STATE.account), why="lost"
)


def test_operation_comes_back_with_everything_it_had() -> None:
    """Decision, times to the microsecond, devices and history."""
    journal = Journal(FakeTable())
    full = replace(
        WIPE.stepped(State.PLANNED, "é 🙂 \x00", NOW),
        decision=DECIDED,
        attempted_at=NOW + timedelta(microseconds=7),
        acted_at=NOW + timedelta(seconds=1),
        after=blocked(),
        even_if_personal=True,
        awaited_since=NOW + timedelta(seconds=2),
        acknowledged_at=NOW + timedelta(seconds=3, microseconds=1),
    )
    stored = journal.open(full)
    assert journal.find(TENANT, full.operation_id) == stored
    assert replace(stored, etag="", listed_as="") == full


def test_opening_twice_returns_what_is_stored() -> None:
    """The second opener sees how far the first has come."""
    journal = Journal(FakeTable())
    moved = journal.save(journal.open(WIPE).stepped(State.PLANNED, "planned", NOW))
    assert journal.open(WIPE) == moved


def test_step_from_an_older_view_is_refused() -> None:
    """What another worker wrote is not overwritten."""
    journal = Journal(FakeTable())
    old = journal.open(WIPE)
    moved = journal.save(old.stepped(State.PLANNED, "planned", NOW))
    with pytest.raises(Contended):
        journal.save(old.stepped(State.DONE, "done", NOW))
    assert journal.find(TENANT, WIPE.operation_id) == moved
    assert journal.save(moved.stepped(State.DONE, "done", NOW)).is_finished


def test_operations_of_two_tenants_do_not_meet() -> None:
    """One id may come up in both."""
    journal = Journal(FakeTable())
    journal.open(WIPE)
    assert journal.find("another", WIPE.operation_id) is None


def test_history_is_bounded_and_keeps_its_first_line() -> None:
    """A week of waiting fits in one row; who asked for what is still there."""
    operation = WIPE
    for count in range(1000):
        operation = operation.stepped(State.WAITING, f"waiting {count} " + "x" * 5000, NOW)
    assert len(operation.history) == HISTORY_LIMIT
    assert operation.history[0].note == "ordered: left on a train"
    assert operation.history[-1].note.startswith("waiting 999 ")
    table = FakeTable()
    Journal(table).open(operation)
    row = table.rows[TENANT, WIPE.operation_id]
    assert len(str(row["history"])) < 32_768


def test_newest_report_stands_in_whatever_order_they_come() -> None:
    """A device is known without regard to case."""
    postures = Postures(FakeTable())
    newer = a_newer_signal(posture=Posture.LOST, ownership=Ownership.PERSONAL)
    assert postures.keep(newer) == newer
    assert postures.keep(a_signal(mailbox=MAILBOX.upper())) == newer
    assert postures.newest(a_signal()) == newer
    assert postures.keep(newer) == newer


def test_report_on_another_device_does_not_count() -> None:
    """The name of one must not run into the name of the next."""
    postures = Postures(FakeTable())
    postures.keep(a_newer_signal(mailbox="ab", device_id="c"))
    other = a_signal(mailbox="a", device_id="bc")
    assert postures.newest(other) == other


def test_report_kept_by_another_worker_meanwhile_is_not_lost() -> None:
    """Ours is older than the one that came between our look and our write."""
    table = FakeTable()
    newest = a_newer_signal()

    class Crowded(FakeTable):
        """The first write finds that another worker was faster."""

        def replace(self, entity: object, etag: str) -> str:
            self.replace = super().replace  # type: ignore[method-assign]
            Postures(self).keep(newest)
            return self.replace(entity, etag)

    table = Crowded()
    postures = Postures(table)
    postures.keep(a_signal(signal_id="0", occurred_at=NOW - timedelta(hours=1)))
    assert postures.keep(a_signal()) == newest
    assert postures.newest(a_signal()) == newest


def test_last_pin_stands() -> None:
    """Whoever has just earned a token with a version knows best; tenants are kept apart."""
    certificates = Certificates(FakeTable())
    assert certificates.active(TENANT) is None
    for version in ("v1", "v2", "v2"):
        certificates.pin(TENANT, version)
        assert certificates.active(TENANT) == version
    assert certificates.active("another") is None


def test_report_opens_an_operation_that_names_its_sender() -> None:
    """The history says who said what."""
    operation = opened_by_signal(a_signal(), NOW)
    assert (operation.asked, operation.asked_by) == ("noncompliant", "mdm:portal")


@pytest.mark.parametrize("odd", ['"', "\\", "\x00", "\x1f", "\x7f", "é", "漢", "🙂", '\x01"🙂'])
def test_history_fits_whatever_its_notes_hold(odd: str) -> None:
    """A row too long would be refused, and its message could not even be given up."""
    operation = WIPE
    for _ in range(HISTORY_LIMIT):
        operation = operation.stepped(State.WAITING, odd * 5000, NOW)
    operation = operation.stepped(State.WAITING, "the last", NOW)
    table = FakeTable()
    journal = Journal(table)
    journal.open(operation)
    row = table.rows[TENANT, WIPE.operation_id]
    # A property holds 64 KiB, counted in UTF-16.
    assert len(str(row["history"]).encode("utf-16-le")) <= 64 * 1024
    kept = journal.find(TENANT, WIPE.operation_id)
    assert kept is not None
    assert kept.history[0] == WIPE.history[0]
    assert kept.history[-1].note == "the last"
    assert len(kept.history) > 10


def an_order(**changes: object) -> Order:
    """Return an order to block a device."""
    order = Order(
        command_id=a_command().command_id,
        tenant_id=TENANT,
        action=Action.BLOCK,
        mailbox=MAILBOX,
        device_id=a_command().device_id,
        given_at=NOW,
        why="ordered by helpdesk:jo: é 🙂",
        even_if_personal=True,
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # named fields only, by convention


NEWER = an_order(command_id="0", action=Action.ALLOW, given_at=NOW + timedelta(microseconds=1))


def newest(orders: Orders, order: Order) -> Order | None:
    """Return the newest order on the same concern of the same device."""
    return orders.newest(
        order.tenant_id, order.mailbox, device_id=order.device_id, concern=order.concern
    )


def test_newest_order_stands_in_whatever_order_they_come() -> None:
    """And comes back with everything it had, to the microsecond."""
    for first, second in ((an_order(), NEWER), (NEWER, an_order())):
        orders = Orders(FakeTable())
        assert newest(orders, first) is None
        assert orders.keep(first) == first
        assert orders.keep(second) == NEWER
        assert orders.keep(NEWER) == NEWER
        assert newest(orders, an_order(mailbox=MAILBOX.upper())) == NEWER


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"tenant_id": "another"},
        {"mailbox": "eve@contoso.com"},
        {"device_id": "OTHER"},
        {"action": Action.REMOVE},
        {"action": Action.CANCEL_WIPE},
    ],
)
def test_order_about_something_else_does_not_count(elsewhere: dict[str, object]) -> None:
    """Tenant, mailbox, device and concern tell them apart."""
    orders = Orders(FakeTable())
    orders.keep(replace(NEWER, **elsewhere))  # type: ignore[arg-type]  # as above
    assert orders.keep(an_order()) == an_order()


def test_order_kept_by_another_worker_meanwhile_is_not_lost() -> None:
    """Ours is older than the one that came between our look and our write."""

    class Crowded(FakeTable):
        """The first write finds that another worker was faster."""

        def replace(self, entity: object, etag: str) -> str:
            self.replace = super().replace  # type: ignore[method-assign]
            Orders(self).keep(NEWER)
            return self.replace(entity, etag)

    orders = Orders(Crowded())
    orders.keep(an_order(command_id="1", given_at=NOW - timedelta(hours=1)))
    assert orders.keep(an_order()) == NEWER
    assert newest(orders, an_order()) == NEWER


def test_flood_of_orders_is_left_to_settle() -> None:
    """A worker that never gets its turn goes back to the queue."""

    class Flooded(FakeTable):
        """Somebody else is always faster."""

        def replace(self, entity: object, etag: str) -> str:
            raise Contended(f"{entity} {etag}")

    orders = Orders(Flooded())
    orders.keep(an_order())
    with pytest.raises(Contended, match="many orders"):
        orders.keep(NEWER)


def test_of_two_reports_of_one_second_the_one_that_shuts_out_stands() -> None:
    """Some senders tell no fraction of a second: theirs may have been the later one."""
    postures = Postures(FakeTable())
    let_in = a_signal(posture=Posture.COMPLIANT, occurred_at=NOW + timedelta(seconds=0.5))
    shut_out = a_newer_signal(posture=Posture.NONCOMPLIANT, occurred_at=NOW)
    postures.keep(let_in)
    assert postures.keep(shut_out) == shut_out
    assert postures.keep(let_in) == shut_out
    later = replace(
        let_in,
        signal_id="33333333-0000-4000-8000-000000000003",
        occurred_at=NOW + timedelta(seconds=1),
    )
    assert postures.keep(later) == later
