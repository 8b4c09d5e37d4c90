"""One order or signal on its way to done: what the journal keeps."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.devices.guard import Approval, Hold
from shared.devices.model import Action, Command, Decision, Device, Signal
from shared.devices.offboard_order import OffboardDevice, Offboarding
from shared.devices.subject import Link, Partnership, Report
from shared.devices.tenant_change import (
    Altered,
    AssignPolicy,
    TenantChange,
    TenantCommand,
    action,
    target,
)

# One property of an entity holds 32 Ki characters, and a quote takes two in JSON.
HISTORY_LIMIT = 40
NOTE_LIMIT = 300  # characters
REPLAYED = "replayed by"  # what the line says with which an abandoned operation is reopened
UNREADABLE = "a message that cannot be read"  # the first line of what nobody could read


class State(StrEnum):
    """Where an operation stands."""

    WAITING = "waiting"
    PLANNED = "planned"
    HELD = "held"
    DONE = "done"
    ABANDONED = "abandoned"


FINISHED = frozenset({State.DONE, State.ABANDONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of an operation's history."""

    at: datetime
    state: State
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What was asked, what was decided, what came of it."""

    operation_id: str
    tenant_id: str
    asked: str  # the posture of a signal, the action of a command
    asked_by: str
    mailbox: str
    device_id: str
    opened_at: datetime
    state: State = State.WAITING
    decision: Decision | None = None
    attempted_at: datetime | None = None  # a wipe was about to be sent: its outcome may be unknown
    acted_at: datetime | None = None
    after: Device | None = None
    even_if_personal: bool = False  # ordered so: a wipe may reset a personal device too
    awaited_since: datetime | None = None  # a wipe is requested and told: the device has the word
    acknowledged_at: datetime | None = None  # when the device confirmed its wipe
    change: TenantChange | None = None  # ordered, where no single device is concerned
    altered: Altered | None = None  # what that change does, or did
    report: Report | None = None  # by a sender with names of its own for a device
    candidates: tuple[Partnership, ...] = ()  # which it may be: a person has to say
    matched: tuple[Link, ...] | None = None  # which it is; None: not known yet
    repairs: str = ""  # the newer word that the decision restores, in place of what was asked
    asked_as: str = ""  # "person:<object id>", "system" or "timer"; of an MDM's word: nothing
    hold: Hold | None = None  # why it waits, or waited, for an approver
    approval: Approval | None = None
    refusal: Approval | None = None  # instead of it
    plan_hash: str = ""  # ordered so: nothing is done unless that plan still holds; see Release
    undoes: str = ""  # the operation that this one takes back
    undone_by: str = ""  # the operation that takes this one back
    history: tuple[Step, ...] = ()
    etag: str = ""
    listed_as: str = ""  # as the journal's rows have it by which operations are listed

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINISHED

    @property
    def had_stopped(self) -> bool:
        """Whether it has waited for a person or was given up, and that was announced."""
        return any(step.state in {State.HELD, State.ABANDONED} for step in self.history)

    @property
    def is_held_back(self) -> bool:
        """Whether it waits for an approver; a held report waits for somebody who knows it."""
        return self.state is State.HELD and self.hold is not None

    @property
    def lacks_approval(self) -> bool:
        """Whether it was held and nobody approved it, be it refused or expired since."""
        return self.hold is not None and self.approval is None

    @property
    def has_begun(self) -> bool:
        """Whether anything may have been done for it."""
        return self.attempted_at is not None or self.acted_at is not None or bool(self.repairs)

    @property
    def came_about(self) -> bool:
        """
        Whether what was decided on a device was done, or was so already.

        Not if it gave way to a newer word.
        """
        if self.state is not State.DONE or self.decision is None:
            return False
        return self.acted_at is not None or self.decision.action is None

    @property
    def replays(self) -> int:
        """How often it was reopened after it was given up, as far as its history goes back."""
        return sum(step.note.startswith(REPLAYED) for step in self.history)

    @property
    def before(self) -> Device | None:
        """The device as it stood when the decision was taken."""
        return self.decision.device if self.decision else None

    def asks_the_same_as(self, other: "Operation") -> bool:
        """Whether both stand for one order or report, however often it was sent."""
        return self.question == other.question

    @property
    def signal_ids(self) -> tuple[str, ...]:
        """The operations that a recognised report is passed on to."""
        if self.report is None:
            return ()
        return tuple(self.report.of(link).signal_id for link in self.matched or ())

    @property
    def question(self) -> tuple[object, ...]:
        """What tells it from another order or report."""
        return (
            self.asked,
            self.mailbox,
            self.device_id,
            self.even_if_personal,
            self.change,
            self.report and (self.report.subject, self.report.about),
            *filter(None, [self.plan_hash]),
        )

    def stepped(self, state: State, note: str, at: datetime) -> "Operation":
        """Return the operation in *state*, with a line more in its history."""
        step = Step(at=at, state=state, note=note[:NOTE_LIMIT])
        kept = (*self.history, step)
        if len(kept) > HISTORY_LIMIT:
            kept = (kept[0], *kept[1 - HISTORY_LIMIT :])
        return replace(self, state=state, history=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Whether something can still be done about an operation, and by what, or why not."""

    possible: bool
    because: str


