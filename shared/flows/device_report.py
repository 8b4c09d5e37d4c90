"""
An MDM reports on a device by names of its own: find out which partnerships it is.

What is certain goes on by itself, as a signal for each partnership. What is not is held,
with what it may be, until a person says which it is; that is kept for later reports.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.devices import awaited, decide, derived_ids
from shared.devices.awaited import report_again
from shared.devices.match import Confidence, match
from shared.devices.operation import Operation, State, opened_by_report
from shared.devices.subject import (
    About,
    Link,
    Partnership,
    Person,
    Report,
    Subject,
    Waiting,
)
from shared.errors import Conflict, Contended, Rejected
from shared.flows.ports import Clock, Events, Journal, Partnerships
from shared.flows.recognition_ports import Awaited, Held, Links, Reports, SenderQueue
from shared.flows.waiting import waiting

LISTED = 20  # candidates: what fits the record, and a person's patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What it takes to recognise one tenant's devices."""

    partnerships: Partnerships
    person: Callable[[str], Person | None]  # by directory id
    links: Links
    reports: Reports
    held: Held
    awaited: Awaited
    queue: SenderQueue
    journal: Journal
    events: Events
    clock: Clock

    def handle(self, report: Report) -> None:
        """Find out which partnerships the report is about, and pass it on for each of them."""
        asked = opened_by_report(report, self.clock())
        operation = self.journal.open(asked)
        if not operation.asks_the_same_as(asked):
            raise Conflict(f"report_id {report.report_id} already stands for something else")
        if operation.is_finished:
            return
        # A report from the future would outrank all that are to come.
        dated = replace(report, occurred_at=min(report.occurred_at, operation.opened_at))
        with waiting(operation, self.journal, self.clock):
            self._tell(dated, operation)

    def link(self, operation: Operation, links: Sequence[Link], *, said_by: str) -> None:
        """Keep what a person says the device is that was not recognised, and go on with that."""
        is_closed = operation.is_finished and operation.matched == ()
        if operation.report is None or not (operation.state is State.HELD or is_closed):
            raise Conflict(
                f"operation {operation.operation_id} is {operation.state}: only a held report, or "
                "one on a device that was found nowhere, can be told which device it is about"
            )
        self.links.keep(operation.report, links, said_by=said_by)
        newest = self.reports.newest(operation.report)
        if is_closed:
            again = report_again(operation.report, f"linked|{links}")
            if newest.report_id not in {operation.operation_id, again.report_id}:
                again = report_again(newest, f"linked|{links}")
            self.queue.put_words([again] if links else [])
            return
        # The newest, which may be held as well; then this one closes as overruled.
        is_overruled = newest.report_id != operation.operation_id
        self.queue.put_words([newest, operation.report] if is_overruled else [newest])

    def _tell(self, report: Report, operation: Operation) -> None:
        if decide.says_nothing(report.posture, report.trust):
            self._close(operation, "nothing done: this sender may only tighten access")
            return
        if operation.matched is None:
            newest = self.reports.keep(report)
            if newest.report_id != report.report_id:
                self._withdraw(report, operation)
                return
            found = self._found(report)
            if found.links is None:
                self._set_aside(operation, report, found)
                return
            if not found.links:
                self.awaited.put(report, found.awaited)
            operation = self._recognised(operation, report, found)
        self._pass_on(report, operation)

    def _found(self, report: Report) -> "_Found":
        kept = self.links.find(report)
        if kept is not None:
            return _Found(links=kept.links, why=f"{kept.said_by} said so")
        try:
            if report.about is About.OWNER:
                return self._of_owner(report.subject)
            said = self._with_owner(report.subject)
            return _recognise(said, tuple(self._candidates(said)))
        except Rejected as refusal:  # a name that Exchange cannot be asked by, or too many bear
            return _Found(links=None, why=str(refusal))

    def _of_owner(self, said: Subject) -> "_Found":
        """Find all that a person has, unless the directory says that nothing is wrong."""
        owners = [said.upn, said.mail]
        if said.directory_id:
            person = self.person(said.directory_id)
            if person is None or person.is_enabled:
                why = "the account is enabled" if person else "the account is gone, and its mailbox"
                return _Found(links=(), why=why)
            owners = [person.upn, person.mail]
        return _Found(
            links=_links(self._owned(owners)),
            why="all that the owner has",
            awaited=awaited.of_subject(Subject(upn=owners[0], mail=owners[1])),
        )

    def _with_owner(self, said: Subject) -> Subject:
        """Return it with the owner's addresses, where the sender gave no more than an id."""
        if said.upn or said.mail or not said.directory_id:
            return said
        person = self.person(said.directory_id)
        if person is None:
            # An owner is named all the same: a device in anybody's mailbox is not theirs.
            return replace(said, upn=said.directory_id)
        return replace(said, upn=person.upn, mail=person.mail)

    def _candidates(self, said: Subject) -> Iterator[Partnership]:
        yield from self._owned([said.upn, said.mail])
        given = {derived_ids.plain(said.eas_device_id)}
        made = {each.device_id for each in derived_ids.derived_ids(said)}
        for device_id in sorted((given | made) - {""}):
            yield from self.partnerships.with_device_id(device_id)
        if derived_ids.imei(said.imei):
            yield from self.partnerships.with_imei(said.imei)

    def _owned(self, owners: Sequence[str]) -> Iterator[Partnership]:
        for owner in dict.fromkeys(filter(None, owners)):
            yield from self.partnerships.of_owner(owner)

    def _recognised(self, operation: Operation, report: Report, found: "_Found") -> Operation:
        """Write down which partnerships it is, before anything is said about them."""
        waited = self._overrule(report, operation)
        if waited is not None:
            self.held.drop(report, waited)
        recognised = replace(operation, matched=found.links, candidates=())
        note = f"recognised: {found.why}" if found.links else f"none in Exchange: {found.why}"
        return self.journal.save(recognised.stepped(State.PLANNED, note, self.clock()))

    def _set_aside(self, operation: Operation, report: Report, found: "_Found") -> None:
        """Hold the operation until a person says which device it is; the latest only."""
        listed = replace(operation, candidates=found.candidates[:LISTED])
        if operation.state is not State.HELD or operation.candidates != listed.candidates:
            listed = self.journal.save(listed.stepped(State.HELD, found.why, self.clock()))
        self.events.operation_held(listed)
        self.held.put(report, self._overrule(report, listed))
        # Whoever writes last also looks last: a newer report must not wait behind ours.
        self._require_newest(report)

    def _overrule(self, report: Report, by: Operation) -> Waiting | None:
        """Close an older operation on the same device that waits for a person; return it."""
        waited = self.held.waiting(report)
        if waited is None or waited.operation_id == by.operation_id:
            return waited
        self._require_newest(report)
        older = self.journal.find(by.tenant_id, waited.operation_id)
        if older is not None and older.state is State.HELD:
            self._close(older, f"nothing done: overruled by a newer report, {by.operation_id}")
        return waited

    def _require_newest(self, report: Report) -> None:
        if self.reports.newest(report).report_id != report.report_id:
            raise Contended("a newer report about the device came meanwhile")

    def _withdraw(self, report: Report, operation: Operation) -> None:
        """Close our operation, which a newer report overrules, and let it wait no more."""
        waited = self.held.waiting(report)
        if waited is not None and waited.operation_id == operation.operation_id:
            self.held.drop(report, waited)
        self._close(operation, f"nothing done: {report.sender} has reported since")

    def _pass_on(self, report: Report, operation: Operation) -> None:
        """Put a signal on the queue for each partnership; a repeat carries the same ids."""
        # By their ids: a DeviceID in two spellings is one device.
        signals = {each.signal_id: each for each in map(report.of, operation.matched or ())}
        self.queue.put_words(list(signals.values()))
        told = ", ".join(
            f"{each.device_id} of {each.mailbox}: {each.signal_id}" for each in signals.values()
        )
        self._close(operation, f"passed on as operations on {told}" if told else "nothing to do")

    def _close(self, operation: Operation, note: str) -> None:
        if operation.had_stopped:
            self.events.operation_settled(operation)
        self.journal.save(operation.stepped(State.DONE, note, self.clock()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Which partnerships it is, or which it may be."""

    links: tuple[Link, ...] | None  # None: a person has to say
    why: str
    candidates: tuple[Partnership, ...] = ()
    awaited: tuple[str, ...] = ()  # names by which a device that is none yet may appear


def _recognise(said: Subject, candidates: tuple[Partnership, ...]) -> _Found:
    found = match(said, candidates)
    if found.confidence is Confidence.CERTAIN:
        return _Found(links=_links(found.partnerships), why=found.why)
    if not found.doubtful:
        # It may come to Exchange later: the report is tried again then.
        return _Found(links=(), why=found.why, awaited=awaited.of_subject(said))
    # A mailbox may have many addresses, and the record holds little.
    listed = tuple(replace(each, addresses=frozenset()) for each in found.doubtful)
    return _Found(links=None, why=found.why, candidates=listed)


def _links(partnerships: Iterable[Partnership]) -> tuple[Link, ...]:
    found = (Link(mailbox=each.mailbox, device_id=each.device_id) for each in partnerships)
    return tuple(dict.fromkeys(found))
