"""What happens to operations is in the audit before it happens, and names nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from shared.audit import verify
from shared.audit.record import Record
from shared.credentials.webhook_secret import LiveSecret
from shared.devices.guard import Approval, Hold, HoldReason
from shared.devices.model import AccessState, Action, Decision, Posture
from shared.devices.operation import Operation, State, opened_by_command
from shared.errors import Contended, Failure, Misconfigured, Retryable, Unfinished
from shared.flows import device_command, device_signal
from shared.records.audit_log import AuditLog
from shared.records.audit_settings import AuditSettings
from shared.records.audited_journal import AuditedJournal
from shared.records.auditing import Auditing
from tests.unit.audit_world import FakeBlobs
from tests.unit.builders import (
    DEVICE_ID,
    GUID,
    MAILBOX,
    NOW,
    TENANT,
    a_command,
    a_device,
    a_signal,
)
from tests.unit.stand_ins import FakeTable
from tests.unit.world import World

KEY = LiveSecret(name="audit-pseudonyms", version="0123456789abcdef", value="k" * 32)
SETTINGS: dict[str, dict[str, object]] = {TENANT: {"limits.writes": True}}


@dataclass
class Vault:
    """Holds the key, or fails."""

    failure: Failure | None = None

    def live(self, name: str, at_most: timedelta) -> tuple[LiveSecret, ...]:
        """Return it."""
        assert (name, at_most > timedelta()) == (KEY.name, True)
        if self.failure:
            raise self.failure
        return (KEY,)


@dataclass
class Audited:
    """A tenant's world whose journal is audited."""

    world: World = field(default_factory=lambda: World([a_device()]))
    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    vault: Vault = field(default_factory=Vault)
    table: FakeTable = field(default_factory=FakeTable)
    settings: dict[str, dict[str, object]] = field(default_factory=lambda: SETTINGS)

    def worker(self) -> AuditedJournal:
        """Return the journal as a worker has it that has just started."""
        auditing = Auditing(
            log=AuditLog(self.blobs, self.world.clock),
            settings=AuditSettings(self.table, self.settings),
            secrets=self.vault,
            clock=self.world.clock,
        )
        return AuditedJournal(self.world.journal, auditing)

    def report(self, **changes: object) -> None:
        """Let a worker handle a report."""
        device_signal.handle(
            a_signal(**changes),
            postures=self.world.postures,
            orders=self.world.orders,
            steps=replace(self.world.steps(), journal=self.worker()),
        )

    def order(self, **changes: object) -> None:
        """Let a worker handle an order."""
        device_command.handle(
            a_command(**changes),
            postures=self.world.postures,
            orders=self.world.orders,
            steps=replace(self.world.steps(), journal=self.worker()),
        )

    @property
    def records(self) -> list[Record]:
        """What the audit has of operations and settings."""
        chain = verify.verify(verify.read("all", self.blobs.text(TENANT)))
        assert chain.findings == []
        found = [each.record for _, each in sorted(chain.records.items())]
        return [each for each in found if each and each.kind != "closed"]

    @property
    def kinds(self) -> list[str]:
        """What the audit has of operations."""
        return [each.kind for each in self.records if each.kind != "configuration"]


@pytest.fixture
def audited() -> Audited:
    return Audited()


def a_stored(journal: AuditedJournal, **changes: object) -> Operation:
    """Return an order that is stored."""
    return journal.open(replace(opened_by_command(a_command(), NOW), **changes))  # type: ignore[arg-type]  # named fields only, by convention


def test_a_report_that_changes_something_is_two_records(audited: Audited) -> None:
    audited.report()
    planned, done = audited.records[1:]
    assert (planned.kind, planned.facts["action"]) == ("planned", "block")
    assert planned.facts["before"]["access"] == AccessState.QUARANTINED
    assert (planned.actor.kind, planned.actor.id) == ("mdm", "portal")
    assert (done.kind, done.facts["acted"]) == ("done", True)
    assert done.facts["after"]["access"] == AccessState.BLOCKED


def test_an_order_is_recorded_when_it_is_given(audited: Audited) -> None:
    audited.order(action=Action.BLOCK)
    assert audited.kinds == ["opened", "planned", "done"]
    assert audited.records[1].actor.kind == "system"


def test_a_person_is_named_by_object_id(audited: Audited) -> None:
    a_stored(audited.worker(), asked_as="person:0a1b", asked_by="adele@contoso.com")
    opened = audited.records[-1]
    assert (opened.actor.kind, opened.actor.id) == ("person", "0a1b")


def test_nobody_is_named_in_clear(audited: Audited) -> None:
    audited.report()
    audited.order(reason=f"mail from bob@contoso.com: {DEVICE_ID.lower()} of {MAILBOX} is lost")
    text = audited.blobs.text(TENANT).decode().lower()
    assert all(name.lower() not in text for name in (MAILBOX, DEVICE_ID, GUID, "bob@contoso.com"))
    devices = {each.facts["device_id"] for each in audited.records[1:]}
    assert len(devices) == 1
    assert "mailbox" in audited.records[-1].facts