def opened_by_signal(signal: Signal, at: datetime) -> Operation:
    """Return the operation that *signal* starts."""
    return Operation(
        operation_id=signal.signal_id,
        tenant_id=signal.tenant_id,
        asked=signal.posture,
        asked_by=f"mdm:{signal.sender}",
        mailbox=signal.mailbox,
        device_id=signal.device_id,
        opened_at=at,
    ).stepped(State.WAITING, _said(signal), at)


def opened_by_report(report: Report, at: datetime) -> Operation:
    """Return the operation that *report* starts: finding out which device it is about."""
    return Operation(
        operation_id=report.report_id,
        tenant_id=report.tenant_id,
        asked=report.posture,
        asked_by=f"mdm:{report.sender}",
        mailbox=report.mailbox,
        device_id=report.device,
        opened_at=at,
        report=report,
    ).stepped(State.WAITING, _said(report), at)


def opened_by_command(command: Command, at: datetime, asked_as: str = "") -> Operation:
    """Return the operation that *command* starts."""
    return Operation(
        operation_id=command.command_id,
        tenant_id=command.tenant_id,
        asked=command.action,
        asked_by=command.requested_by,
        mailbox=command.mailbox,
        device_id=command.device_id,
        opened_at=at,
        even_if_personal=command.even_if_personal,
        asked_as=asked_as,
        plan_hash=command.plan_hash,
    ).stepped(State.WAITING, f"ordered: {command.reason}", at)


def opened_by_tenant_command(command: TenantCommand, at: datetime, asked_as: str = "") -> Operation:
    """Return the operation that *command* starts."""
    change = command.change
    return Operation(
        operation_id=command.command_id,
        tenant_id=command.tenant_id,
        asked=action(change),
        asked_by=command.requested_by,
        mailbox=change.mailbox if isinstance(change, AssignPolicy | Offboarding) else "",
        device_id=change.device_id if isinstance(change, OffboardDevice) else "",
        opened_at=at,
        change=change,
        asked_as=asked_as,
        plan_hash=command.plan_hash,
    ).stepped(State.WAITING, f"ordered for {target(change)}: {command.reason}", at)


def _said(word: Signal | Report) -> str:
    proof = f", proved by {word.verified_by}" if word.verified_by else ""
    return f"{word.sender} reports {word.posture}{proof}"


def is_wipe(decision: Decision) -> bool:
    """Whether carrying the decision out twice would restart a wipe."""
    return decision.action in {Action.WIPE_ACCOUNT, Action.WIPE_DEVICE}
