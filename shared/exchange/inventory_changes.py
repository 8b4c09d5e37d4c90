"""Filters for what changed: what is documented, what is only hoped for, and what none can find."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from shared.devices.inventory import Part

# The property that tells when an object last changed; "" if it is not to be asked for. It is
# documented to work for mailboxes. Rows of devices have it as well, but it is missing from the
# list of properties that their filter is documented to take.
CHANGED: Mapping[Part, str] = MappingProxyType(
    {Part.MAILBOXES: "WhenChangedUTC", Part.DEVICES: "WhenChangedUTC"}
)
# Each server keeps this time by itself, and learns of changes later than the one that made them.
OVERLAP = timedelta(minutes=15)
WITH_DEVICES = "HasActiveSyncDevicePartnership -eq 'True'"  # documented; quoted, as the module does
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
NOT_TOLD = {
    Part.MAILBOXES: "mailboxes whose lists, policy or switches changed",
    Part.DEVICES: "devices known before that changed",
}
NEVER_TOLD = (
    "what is gone, and states that access rules or the default level changed: only a full run "
    "sees these"
)


def filters(part: Part, since: datetime | None, changed: str) -> list[str]:
    """
    Return filters for the part, the best first; "" is all there is.

    A later one finds less, and is for where Exchange refuses those before. None at all: what
    changed cannot be told.
    """
    if since is None:
        return [WITH_DEVICES if part is Part.MAILBOXES else ""]
    moment = _literal(since - OVERLAP)
    if part is Part.MAILBOXES:
        return [f"{WITH_DEVICES} -and {_since(changed, moment)}"] if changed else []
    new = _since("FirstSyncTime", moment)
    return [f"{new} -or {_since(changed, moment)}", new] if changed else [new]


def trial(changed: str) -> str:
    """Return a filter that finds nothing: it is refused or it is not."""
    return _since(changed, _literal(NEVER))


def untold(part: Part, why: str) -> str:
    """Return what a listing of changes leaves out."""
    return f"{NOT_TOLD[part]} are not seen: {why}"


def _since(name: str, moment: str) -> str:
    return f"{name} -ge '{moment}'"


def _literal(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
