"""Where a listing of the inventory stands, as the text that is kept until it goes on."""

import msgspec

from shared.devices.listed import SLICES
from shared.errors import CutShort, Rejected
from shared.exchange.slices import Levels


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page to come, with the filter that the listing began with: a link serves no other."""

    filter: str = ""
    link: str = ""
    pages: int = 0  # that came before
    levels: Levels = ()  # of a listing in slices

    @property
    def cursor(self) -> str:
        """The place as a text."""
        return (SLICES if self.levels else "") + msgspec.json.encode(self).decode()


def place_at(cursor: str) -> Place:
    """Return the place; for what is none CutShort, or Rejected among slices."""
    kind = Rejected if cursor.startswith(SLICES) else CutShort
    try:
        return msgspec.json.decode(cursor.removeprefix(SLICES), type=Place)
    except msgspec.MsgspecError as error:
        raise kind(f"a kept cursor cannot be read; start over: {error}") from error