def test_without_the_key_names_are_left_out_and_health_complains(audited: Audited) -> None:
    audited.vault.failure = Misconfigured("the vault holds no enabled secret audit-pseudonyms")
    audited.report()
    assert audited.kinds == ["planned", "done"]
    assert all("device_id" not in each.facts for each in audited.records)
    assert DEVICE_ID.lower() not in audited.blobs.text(TENANT).decode().lower()
    auditing = Auditing(
        log=AuditLog(audited.blobs, audited.world.clock),
        settings=AuditSettings(audited.table, {}),
        secrets=audited.vault,
        clock=audited.world.clock,
    )
    with pytest.raises(Misconfigured, match="audit-pseudonyms"):
        auditing.ping()


def test_nothing_is_done_while_the_audit_cannot_be_written(audited: Audited) -> None:
    audited.blobs.down = Retryable("storage is down")
    with pytest.raises(Retryable, match="storage is down"):
        audited.report()
    assert audited.world.exchange.applied == []
    audited.blobs.down = None
    audited.report()
    assert len(audited.world.exchange.applied) == 1
    assert audited.kinds == ["planned", "done"]


def test_the_plan_stands_there_before_exchange_is_told(audited: Audited) -> None:
    seen: list[list[str]] = []
    apply = audited.world.exchange.apply

    def watched(decision: Decision) -> None:
        seen.append(audited.kinds)
        apply(decision)

    audited.world.exchange.apply = watched  # type: ignore[method-assign]
    audited.report()
    assert seen == [["planned"]]


def test_a_step_that_another_worker_has_overtaken_may_be_recorded_and_is_not_stored(
    audited: Audited,
) -> None:
    """The audit may say more than happened, never less."""
    journal = audited.worker()
    stored = a_stored(journal)
    journal.save(stored.stepped(State.ABANDONED, "first", NOW))
    with pytest.raises(Contended):
        journal.save(stored.stepped(State.DONE, "second", NOW))
    assert audited.kinds == ["opened", "abandoned", "overruled"]


def test_a_death_between_record_and_journal_leaves_one_record(audited: Audited) -> None:
    """The next worker decides the same, which is the same record."""
    audited.world.journal_table.down_after = 1  # the operation itself is stored
    with pytest.raises(Failure):
        audited.report()
    audited.world.journal_table.down_after = None
    audited.world.journal_table.down = None
    audited.report()
    assert audited.kinds == ["planned", "done"]


def test_a_wipe_is_recorded_when_it_is_requested_not_days_later(audited: Audited) -> None:
    with pytest.raises(Unfinished):
        audited.order(action=Action.WIPE_DEVICE, even_if_personal=True)
    assert audited.kinds == ["opened", "planned", "acted"]


def test_a_newer_word_is_told_as_what_overruled_the_older(audited: Audited) -> None:
    audited.report(posture=Posture.NONCOMPLIANT)
    older = a_signal().occurred_at - timedelta(hours=1)
    audited.report(signal_id="33333333-0000-4000-8000-000000000003", occurred_at=older)
    assert audited.kinds[-1] == "overruled"


def a_word(at: timedelta) -> Approval:
    return Approval(by="0c0d", name="Christie", at=NOW + at, note="looked at it")


def held(operation: Operation) -> Operation:
    hold = Hold(reason=HoldReason.APPROVAL, says="of its kind all do", since=NOW)
    return replace(operation, hold=hold).stepped(State.HELD, hold.says, NOW)


def approved(operation: Operation) -> Operation:
    word = a_word(timedelta(hours=1))
    return replace(operation, approval=word).stepped(State.WAITING, "approved", word.at)


def refused(operation: Operation) -> Operation:
    word = a_word(timedelta(hours=1))
    return replace(operation, refusal=word).stepped(State.ABANDONED, "refused", word.at)


@pytest.mark.parametrize(("word", "kind"), [(approved, "approved"), (refused, "refused")])
def test_who_approves_or_refuses_what_was_held_is_recorded(
    audited: Audited, word: Callable[[Operation], Operation], kind: str
) -> None:
    journal = audited.worker()
    operation = journal.save(held(a_stored(journal)))
    operation = journal.save(word(operation))
    if not operation.is_finished:  # what happens after an approval is not another approval
        journal.save(operation.stepped(State.WAITING, "waits", NOW + timedelta(hours=2)))
    assert audited.kinds == ["opened", "held", kind]
    _, waits, said = audited.records[1:]
    assert waits.facts["reason"] == "approval"
    assert (said.actor.kind, said.actor.id) == ("person", "0c0d")
    assert said.facts["note"] == "looked at it"


def test_settings_are_recorded_before_what_is_decided_by_them_and_again_when_they_change(
    audited: Audited,
) -> None:
    audited.report()
    first = audited.records[0]
    assert (first.kind, first.facts["first"]) == ("configuration", True)
    audited.settings = {TENANT: {"limits.writes": False, "limits.wipes_per_hour": 10}}
    for _ in range(2):
        audited.report(signal_id="44444444-0000-4000-8000-000000000004")
    changed = [each for each in audited.records if each.kind == "configuration"][1:]
    assert [each.facts["changed"] for each in changed] == [
        {
            "limits.wipes_per_hour": {"before": None, "now": 10},
            "limits.writes": {"before": True, "now": False},
        }
    ]
