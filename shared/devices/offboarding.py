"""A lost phone, or a person who leaves: which steps are done, and what came of each."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.devices.model import Action, Command
from shared.devices.offboard_order import WIPES_ORDERED, OffboardDevice, Offboarding

LEAST_PATIENCE = timedelta(hours=1)  # with whatever is in the way of a step


class Step(StrEnum):
    """What is done, in this order."""

    BLOCK = "block"
    WIPE = "wipe"
    ACKNOWLEDGEMENT = "acknowledgement"  # who cannot sign in any more is never told of the wipe
    SESSIONS = "sessions"
    CERTIFICATE = "certificate"
    REMOVAL = "removal"
    POLICY = "policy"
    SIGN_IN = "sign_in"


# What each phone goes through by itself, without waiting for the others.
LEGS = ((Step.BLOCK, Step.WIPE, Step.ACKNOWLEDGEMENT), (Step.REMOVAL,))
OF_PHONE = frozenset(step for leg in LEGS for step in leg)


class Outcome(StrEnum):
    """What came of a step."""

    DONE = "done"
    DONE_BEFORE = "done before"
    TIMED_OUT = "timed out"
    IMPOSSIBLE = "impossible"
    NOT_ASKED = "not asked"
    LEFT = "left as it is"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a step, and what is not certain or left to do all the same."""

    outcome: Outcome
    at: datetime
    says: str
    unsure: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One device of the mailbox, by the id that it has there."""

    device_id: str
    results: dict[Step, Result] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardingRun:
    """How far an order has come; its id is that of the operation."""

    run_id: str
    tenant_id: str
    order: Offboarding
    asked_by: str
    ordered_at: datetime
    # Of the ids of its phones' orders: who could foretell them could take them first.
    seed: str = field(default_factory=lambda: str(uuid.uuid4()))
    phones: tuple[Phone, ...] | None = None  # None: not listed yet
    directory_id: str = ""  # of the user, once that is known
    user: str = ""  # likewise: his UPN
    begun: dict[Step, datetime] = field(default_factory=dict)
    sessions_before: datetime | None = None  # since when they were valid before we revoked them
    results: dict[Step, Result] = field(default_factory=dict)  # of the steps that are no phone's
    unlisted: str = ""  # why the mailbox's phones could not be listed
    stalled_since: datetime | None = None  # when something came in the way of the present step
    ended_at: datetime | None = None
    why: str = ""  # it ended before all steps were taken
    etag: str = ""

    @property
    def patience(self) -> timedelta:
        """How long the phones have to confirm that they were wiped."""
        return timedelta(hours=self.order.acknowledgement_hours)

    @property
    def next_step(self) -> Step | None:
        """The first step that is not settled; a later one is never taken before it."""
        return next((step for step in Step if not self.is_settled(step)), None)

    def is_settled(self, step: Step) -> bool:
        """Whether it is recorded what came of a step, of each phone where it is about phones."""
        if step not in OF_PHONE:
            return step in self.results
        return self.phones is not None and all(step in each.results for each in self.phones)

    def is_stalled(self, now: datetime) -> bool:
        """Whether something has been in the way for so long that the other steps should go on."""
        longest = max(self.patience, LEAST_PATIENCE)
        return self.stalled_since is not None and now - self.stalled_since >= longest

    def relisted(self) -> "OffboardingRun":
        """Return the run as it lists a person's phones anew, unless a step was taken already."""
        has_begun = bool(self.results) or any(each.results for each in self.phones or ())
        fresh = replace(self, phones=phones_named(self.order), unlisted="")
        return self if has_begun else fresh

    def with_result(self, step: Step, result: Result) -> "OffboardingRun":
        """Return the run with what came of a step that is no phone's."""
        return replace(self, results={**self.results, step: result}, stalled_since=None)

    def with_phone(self, device_id: str, step: Step, result: Result) -> "OffboardingRun":
        """Return the run with what came of a step of one phone."""
        phones = tuple(
            replace(each, results={**each.results, step: result})
            if each.device_id == device_id
            else each
            for each in self.phones or ()
        )
        return replace(self, phones=phones, stalled_since=None)

    def command(self, phone: Phone, action: Action) -> Command:
        """Return the order for one phone; the same each time, so it is carried out once."""
        told_apart = f"{self.seed}|{phone.device_id.casefold()}|{action}"
        is_wipe = action in WIPES_ORDERED.values()
        return Command(
            command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart)),
            tenant_id=self.tenant_id,
            action=action,
            mailbox=self.order.mailbox,
            device_id=phone.device_id,
            reason=f"offboarding {self.run_id}",
            requested_by=self.asked_by,
            even_if_personal=is_wipe and self.order.even_if_personal,
        )


def phones_named(order: Offboarding) -> tuple[Phone, ...] | None:
    """Return the phones that the order names itself; None: those of the mailbox are meant."""
    return (Phone(device_id=order.device_id),) if isinstance(order, OffboardDevice) else None
