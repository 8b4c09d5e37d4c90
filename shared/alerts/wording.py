"""What a person reads of an event: a title, the facts, and where to go from there."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.alerts.told import Told

FACT_LIMIT = 400  # characters; Teams takes 28 KB of a message
TITLE_LIMIT = 200
CUT = "..."

TITLES: Mapping[str, str] = {
    "alert.undelivered": "Alerts do not reach {receiver}",
    "certificate.expired": "The certificate {certificate_name} has expired",
    "certificate.expiring": "The certificate {certificate_name} expires in {days_left} days",
    "certificate.fell_back": "Another version of the certificate {certificate_name} signs in",
    "certificate.mismatch": "Vault and registration do not agree: {kind}",
    "certificate.rotated": "The certificate {certificate_name} was rotated",
    "certificate.rotation_failed": "The rotation of the certificate {certificate_name} has failed",
    "certificate.validation_failed": "The sign-in to Exchange has stopped working",
    "certificate.validation_passed": "The sign-in to Exchange works again",
    "device.access_changed": "The access of a device has changed",
    "device.discovered": "A device has appeared",
    "device.gone": "A device is gone",
    "device.wipe_acknowledged": "A device has confirmed its wipe",
    "device.wipe_cancelled": "The wipe of a device was cancelled",
    "device.wipe_requested": "The wipe of a device was requested",
    "device.wipe_unconfirmed": "A device was not seen to confirm its wipe",
    "offboarding.ended": "A phone or a person is shut out: read what is certain and what is not",
    "operation.abandoned": "An operation was given up: {asked}",
    "operation.held": "An operation waits for a person: {asked}",
    "operation.settled": "An operation that waited for a person is settled: {asked}",
    "policy.changed": "A setting that decides over devices or users' certificates has changed",
    "throttle.sustained": "Exchange has throttled a tenant for {minutes} minutes",
    "trust.ca_expired": "The authority {authority} of users' certificates has expired",
    "trust.ca_expiring": "The authority {authority} expires in {days_left} days",
    "trust.ca_removed": "The authority {authority} is trusted no longer",
    "trust.crl_fresh": "What was wrong with the CRL of {authority} is over",
    "trust.crl_stale": "The CRL of {authority} is {stage}",
    "trust.crl_unreachable": "The CRL of {authority} cannot be fetched",
    "webhook_secret.expired": "The webhook secret {secret_name} has expired",
    "webhook_secret.expiring": "The webhook secret {secret_name} expires in {days_left} days",
}
# In this order; what an event does not say is left out.
FACTS: Mapping[str, str] = {
    "tenant_id": "Tenant",
    "operation_id": "Operation",
    "asked": "Asked",
    "action": "Action",
    "asked_by": "Asked by",
    "mailbox": "Mailbox",
    "device_id": "Device",
    "reason": "Reason",
    "says": "Change",
    "certificate_name": "Certificate",
    "secret_name": "Secret",
    "authority": "Authority",
    "thumbprint_sha256": "Thumbprint",
    "expires_at": "Expires",
    "crl_url": "CRL",
    "next_update": "Next update",
    "why": "Why",
    "kind": "Kind",
    "receiver": "Receiver",
    "event_type": "Event",
    "remedy": "What to do",
}
# Headings of RUNBOOK.md, by what an event's type begins with; the longest fit counts.
SECTIONS: Mapping[str, str] = {
    "alert": "An alert does not arrive",
    "certificate": "Certificate expired, or a rotation is stuck",
    "operation.abandoned": "Poison messages",
    "operation.held": "Held operations, and too many blocks at once",
    "throttle": "Tenant unreachable",
    "trust": "An authority expires, or its CRL is no good",
    "webhook_secret": "Certificate expired, or a rotation is stuck",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where to read on."""

    title: str
    url: str


def title(told: Told) -> str:
    """Return what has happened, in one line."""
    template = TITLES.get(told.kind, told.kind)
    names = {name: told.text(name) or "?" for name in (*FACTS, "days_left", "minutes", "stage")}
    return cut(template.format_map(names), TITLE_LIMIT)


def facts(told: Told) -> dict[str, str]:
    """Return what there is to know, by what it is called."""
    found = {label: told.text(name) for name, label in FACTS.items()}
    found["What was found"] = ", ".join(_findings(told))
    return {label: cut(text, FACT_LIMIT) for label, text in found.items() if text}


def links(told: Told, *, public_url: str, runbook_url: str) -> list[Link]:
    """Return where to read on, as far as addresses are known."""
    found = []
    operation_id = told.text("operation_id")
    if public_url and operation_id:
        place = f"{public_url}/api/portal#/operations/{operation_id}?tenant_id={told.tenant_id}"
        found.append(Link(title="The operation", url=place))
    heading = section(told.kind)
    if runbook_url and heading:
        found.append(Link(title=f"Runbook: {heading}", url=f"{runbook_url}#{anchor(heading)}"))
    return found


def section(kind: str) -> str:
    """Return the runbook's heading for a type of event; empty if it has none."""
    fitting = [begin for begin in SECTIONS if kind == begin or kind.startswith(f"{begin}.")]
    return SECTIONS[max(fitting, key=len)] if fitting else ""


def anchor(heading: str) -> str:
    """Return how a heading of a Markdown file is linked to."""
    kept = (letter for letter in heading.lower() if letter.isalnum() or letter in " -")
    return "".join(kept).replace(" ", "-")


def cut(text: str, limit: int) -> str:
    """Return the text, shortened if it is longer."""
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def _findings(told: Told) -> list[str]:
    found = told.data.get("findings")
    each = found if isinstance(found, list) else []
    return [str(one.get("code")) for one in each if isinstance(one, dict)]
