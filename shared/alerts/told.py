"""One event as it was published, and what can be read off it."""

import uuid
from datetime import datetime
from typing import Annotated

import msgspec

from shared.alerts import kinds
from shared.errors import Rejected

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudEvent of ours."""

    id: uuid.UUID
    source: str
    type: str
    subject: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: dict[str, object]

    @property
    def kind(self) -> str:
        """Its type, without what all of ours share."""
        return kinds.short(self.type)

    @property
    def tenant_id(self) -> str:
        """Whose it is; empty if it does not say."""
        return self.text("tenant_id")

    def text(self, name: str, *deeper: str) -> str:
        """Return a part of its data as text; empty if it is not there."""
        value: object = self.data.get(name)
        for each in deeper:
            value = value.get(each) if isinstance(value, dict) else None
        if value is None or isinstance(value, dict | list):
            return ""
        return str(value)


def read(event: bytes) -> Told:
    """Return the event; Rejected if it is none of ours."""
    try:
        return msgspec.json.decode(event, type=Told)
    except UNREADABLE as error:
        raise Rejected(f"this is no event of ours: {error}") from error
