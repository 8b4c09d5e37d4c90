"""How devices, reports and runs of the inventory look to those who ask over HTTP."""

from datetime import datetime
from itertools import islice

import msgspec

from shared.devices import reports_csv, run_progress
from shared.devices.groups import Seen, is_known, name_of
from shared.devices.inventory import Mailbox, Part, Scope
from shared.devices.inventory_run import Outcome, Picture, Run
from shared.devices.model import AccessState, Action, Order, Posture, Signal, Trust
from shared.flows import device_list
from shared.flows.inventory_reports import Made


class ListedDevice(msgspec.Struct, kw_only=True):
    """One partnership as the inventory last saw it."""

    guid: str
    device_id: str
    mailbox: str  # its place in the directory, where Exchange did not list the mailbox
    access: AccessState
    access_reason: str
    rule: str
    on_allowed_list: bool | None  # null: its mailbox was not listed
    on_blocked_list: bool | None
    device_type: str
    model: str
    os: str
    user_agent: str
    client_type: str
    client_version: str
    imei: str
    name: str
    first_sync_at: datetime | None


class Devices(msgspec.Struct, kw_only=True):
    """Some devices; `next` asks for those that follow, null: there are no more."""

    devices: list[ListedDevice]
    next: str | None
    as_of: datetime  # when the run ended that saw them


class ListedMailbox(msgspec.Struct, kw_only=True):
    """A mailbox, as far as the access of its devices depends on it."""

    guid: str
    address: str
    upn: str
    sync_enabled: bool
    policy: str
    policy_is_default: bool
    allowed: tuple[str, ...]
    blocked: tuple[str, ...]


class Reported(msgspec.Struct, kw_only=True):
    """What an MDM last said of a device."""

    posture: Posture
    sender: str
    trust: Trust
    occurred_at: datetime
    operation_id: str


class Ordered(msgspec.Struct, kw_only=True):
    """What was last ordered for a device."""

    action: Action
    given_at: datetime
    why: str
    operation_id: str


class KnownDevice(msgspec.Struct, kw_only=True):
    """One device, its mailbox, and the newest of what was said about it."""

    device: ListedDevice
    mailbox: ListedMailbox | None  # null: Exchange did not list it
    reported: Reported | None
    ordered: Ordered | None
    as_of: datetime


class ReportName(msgspec.Struct, kw_only=True):
    """A report that can be had."""

    name: str
    says: str
    columns: tuple[str, ...]


class ReportNames(msgspec.Struct, kw_only=True):
    """All of them."""

    reports: list[ReportName]


class ReportTable(msgspec.Struct, kw_only=True):
    """A report; `truncated` if it has more rows than one answer."""

    name: str
    says: str
    columns: tuple[str, ...]
    rows: list[tuple[str | int | bool | None, ...]]  # a time is text
    truncated: bool
    as_of: datetime


class Progress(msgspec.Struct, kw_only=True):
    """How far a run is, and how long listing may yet take."""

    scope: Scope
    part: Part
    pages: int
    rows: int
    changed: int
    gone: int
    calls: int  # of Exchange, to list
    rows_before: int | None  # of the last picture; null: there was none, or not all are listed
    rows_per_second: float
    seconds_left: float | None
    outcome: Outcome | None
    why: str


def devices(page: device_list.Page) -> Devices:
    """Return some devices."""
    return Devices(
        devices=[device(each) for each in page.seen],
        next=page.after or None,
        as_of=page.picture.made_at,
    )


def known_device(known: device_list.Known) -> KnownDevice:
    """Return one device."""
    mailbox = known.seen.mailbox
    return KnownDevice(
        device=device(known.seen),
        mailbox=_mailbox(mailbox) if is_known(mailbox) else None,
        reported=_reported(known.reported) if known.reported else None,
        ordered=_ordered(known.ordered) if known.ordered else None,
        as_of=known.picture.made_at,
    )


def device(seen: Seen) -> ListedDevice:
    """Return one partnership."""
    row, is_listed = seen.device, is_known(seen.mailbox)
    return ListedDevice(
        guid=row.guid,
        device_id=row.device_id,
        mailbox=name_of(seen.mailbox),
        access=row.access,
        access_reason=row.access_reason,
        rule=row.rule,
        on_allowed_list=seen.on_allowed_list if is_listed else None,
        on_blocked_list=seen.on_blocked_list if is_listed else None,
        device_type=row.device_type,
        model=row.model,
        os=row.os,
        user_agent=row.user_agent,
        client_type=row.client_type,
        client_version=row.client_version,
        imei=row.imei,
        name=row.name,
        first_sync_at=row.first_sync_at,
    )


def table(made: Made, at_most: int) -> ReportTable:
    """Return a report, or as many of its rows."""
    rows = [msgspec.to_builtins(row) for row in islice(made.rows, at_most)]
    return ReportTable(
        name=made.report.name,
        says=made.report.says,
        columns=made.report.columns,
        rows=rows,
        truncated=next(made.rows, None) is not None,
        as_of=made.picture.made_at,
    )


def sheet(made: Made, at_most: int) -> tuple[str, bool]:
    """Return a report, or as many of its rows, as CSV, and whether there are more."""
    text = "".join(reports_csv.lines(made.report.columns, islice(made.rows, at_most)))
    return text, next(made.rows, None) is not None


def progress(run: Run, picture: Picture | None, now: datetime) -> Progress:
    """Return how far a run is; what only lists changes is not to be measured by all rows."""
    rows_before = picture.rows if picture and run.scope is Scope.FULL else 0
    found = run_progress.progress(run, rows_before, now)
    return Progress(
        scope=run.scope,
        part=found.part,
        pages=found.pages,
        rows=found.rows,
        changed=found.changed,
        gone=run.counts.gone,
        calls=run.counts.calls,
        rows_before=rows_before or None,
        rows_per_second=found.rows_per_second,
        seconds_left=found.seconds_left,
        outcome=run.outcome,
        why=run.why,
    )


def _mailbox(row: Mailbox) -> ListedMailbox:
    return ListedMailbox(
        guid=row.guid,
        address=row.address,
        upn=row.upn,
        sync_enabled=row.sync_enabled,
        policy=row.policy,
        policy_is_default=row.policy_is_default,
        allowed=row.allowed,
        blocked=row.blocked,
    )


def _reported(signal: Signal) -> Reported:
    return Reported(
        posture=signal.posture,
        sender=signal.sender,
        trust=signal.trust,
        occurred_at=signal.occurred_at,
        operation_id=signal.signal_id,
    )


def _ordered(order: Order) -> Ordered:
    return Ordered(
        action=order.action,
        given_at=order.given_at,
        why=order.why,
        operation_id=order.command_id,
    )
