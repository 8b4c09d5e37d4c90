"""How far somebody has listed a tenant's inventory: where the next answer goes on."""

import base64
import binascii
from typing import Annotated

import msgspec

from shared.errors import Rejected

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class Position(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Behind which row; rows that changed since the picture was made are listed at its end."""

    picture: str
    changes: str = ""  # among which of them; "": not there yet
    block: Count = 0
    rows: Count = 0  # of the block that have been passed

    @property
    def text(self) -> str:
        """What is given to a caller, who hands it back."""
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode()


def read(text: str) -> Position:
    """Return the position that a caller hands back; Rejected if it is none."""
    try:
        return msgspec.msgpack.decode(base64.b64decode(text, b"-_", validate=True), type=Position)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        raise Rejected("after is none of the cursors that an answer gives") from None
