"""What sets one kind of sender apart: how it proves itself, what it says, what it must hear."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from shared.devices.model import Ownership, Posture
from shared.devices.subject import About, Subject
from shared.mdm.call import Answer, Call
from shared.mdm.settings import Signature
from shared.mdm.verification import Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """
    What the sender is told, in the status codes that it acts upon.

    `busy` makes it try again: it stands for everything that is our fault or may pass by itself.
    """

    taken: HTTPStatus = HTTPStatus.ACCEPTED
    busy: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE
    wait: timedelta = timedelta(seconds=30)  # sent as Retry-After with `busy`
    gone: HTTPStatus = HTTPStatus.GONE  # makes it stop, where it can be told to
    unverified: HTTPStatus = HTTPStatus.UNAUTHORIZED
    patience: timedelta = timedelta(seconds=15)  # how long the sender waits for an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event, in our words as far as there are any."""

    kind: str  # the vendor's own word for what happened
    subject: Subject
    event_id: str = ""  # the vendor's own key, if it has one for each event
    occurred_at: datetime | None = None  # None: the sender does not say
    posture: Posture | None = None  # where the event's data say more than its kind
    ownership: Ownership = Ownership.UNKNOWN
    about: About = About.DEVICE


Read = Callable[[Verified], Sequence[Heard]]
Greet = Callable[[Call, Sequence[str]], Answer | None]


def no_greeting(call: Call, origins: Sequence[str]) -> None:
    """Answer nothing: the sender has no handshake."""
    del call, origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """
    One kind of sender.

    `schemes` names the ways it can prove itself, the usual one first. `meanings` says what
    its kinds of event mean; None: known, and nothing to us. A kind that is not there is
    unknown. `greet` answers a handshake, given the origins an administrator allows.
    `signature` is how it signs, where the scheme is `hmac`; `body_secret` is the path to the
    secret, where the scheme is `body`.
    """

    name: str
    schemes: tuple[str, ...]
    read: Read
    meanings: Mapping[str, Posture | None] = field(default_factory=dict)
    answers: Answers = Answers()
    greet: Greet = no_greeting
    signature: Signature | None = None
    body_secret: str = ""
