"""How certificates look to those who ask over HTTP."""

from datetime import datetime
from uuid import UUID

import msgspec

from shared.credentials.expiry import Stage
from shared.credentials.findings import Finding, Grade
from shared.credentials.mismatch import Kind
from shared.credentials.validation import LastValidation, Report
from shared.errors import Rejected
from shared.flows.certificate_standing import Ending, Standing


class Validated(msgspec.Struct, kw_only=True):
    """What the last validation found."""

    at: datetime
    grade: Grade
    codes: tuple[Finding, ...]


class ValidationRun(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who wants to look on while links are tried names the run."""

    run_id: UUID | None = None


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


def asked(body: bytes) -> ValidationRun:
    """Return what is asked of a validation; nothing at all asks for an ordinary one."""
    try:
        return msgspec.json.decode(body.strip() or b"{}", type=ValidationRun)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"the request does not have the documented shape: {error}") from error


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
