"""How our nouns look to those who ask over HTTP; openapi.json describes these very shapes."""

from datetime import datetime

import msgspec

from functions import inventory_views
from shared.credentials.expiry import Stage
from shared.credentials.findings import Finding, Grade
from shared.credentials.mismatch import Kind
from shared.credentials.validation import LastValidation, Report
from shared.devices import explanation as devices
from shared.devices.access import Layer, Verdict
from shared.devices.layers import Step as AccessStep
from shared.devices.model import Action, Device, Trust
from shared.devices.operation import Operation as DeviceOperation
from shared.devices.operation import State, Step
from shared.devices.remedies import Remedy
from shared.devices.subject import Counted, Link, Partnership, Subject
from shared.devices.tenant_change import Altered, TenantChange
from shared.flows.certificate_standing import Ending, Standing


class Taken(msgspec.Struct, kw_only=True):
    """A webhook was taken in; without an operation, nothing in it concerns us."""

    operation_id: str | None  # the first
    operation_ids: tuple[str, ...]


class Decision(msgspec.Struct, kw_only=True):
    """What was decided, and why."""

    action: Action | None
    reason: str


class Operation(msgspec.Struct, kw_only=True):
    """What was asked, what was decided, what came of it."""

    operation_id: str
    tenant_id: str
    state: State
    asked: str
    asked_by: str
    mailbox: str
    device_id: str
    opened_at: datetime
    decision: Decision | None
    before: Device | None
    after: Device | None
    even_if_personal: bool  # ordered so: a wipe may reset a personal device too
    acknowledged_at: datetime | None  # when the device confirmed its wipe
    change: TenantChange | None  # ordered, where no single device is concerned
    altered: Altered | None
    subject: Subject | None  # of a report: what its sender calls the device
    candidates: tuple[Partnership, ...]  # which it may be
    matched: tuple[Link, ...] | None  # which it is
    signal_ids: tuple[str, ...]  # the operations it was passed on to
    progress: inventory_views.Progress | None  # of a run of the inventory
    history: tuple[Step, ...]


class Operations(msgspec.Struct):
    """Several operations."""

    operations: list[Operation]


class Sender(msgspec.Struct, kw_only=True):
    """An MDM that we listen to, and the kinds of event in what it sends that nobody knows."""

    name: str
    tenant_id: str
    vendor: str
    trust: Trust
    retired: bool
    unknown_events: tuple[Counted, ...]


class Senders(msgspec.Struct):
    """The configured senders."""

    senders: list[Sender]


class Explanation(msgspec.Struct, kw_only=True):
    """Which layer decides about a device's access, how sure that is, what would change it."""

    mailbox: str
    device_id: str
    layer: Layer
    gets_mail: bool
    expected: Verdict
    shown: devices.Shown
    agreement: devices.Agreement
    certainty: devices.Certainty
    doubts: dict[str, str]  # in words, by name
    steps: tuple[AccessStep, ...]
    remedies: tuple[Remedy, ...]


class Validated(msgspec.Struct, kw_only=True):
    """What the last validation found."""

    at: datetime
    grade: Grade
    codes: tuple[Finding, ...]


class CurrentVersion(msgspec.Struct, kw_only=True):
    """The vault's current version of a certificate, where that is not the one in use."""

    version: str
    thumbprint_sha256: str
    thumbprint_sha1: str
    expires_at: datetime


class Certificate(msgspec.Struct, kw_only=True):
    """
    How one tenant's certificate stands.

    It expires when the vault's date or that of its registration has come, whichever is earlier.
    """

    tenant_id: str
    client_id: str
    credential_type: str
    certificate_name: str
    version: str
    is_pinned: bool
    thumbprint_sha256: str
    thumbprint_sha1: str
    not_before: datetime
    expires_at: datetime
    days_left: int
    stage: Stage | None
    stage_days: int | None
    registered: bool | None  # null: it cannot be told
    registration_problem: str | None  # why not
    mismatches: list[Kind]
    current_version: CurrentVersion | None
    last_validation: Validated | None


class Certificates(msgspec.Struct, kw_only=True):
    """How every tenant's certificate stands; `problems` by tenant where that cannot be told."""

    certificates: list[Certificate] = []
    problems: dict[str, str] = {}
    not_applicable: dict[str, str] = {}  # by tenant that signs in with something else


class Reports(msgspec.Struct):
    """What a validation found, tenant by tenant."""

    reports: list[Report]


class Health(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether work can be taken in; by dependency for those who may know."""

    status: str
    dependencies: dict[str, str] | None = None


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a request was not served."""

    title: str
    status: int
    detail: str | None = None


def operation(
    operation: DeviceOperation, progress: inventory_views.Progress | None = None
) -> Operation:
    """Return an operation without what only the journal needs."""
    decision = operation.decision
    return Operation(
        operation_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        state=operation.state,
        asked=operation.asked,
        asked_by=operation.asked_by,
        mailbox=operation.mailbox,
        device_id=operation.device_id,
        opened_at=operation.opened_at,
        decision=Decision(action=decision.action, reason=decision.reason) if decision else None,
        before=operation.before,
        after=operation.after,
        even_if_personal=operation.even_if_personal,
        acknowledged_at=operation.acknowledged_at,
        change=operation.change,
        altered=operation.altered,
        subject=operation.report.subject if operation.report else None,
        candidates=operation.candidates,
        matched=operation.matched,
        signal_ids=operation.signal_ids,
        progress=progress,
        history=operation.history,
    )


def explanation(told: devices.Explanation) -> Explanation:
    """Return an explanation, its doubts in words."""
    return Explanation(
        mailbox=told.mailbox,
        device_id=told.device_id,
        layer=told.layer,
        gets_mail=told.gets_mail,
        expected=told.expected,
        shown=told.shown,
        agreement=told.agreement,
        certainty=told.certainty,
        doubts={doubt.value: doubt.says for doubt in told.doubts},
        steps=told.steps,
        remedies=told.remedies,
    )


def certificate(standing: Standing, last: LastValidation | None, now: datetime) -> Certificate:
    """Return how a certificate stands, and what its last validation found."""
    shown, ends_at = standing.active.certificate, standing.active.ends_at
    stage, found = standing.stage, standing.mismatches
    return Certificate(
        tenant_id=standing.app.tenant_id,
        client_id=standing.app.client_id,
        credential_type="certificate",
        certificate_name=shown.name,
        version=shown.version,
        is_pinned=standing.is_pinned,
        thumbprint_sha256=shown.thumbprint,
        thumbprint_sha1=shown.thumbprint_sha1,
        not_before=shown.valid_from,
        expires_at=ends_at,
        days_left=(ends_at - now).days,
        stage=stage,
        stage_days=stage.days if stage else None,
        registered=standing.is_registered,
        registration_problem=standing.unread or None,
        mismatches=[kind for kind in Kind if found.get(kind)],
        current_version=_current_version(standing.newer) if standing.newer else None,
        last_validation=Validated(at=last.at, grade=last.grade, codes=last.codes) if last else None,
    )


def _current_version(newer: Ending) -> CurrentVersion:
    shown = newer.certificate
    return CurrentVersion(
        version=shown.version,
        thumbprint_sha256=shown.thumbprint,
        thumbprint_sha1=shown.thumbprint_sha1,
        expires_at=newer.ends_at,
    )
