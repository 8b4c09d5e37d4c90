"""The world as the stories see it, in memory; storage keeps its etags and its refusals."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.credentials.certificate import App, Certificate
from shared.credentials.expiry import Stage
from shared.credentials.mismatch import Mismatch
from shared.credentials.validation import LastValidation
from shared.credentials.validation import Report as Validated
from shared.devices import wipe
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Run
from shared.devices.model import (
    AccessPolicy,
    AccessState,
    Action,
    Command,
    Decision,
    Device,
    Signal,
    WipeCycle,
    WipeState,
)
from shared.devices.news import News
from shared.devices.operation import Operation, is_wipe
from shared.devices.release import HeldWord, Release
from shared.devices.settings_change import SettingsChange
from shared.devices.subject import Report
from shared.devices.tenant_change import TenantCommand
from shared.errors import Contended, Failure, Misconfigured, NotFound, Retryable
from shared.events import catalogue, inventory, watch
from shared.events.catalogue import Event
from shared.records.tables import LONGEST_PAGE, OVERTAKEN, Entity, Table, Verb, Write
from tests.unit.builders import NOW, QUARANTINE_BY_DEFAULT, never_wiped


@dataclass
class FakeClock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


class FakeTable(Table):
    """Table storage in memory; every write gives the entity a new etag."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Entity] = {}
        self.down: Failure | None = None
        self.down_after: int | None = None  # writes, after which storage is down
        self._writes = 0

    def get(self, partition: str, row: str) -> Entity | None:
        """Return a copy of the entity."""
        self._check()
        found = self.rows.get((partition, row))
        return dict(found) if found else None

    def insert(self, entity: object) -> str | None:
        """Store a new entity; None if one is already there."""
        self._check()
        stored = _entity(entity)
        if _key(stored) in self.rows:
            return None
        return self._write(stored)

    def replace(self, entity: object, etag: str) -> str:
        """Overwrite the entity, if it is still the one that was read."""
        self._check()
        stored = _entity(entity)
        if self.rows.get(_key(stored), {}).get("etag") != etag:
            raise Contended("another worker has changed the record meanwhile")
        return self._write(stored)

    def delete(self, partition: str, row: str, etag: str) -> None:
        """Delete the entity, if it is still the one that was read."""
        self._check()
        if self.rows.get((partition, row), {}).get("etag") == etag:
            del self.rows[partition, row]

    def first(self, partition: str, prefix: str, at_most: int) -> list[Entity]:
        """Return copies of the first entities whose row keys begin with the prefix."""
        self._check()
        found = [key for key in self.rows if key[0] == partition and key[1].startswith(prefix)]
        return [dict(self.rows[key]) for key in sorted(found)[:at_most]]

    def all(self, partition: str, at_most: int) -> list[Entity]:
        """Return copies of the first entities of a partition."""
        return self.first(partition, "", at_most)

    def scan(
        self,
        partition: str,
        start: str,
        end: str,
        *,
        select: Sequence[str] = (),
        per_answer: int = LONGEST_PAGE,
        where: Mapping[str, str] | None = None,
    ) -> Iterator[Entity]:
        """Yield what is asked for of the entities in the range; each answer shows its moment."""
        while found := sorted(
            key for key in self.rows if key[0] == partition and start <= key[1] < end
        )[:per_answer]:
            self._check()
            asked = {"RowKey", *select} if select else None
            rows = [self.rows[key] for key in found]
            answer = [_part(row, asked) for row in rows if (where or {}).items() <= row.items()]
            yield from answer
            start = found[-1][1] + "\0"
        self._check()

    def transact(self, writes: Sequence[Write]) -> list[str]:
        """Make all writes or none."""
        self._check()
        assert len({_key(dict(write.entity)) for write in writes}) == len(writes) in range(1, 101)
        assert len({write.entity["PartitionKey"] for write in writes}) == 1
        before = dict(self.rows)
        try:
            return [self._make(write) for write in writes]
        except Failure:
            self.rows = before
            raise

    def ping(self) -> None:
        """Raise if storage is down."""
        self._check()

    def _make(self, write: Write) -> str:
        stored = _entity(write.entity)
        there = self.rows.get(_key(stored), {}).get("etag", "")
        is_as_it_must_be = {
            Verb.INSERT: not there,
            Verb.REPLACE: there == write.etag,
            Verb.PUT: True,
            Verb.DELETE: bool(there),
        }
        if not is_as_it_must_be[write.verb]:
            raise Contended(OVERTAKEN)
        if write.verb is not Verb.DELETE:
            return self._write(stored)
        del self.rows[_key(stored)]
        return ""

    def _write(self, entity: Entity) -> str:
        if self.down_after is not None and self._writes >= self.down_after:
            raise Retryable("Table storage is busy")
        self._writes += 1
        etag = f'W/"{self._writes}"'
        self.rows[_key(entity)] = {**entity, "etag": etag}
        return etag

    def _check(self) -> None:
        if self.down:
            raise self.down


def _entity(entity: object) -> Entity:
    assert isinstance(entity, dict)
    assert "etag" not in entity, "etags belong to storage"
    return dict(entity)


