"""What a webhook says is stored once it is answered, and starts one operation however often."""

from dataclasses import dataclass, field, replace

import pytest

from shared.devices.model import Posture, Trust
from shared.devices.subject import Report, Subject
from shared.errors import Retryable
from shared.flows import webhook_delivery
from shared.mdm.senders import Delivery
from shared.records.subscriptions import Chores
from shared.records.unheeded import Unheeded
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable

BY_PARTNERSHIP = Report(
    report_id="11111111-0000-4000-8000-000000000001",
    tenant_id=TENANT,
    sender="portal",
    trust=Trust.FULL,
    posture=Posture.LOST,
    subject=Subject(mail=MAILBOX, eas_device_id=DEVICE_ID),
    occurred_at=NOW,
    verified_by="portal-secret/one",
)
BY_HARDWARE = replace(
    BY_PARTNERSHIP,
    report_id="22222222-0000-4000-8000-000000000002",
    subject=Subject(upn=MAILBOX, serial="F2LX40ADELE7"),
)


@dataclass
class Door:
    """Where deliveries come in."""

    table: FakeTable = field(default_factory=FakeTable)
    noted: FakeTable = field(default_factory=FakeTable)
    queue: FakeQueue = field(default_factory=FakeQueue)

    @property
    def chores(self) -> Chores:
        """Return what is to be done by the clock."""
        return Chores(self.noted, FakeClock())

    @property
    def unheeded(self) -> Unheeded:
        """Return the counts."""
        return Unheeded(self.table, FakeClock())

    @property
    def counted(self) -> list[tuple[str, int]]:
        """Return how often each kind came that nobody knows."""
        return [(each.kind, each.count) for each in self.unheeded.of("portal")]

    def take_in(
        self, *reports: Report, unknown: tuple[str, ...] = (), wanted: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Take one delivery in."""
        delivery = Delivery(reports=reports, unknown=unknown, wanted=wanted)
        return webhook_delivery.take_in(
            "portal", delivery, queue=self.queue, unheeded=self.unheeded, chores=self.chores
        )


@pytest.fixture
def door() -> Door:
    return Door()


def test_delivery_is_queued_before_it_is_answered(door: Door) -> None:
    """The answer names what is on the queue."""
    assert door.take_in(BY_PARTNERSHIP) == (BY_PARTNERSHIP.report_id,)
    (signal,) = door.queue.signals
    assert (signal.signal_id, signal.sender) == (BY_PARTNERSHIP.report_id, "portal")
    assert (signal.mailbox, signal.device_id, signal.posture) == (MAILBOX, DEVICE_ID, Posture.LOST)
    assert (signal.trust, signal.occurred_at) == (Trust.FULL, NOW)
    assert signal.verified_by == "portal-secret/one"


def test_batch_is_queued_whole(door: Door) -> None:
    """What names its partnership needs no recognition; the rest is recognised later."""
    ids = door.take_in(BY_PARTNERSHIP, BY_HARDWARE)
    assert ids == (BY_PARTNERSHIP.report_id, BY_HARDWARE.report_id)
    assert [each.signal_id for each in door.queue.signals] == [BY_PARTNERSHIP.report_id]
    assert door.queue.reports == [BY_HARDWARE]


@pytest.mark.parametrize(
    "more",
    [
        *({"upn": MAILBOX}, {"directory_id": "d"}, {"serial": "s"}, {"udid": "u"}, {"imei": "i"}),
        *({"mdm_id": "4711"}, {"eas_device_id": ""}, {"mail": ""}),
    ],
)
def test_mdm_that_knows_more_or_less_than_the_partnership_is_not_taken_at_its_word(
    door: Door, more: dict[str, str]
) -> None:
    """An MDM's address of the owner need not be the mailbox that Exchange knows."""
    report = replace(BY_PARTNERSHIP, subject=replace(BY_PARTNERSHIP.subject, **more))
    door.take_in(report)
    assert (door.queue.signals, door.queue.reports) == ([], [report])


def test_what_only_describes_the_device_changes_nothing(door: Door) -> None:
    """A model is no identifier."""
    said = replace(BY_PARTNERSHIP.subject, model="iPhone14,2", os="iOS 17", name="Adele's")
    door.take_in(replace(BY_PARTNERSHIP, subject=said))
    assert (len(door.queue.signals), door.queue.reports) == (1, [])


def test_repeated_delivery_is_answered_alike_and_is_the_same_operation(door: Door) -> None:
    """The sender's retries are answered like the first call."""
    answers = {door.take_in(BY_PARTNERSHIP, BY_HARDWARE) for _ in range(3)}
    assert len(answers) == 1
    assert {each.signal_id for each in door.queue.signals} == {BY_PARTNERSHIP.report_id}
    assert {each.report_id for each in door.queue.reports} == {BY_HARDWARE.report_id}


def test_delivery_that_could_not_be_queued_is_queued_by_the_retry(door: Door) -> None:
    """It was never called stored, and nothing in it is counted twice."""
    door.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable):
        door.take_in(BY_PARTNERSHIP, unknown=("user.created",))
    assert door.table.rows == {}
    door.queue.down = None
    assert door.take_in(BY_PARTNERSHIP, unknown=("user.created",))
    assert len(door.queue.signals) == 1
    assert door.counted == [("user.created", 1)]


def test_delivery_whose_unknown_kinds_cannot_be_counted_is_asked_for_again(door: Door) -> None:
    """What is stored by then is stored again, under the same id."""
    door.table.down = Retryable("Table storage is busy")
    with pytest.raises(Retryable):
        door.take_in(BY_PARTNERSHIP, unknown=("user.created",))
    door.table.down = None
    door.take_in(BY_PARTNERSHIP, unknown=("user.created",))
    assert {each.signal_id for each in door.queue.signals} == {BY_PARTNERSHIP.report_id}
    assert door.counted == [("user.created", 1)]


def test_event_that_does_not_concern_us_leaves_no_trace(door: Door) -> None:
    """It is answered as taken and dropped."""
    assert door.take_in() == ()
    assert (door.queue.signals, door.queue.reports) == ([], [])
    assert (door.table.rows, door.noted.rows) == ({}, {})


def test_kinds_that_nobody_knows_are_counted_by_sender(door: Door) -> None:
    """And nothing else becomes of them."""
    for _ in range(2):
        assert door.take_in(unknown=("user.created", "user.deleted", "user.created")) == ()
    assert sorted(door.counted) == [("user.created", 4), ("user.deleted", 2)]
    assert (door.queue.signals, door.unheeded.of("other")) == ([], [])


def test_what_the_sender_asks_for_is_noted_before_it_is_answered(door: Door) -> None:
    """Once, however often it asks; and it asks again while that cannot be noted."""
    door.noted.down = Retryable("Table storage is busy")
    with pytest.raises(Retryable):
        door.take_in(wanted=("missed",))
    door.noted.down = None
    for _ in range(2):
        assert door.take_in(wanted=("missed", "subscriptionRemoved")) == ()
    assert [each.what for each in door.chores.of("portal")] == ["missed", "subscriptionRemoved"]
