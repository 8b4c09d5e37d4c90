"""How our nouns look to those who ask over HTTP; openapi.json describes these very shapes."""

from datetime import datetime

import msgspec

from shared.devices import explanation as devices
from shared.devices.access import Layer, Verdict
from shared.devices.layers import Step as AccessStep
from shared.devices.model import Action, Device
from shared.devices.operation import Operation as DeviceOperation
from shared.devices.operation import State, Step
from shared.devices.remedies import Remedy
from shared.flows.certificate_validation import Report
from shared.flows.certificate_watch import Standing


class Taken(msgspec.Struct, kw_only=True):
    """A webhook was taken in; without an operation, its event type does not concern us."""

    operation_id: str | None


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
    history: tuple[Step, ...]


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


class Certificate(msgspec.Struct, kw_only=True):
    """How one tenant's certificate stands."""

    tenant_id: str
    client_id: str
    credential_type: str
    certificate_name: str
    version: str
    is_pinned: bool
    thumbprint_sha256: str
    not_before: datetime
    expires_at: datetime
    days_left: int
    stage_days: int | None


class Certificates(msgspec.Struct, kw_only=True):
    """How every tenant's certificate stands; `problems` by tenant where that cannot be told."""

    certificates: list[Certificate] = []
    problems: dict[str, str] = {}


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


def operation(operation: DeviceOperation) -> Operation:
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


def certificate(standing: Standing, now: datetime) -> Certificate:
    """Return how a certificate stands."""
    shown = standing.certificate
    return Certificate(
        tenant_id=standing.app.tenant_id,
        client_id=standing.app.client_id,
        credential_type="certificate",
        certificate_name=shown.name,
        version=shown.version,
        is_pinned=standing.is_pinned,
        thumbprint_sha256=shown.thumbprint,
        not_before=shown.valid_from,
        expires_at=shown.expires_at,
        days_left=(shown.expires_at - now).days,
        stage_days=standing.stage.days if standing.stage is not None else None,
    )