def _part(entity: Entity, asked: set[str] | None) -> Entity:
    return {
        name: value
        for name, value in entity.items()
        if name != "etag" and (asked is None or name in asked)
    }


def _key(entity: Entity) -> tuple[str, str]:
    return str(entity["PartitionKey"]), str(entity["RowKey"])


def _nothing() -> None:
    return None


@dataclass
class FakeExchange:
    """One tenant's devices, lists and wipes."""

    devices: list[Device]
    clock: FakeClock = field(default_factory=FakeClock)
    policy: AccessPolicy = QUARANTINE_BY_DEFAULT
    states: dict[str, WipeState] = field(default_factory=dict)
    down: Failure | None = None
    down_after_wipe: Failure | None = None  # what the first call after a wipe runs into
    before_find: Callable[[], None] = _nothing  # another worker's deeds, while ours looks
    before_apply: Callable[[], None] = _nothing  # another worker's deeds, while ours is on its way
    read_lag: timedelta = timedelta()  # how long a wipe request stays invisible
    lacks: dict[str, str] = field(default_factory=dict)  # the cmdlet an action may not run
    applied: list[Action | None] = field(default_factory=list)
    wiped: list[Decision] = field(default_factory=list)
    _earlier: dict[str, WipeState] = field(default_factory=dict)

    @property
    def device(self) -> Device:
        """The only device."""
        (only,) = self.devices
        return only

    def find(self, mailbox: str, device_id: str) -> Device:
        """Return the device."""
        self.ping()
        meanwhile, self.before_find = self.before_find, _nothing
        meanwhile()
        for device in self.devices:
            if (device.mailbox, device.device_id) == (mailbox, device_id):
                return device
        raise NotFound(f"mailbox {mailbox} has no device {device_id}")

    def require(self, action: str) -> None:
        """Refuse an action for which a cmdlet is missing."""
        if action in self.lacks:
            raise Misconfigured(f"{action} needs {self.lacks[action]}")

    def access_policy(self) -> AccessPolicy:
        """Return rules and default."""
        self.ping()
        return self.policy

    def wipe_state(self, device: Device) -> WipeState:
        """Return the wipes, as far as they can be seen yet."""
        self.ping()
        if all(each.guid != device.guid for each in self.devices):
            raise NotFound(f"Exchange has no statistics of device {device.device_id}")
        seen = self.states.get(device.guid, never_wiped())
        if any(self._is_hidden(each) for each in (seen.device, seen.account)):
            return self._earlier[device.guid]
        return seen

    def apply(self, decision: Decision) -> None:
        """Move the device between lists, or remove it."""
        if decision.action is None or is_wipe(decision):
            raise ValueError(f"{decision.action} is not to be applied")
        self.ping()
        meanwhile, self.before_apply = self.before_apply, _nothing
        meanwhile()
        self.applied.append(decision.action)
        self.devices = [
            changed
            for each in self.devices
            if (changed := _changed(each, decision) if _same(each, decision) else each)
        ]
        if decision.action is Action.CANCEL_WIPE:
            self.states[decision.device.guid] = never_wiped()

    def wipe(self, decision: Decision) -> None:
        """Start a cycle anew, as Clear-MobileDevice does."""
        self.ping()
        assert wipe.account_only(decision.action or Action.REMOVE, decision.device) == (
            decision.account_only
        )
        self.wiped.append(decision)
        self.down = self.down_after_wipe
        state = self.states.get(decision.device.guid, never_wiped())
        self._earlier[decision.device.guid] = state
        started = WipeCycle(requested_at=self.clock())
        self.states[decision.device.guid] = (
            replace(state, account=started)
            if decision.account_only
            else replace(state, device=started)
        )

    def confirm(self) -> None:
        """Let every device confirm every wipe that is requested."""
        self.states = {
            guid: replace(
                state, device=self._confirmed(state.device), account=self._confirmed(state.account)
            )
            for guid, state in self.states.items()
        }

    def ping(self) -> None:
        """Raise if Exchange is down."""
        if self.down:
            raise self.down

    def _confirmed(self, cycle: WipeCycle) -> WipeCycle:
        if not cycle.is_pending:
            return cycle
        return replace(cycle, sent_at=self.clock(), acknowledged_at=self.clock())

    def _is_hidden(self, cycle: WipeCycle) -> bool:
        return cycle.requested_at is not None and (
            self.clock() - cycle.requested_at < self.read_lag
        )


def _same(device: Device, decision: Decision) -> bool:
    return device.guid == decision.device.guid


def _changed(device: Device, decision: Decision) -> Device | None:
    match decision.action:
        case Action.ALLOW:
            lists, access = (True, False), AccessState.ALLOWED
        case Action.BLOCK:
            lists, access = (False, True), AccessState.BLOCKED
        case Action.QUARANTINE | Action.CLEAR:
            lists, access = (False, False), AccessState.QUARANTINED
        case Action.REMOVE:
            return None
        case _:
            return device
    return replace(device, on_allowed_list=lists[0], on_blocked_list=lists[1], access=access)


