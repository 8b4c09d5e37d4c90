"""From a proved call to what it says: one event or a batch, each told or counted."""

from collections.abc import Callable, Mapping, Sequence

from shared.devices.model import Posture
from shared.devices.subject import Subject
from shared.errors import Rejected
from shared.mdm.json_body import decoded
from shared.mdm.paths import Path, find
from shared.mdm.vendor import Heard, Read
from shared.mdm.verification import Verified

EVENTS_LIMIT = 1_000  # in one call
UNREADABLE = "unreadable"

Hear = Callable[[object], Heard]
Meanings = Mapping[str, Posture | None]


def json_of(verified: Verified) -> object:
    """Return the body, or raise Rejected if it is not JSON."""
    return decoded(verified.body)


def reading(
    hear: Hear,
    meanings: Meanings,
    *,
    content: Callable[[Verified], object] = json_of,
    events: Path | None = None,
) -> Read:
    """
    Return how a vendor's calls are read, given how one of its events is.

    `events` leads to the list, where one call may hold several: () if that is all it holds.
    """

    def identified(event: object) -> Heard:
        heard = hear(event)
        if (heard.posture or meanings.get(heard.kind)) and not names_somebody(heard.subject):
            raise Rejected("the event says what a device is, and not which")
        return heard

    def read(verified: Verified) -> Sequence[Heard]:
        whole = content(verified)
        found = None if events is None else find(whole, events)
        if isinstance(found, list):
            return batch(found, identified)
        return [identified(whole)]

    return read


def batch(events: Sequence[object], hear: Hear) -> list[Heard]:
    """
    Return what the events say; Rejected if there are some and none can be read.

    An unreadable one among others is counted under a kind of its own: refusing all for it
    would make the sender repeat all, for ever.
    """
    if len(events) > EVENTS_LIMIT:
        raise Rejected(f"more than {EVENTS_LIMIT} events in one call: send fewer at once")
    heard: list[Heard] = []
    unreadable: Rejected | None = None
    for event in events:
        try:
            heard.append(hear(event))
        except Rejected as failure:
            unreadable = failure
            heard.append(Heard(kind=UNREADABLE, subject=Subject()))
    if unreadable and all(one.kind == UNREADABLE for one in heard):
        raise unreadable
    return heard


def names_device(subject: Subject) -> bool:
    """Tell whether anything in it is a device's own."""
    own = (subject.eas_device_id, subject.serial, subject.udid, subject.imei, subject.mdm_id)
    return any(own)


def names_somebody(subject: Subject) -> bool:
    """Tell whether anything in it leads to a device, be it by way of its owner."""
    return names_device(subject) or any((subject.upn, subject.mail, subject.directory_id))
