"""
What can go wrong, told apart by what to do next.

Failure
├── Retryable            the world may get better by itself: try again later
│   ├── CutShort         a listing ended before its end: read it again, or in smaller parts
│   ├── Contended        another worker has moved the same record: let it finish first
│   └── Unfinished       nothing is wrong: a part is done, and more of it is to come
├── Rejected             what was asked cannot be done: trying again cannot help
│   ├── Unverified       we cannot tell that the sender is who it claims to be
│   ├── NotAllowed       it is known who asks, and that one may not
│   ├── NotFound         Exchange, or our record, does not know the thing named
│   ├── Gone             a sender that is no longer listened to
│   ├── Conflict         the same identifier already stands for something else
│   └── TooLarge         more bytes than we read
├── HeldBack             what was asked is stored, and goes on when somebody approves it
└── Misconfigured        an administrator has to change something first
    └── NotPermitted     this app lacks a permission: what it would tell us stays unknown
"""

from datetime import timedelta


class Failure(Exception):  # noqa: N818 - the root of a tree, told apart by what to do next
    """Anything this app expects to go wrong; the message names the next step."""


class Retryable(Failure):
    """A later attempt may succeed; `after` is the least wait the other side asked for."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class CutShort(Retryable):
    """A listing ended before its end: read it again from the start, or in smaller parts."""


class Contended(Retryable):
    """Another worker is on the same record; what it did is not to be overwritten."""


class Unfinished(Retryable):
    """A long piece of work has made progress, and goes on after a pause."""


class Rejected(Failure):
    """The order or message cannot be carried out as it stands."""


class Unverified(Rejected):
    """The sender could not be verified; callers learn no more than that."""


class NotAllowed(Rejected):
    """Whoever asks is known, and may not do this."""


class NotFound(Rejected):
    """The named thing does not exist where we looked."""


class Gone(Rejected):
    """The sender was retired: it should stop."""


class Conflict(Rejected):
    """An identifier is already taken by something different."""


class TooLarge(Rejected):
    """The message is longer than this app reads."""


class HeldBack(Failure):
    """The operation is stored as held: whoever handles its message is done with it."""


class Misconfigured(Failure):
    """Nothing can succeed until an administrator acts."""


class NotPermitted(Misconfigured):
    """This app lacks a permission; the message names it."""