@dataclass
class FakeEvents:
    """What the world was told; the catalogue makes the events, so ids are the real ones."""

    sent: list[Event] = field(default_factory=list)
    down: Failure | None = None

    @property
    def types(self) -> list[str]:
        """The types of what was sent, in order."""
        return [event.type.removeprefix("easgate.").removesuffix(".v1") for event in self.sent]

    def device_changed(self, operation: Operation) -> None:
        """Take a change of a device."""
        self._take(catalogue.device_changed(operation))

    def policy_changed(self, operation: Operation) -> None:
        """Take what a change that is not about one device did."""
        self._take(catalogue.policy_changed(operation))

    def offboarded(self, operation: Operation) -> None:
        """Take what came of shutting a phone or a person out."""
        self._take(catalogue.offboarded(operation))

    def device_news(self, news: News) -> None:
        """Take what a run of the inventory has found of one partnership."""
        self._take(inventory.device_news(news))

    def settings_changed(self, run: Run, change: SettingsChange) -> None:
        """Take what somebody else did to what decides over all devices."""
        self._take(inventory.settings_changed(run, change))

    def wipe_acknowledged(self, operation: Operation) -> None:
        """Take that a device confirmed its wipe."""
        self._take(catalogue.wipe_acknowledged(operation))

    def wipe_unconfirmed(self, operation: Operation) -> None:
        """Take that a wipe is no longer waited for."""
        self._take(catalogue.wipe_unconfirmed(operation))

    def operation_held(self, operation: Operation) -> None:
        """Take that an operation waits for a person."""
        self._take(catalogue.operation_held(operation))

    def operation_settled(self, operation: Operation) -> None:
        """Take that an operation which waited for a person is over."""
        self._take(catalogue.operation_settled(operation))

    def operation_abandoned(self, operation: Operation) -> None:
        """Take that an operation was given up."""
        self._take(catalogue.operation_abandoned(operation))

    def certificate_expiring(
        self, app: App, certificate: Certificate, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Take a stage of expiry."""
        self._take(
            watch.certificate_expiring(app, certificate, stage=stage, ends_at=ends_at, now=now)
        )

    def webhook_secret_expiring(
        self, app: App, name: str, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Take a stage of a secret's expiry."""
        self._take(watch.webhook_secret_expiring(app, name, stage=stage, ends_at=ends_at, now=now))

    def certificate_mismatch(
        self, app: App, found: Mismatch, *, occurrence: int, now: datetime
    ) -> None:
        """Take that something does not fit."""
        self._take(watch.certificate_mismatch(app, found, occurrence=occurrence, now=now))

    def validation_failed(self, app: App, report: Validated, before: LastValidation) -> None:
        """Take that a chain which worked does so no more."""
        self._take(catalogue.validation_failed(app, report, before))

    def validation_passed(self, app: App, report: Validated, before: LastValidation) -> None:
        """Take that a chain which did not work does so again."""
        self._take(catalogue.validation_passed(app, report, before))

    def _take(self, event: Event) -> None:
        if self.down:
            raise self.down
        self.sent.append(event)


@dataclass
class FakeQueue:
    """Our queues: what was put on them, and what was put back."""

    signals: list[Signal] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    tenant_commands: list[TenantCommand] = field(default_factory=list)
    runs: list[tuple[RunOrder, timedelta]] = field(default_factory=list)
    back: list[tuple[str, bytes, timedelta | None]] = field(default_factory=list)
    held: list[HeldWord] = field(default_factory=list)  # put on their queues again
    releases: list[Release] = field(default_factory=list)
    has_patience: bool = True
    down: Failure | None = None

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Take what senders say."""
        self._check()
        self.signals.extend(word for word in words if isinstance(word, Signal))
        self.reports.extend(word for word in words if isinstance(word, Report))

    def put_command(self, command: Command) -> None:
        """Take a command."""
        self._check()
        self.commands.append(command)

    def put_tenant_command(self, command: TenantCommand) -> None:
        """Take a command that is not about one device."""
        self._check()
        self.tenant_commands.append(command)

    def put_held(self, words: Sequence[HeldWord]) -> None:
        """Take held messages, which go on."""
        self._check()
        self.held.extend(words)

    def put_release(self, release: Release) -> None:
        """Take the order to release what is held."""
        self._check()
        self.releases.append(release)

    def put_run(self, order: RunOrder, after: timedelta) -> None:
        """Take a run of the inventory."""
        self._check()
        self.runs.append((order, after))

    def put_on(self, queue: str, body: bytes, after: timedelta | None) -> None:
        """Take a message whose work goes on."""
        self._check()
        self.back.append((queue, body, after))

    def put_back(self, queue: str, body: bytes, after: timedelta | None) -> bool:
        """Take a message back, while there is patience."""
        self._check()
        if self.has_patience:
            self.back.append((queue, body, after))
        return self.has_patience

    def _check(self) -> None:
        if self.down:
            raise self.down


def raising(failure: Failure) -> Callable[..., object]:
    """Return a function that fails in this way, whatever it is asked."""

    def fail(*_: object, **__: object) -> object:
        raise failure

    return fail


def ids(events: Iterable[Event]) -> list[str]:
    """Return the events' ids."""
    return [event.id for event in events]
