"""Our events by their short names: which are there, which alarm, which end what others began."""

from collections.abc import Iterable, Mapping

PREFIX, SUFFIX = "easgate.", ".v1"
EVERYTHING = "*"

ALARMING = frozenset(
    {
        "alert.undelivered",
        "certificate.expired",
        "certificate.expiring",
        "certificate.mismatch",
        "certificate.rotation_failed",
        "certificate.validation_failed",
        "device.wipe_requested",
        "operation.abandoned",
        "operation.held",
        "throttle.sustained",
        "trust.ca_expired",
        "trust.ca_expiring",
        "trust.crl_stale",
        "trust.crl_unreachable",
        "webhook_secret.expired",
        "webhook_secret.expiring",
    }
)
CALM = frozenset(
    {
        "certificate.fell_back",
        "certificate.rotated",
        "certificate.validation_passed",
        "device.access_changed",
        "device.discovered",
        "device.gone",
        "device.wipe_acknowledged",
        "device.wipe_cancelled",
        "device.wipe_unconfirmed",
        "offboarding.ended",
        "operation.settled",
        "policy.changed",
        "trust.ca_removed",
        "trust.crl_fresh",
    }
)
ALL = ALARMING | CALM
# Who is told that something began is told that it is over, where he can make use of that.
ENDINGS: Mapping[str, frozenset[str]] = {
    "certificate.rotated": frozenset(
        {"certificate.expiring", "certificate.expired", "certificate.rotation_failed"}
    ),
    "certificate.validation_passed": frozenset({"certificate.validation_failed"}),
    "device.wipe_acknowledged": frozenset({"device.wipe_requested"}),
    "device.wipe_cancelled": frozenset({"device.wipe_requested"}),
    "operation.settled": frozenset({"operation.held", "operation.abandoned"}),
    "trust.ca_removed": frozenset({"trust.ca_expiring", "trust.ca_expired"}),
    "trust.crl_fresh": frozenset({"trust.crl_stale", "trust.crl_unreachable"}),
}


def short(full: str) -> str:
    """Return an event type as people write it: without what all of them share."""
    return full.removeprefix(PREFIX).removesuffix(SUFFIX)


def chosen(written: Iterable[str]) -> frozenset[str]:
    """Return the types that names or patterns such as `certificate.*` stand for."""
    return frozenset(kind for name in written for kind in ALL if _stands_for(name, kind))


def unknown(written: Iterable[str]) -> list[str]:
    """Return the names that stand for no type at all."""
    return [name for name in written if not chosen([name])]


def _stands_for(name: str, kind: str) -> bool:
    if name == EVERYTHING:
        return True
    return kind == name or (name.endswith(".*") and kind.startswith(name.removesuffix("*")))
