"""How bad an event is, which trouble it is about, and which troubles it is the end of."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import sha256

from shared.alerts.told import Told

KEY_LIMIT = 255  # characters that PagerDuty takes
LEVELS = ((1, "critical"), (7, "error"), (30, "warning"))  # days left; from the worst


class Severity(StrEnum):
    """As PagerDuty spells them."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITIES: Mapping[str, Severity] = {
    "alert.undelivered": Severity.ERROR,
    "certificate.expired": Severity.CRITICAL,
    "certificate.fell_back": Severity.WARNING,
    "certificate.rotation_failed": Severity.ERROR,
    "certificate.validation_failed": Severity.CRITICAL,
    "device.wipe_requested": Severity.WARNING,
    "device.wipe_unconfirmed": Severity.WARNING,
    "operation.abandoned": Severity.ERROR,
    "operation.held": Severity.WARNING,
    "throttle.sustained": Severity.WARNING,
    "trust.ca_expired": Severity.CRITICAL,
    "trust.crl_unreachable": Severity.ERROR,
    "webhook_secret.expired": Severity.ERROR,
}
# A mismatch says of itself how much it matters.
MISMATCHES = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFO}
# Nobody signs in by a CRL whose time is over.
CRLS = {"due": Severity.WARNING, "stale": Severity.CRITICAL}


def severity(told: Told) -> Severity:
    """Return how bad an event is; what nears its end gets worse from stage to stage."""
    match told.kind:
        case "certificate.expiring" | "webhook_secret.expiring" | "trust.ca_expiring":
            return _by_stage(told.text("stage_days"))
        case "certificate.mismatch":
            return MISMATCHES.get(told.text("severity"), Severity.WARNING)
        case "trust.crl_stale":
            return CRLS.get(told.text("stage"), Severity.CRITICAL)
        case kind:
            return SEVERITIES.get(kind, Severity.INFO)


def begun(told: Told) -> str | None:
    """Return which trouble an event is about, the same for all that is told of it; None: none."""
    name = _BEGUN.get(told.kind)
    return _key(name(told)) if name else None


def ended(told: Told) -> tuple[str, ...]:
    """Return the troubles that an event is the end of."""
    names = _ENDED.get(told.kind, ())
    return tuple(_key(name(told)) for name in names)


Name = Callable[[Told], tuple[str, ...]]


def _certificate(told: Told) -> tuple[str, ...]:
    return "certificate", told.tenant_id, told.text("thumbprint_sha256")


def _old_certificate(told: Told) -> tuple[str, ...]:
    return "certificate", told.tenant_id, told.text("old", "thumbprint_sha256")


def _mismatch(told: Told) -> tuple[str, ...]:
    return "mismatch", told.tenant_id, told.text("kind"), told.text("thumbprint")


def _rotation(told: Told) -> tuple[str, ...]:
    return "rotation", told.tenant_id


def _validation(told: Told) -> tuple[str, ...]:
    return "validation", told.tenant_id


def _operation(told: Told) -> tuple[str, ...]:
    return "operation", told.tenant_id, told.text("operation_id")


def _wipe(told: Told) -> tuple[str, ...]:
    return "wipe", told.tenant_id, told.subject  # the device, as a cancelling is another order


def _throttle(told: Told) -> tuple[str, ...]:
    return "throttle", told.tenant_id


def _webhook_secret(told: Told) -> tuple[str, ...]:
    return "webhook-secret", told.tenant_id, told.text("secret_name")


def _authority(told: Told) -> tuple[str, ...]:
    return "authority", told.tenant_id, told.text("thumbprint_sha256")


def _crl(told: Told) -> tuple[str, ...]:
    urls = told.text("crl_url"), told.text("delta_crl_url")
    return "crl", told.tenant_id, told.text("thumbprint_sha256"), *urls


def _receiver(told: Told) -> tuple[str, ...]:
    return "alerts", told.text("receiver")


_BEGUN: Mapping[str, Name] = {
    "alert.undelivered": _receiver,
    "certificate.expired": _certificate,
    "certificate.expiring": _certificate,
    "certificate.mismatch": _mismatch,
    "certificate.rotation_failed": _rotation,
    "certificate.validation_failed": _validation,
    "device.wipe_requested": _wipe,
    "operation.abandoned": _operation,
    "operation.held": _operation,
    "throttle.sustained": _throttle,
    "trust.ca_expired": _authority,
    "trust.ca_expiring": _authority,
    "trust.crl_stale": _crl,
    "trust.crl_unreachable": _crl,
    "webhook_secret.expired": _webhook_secret,
    "webhook_secret.expiring": _webhook_secret,
}
_ENDED: Mapping[str, tuple[Name, ...]] = {
    "certificate.rotated": (_old_certificate, _rotation),
    "certificate.validation_passed": (_validation,),
    "device.wipe_acknowledged": (_wipe,),
    "device.wipe_cancelled": (_wipe,),
    "operation.settled": (_operation,),
    "trust.ca_removed": (_authority,),
    "trust.crl_fresh": (_crl,),
}


def _by_stage(stage_days: str) -> Severity:
    days = int(stage_days) if stage_days.isdecimal() else 0
    return next((Severity(level) for most, level in LEVELS if days <= most), Severity.INFO)


def _key(parts: tuple[str, ...]) -> str:
    key = "|".join(("easgate", *parts))
    return key if len(key) <= KEY_LIMIT else f"easgate|{sha256(key.encode()).hexdigest()}"
