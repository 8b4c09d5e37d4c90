"""What more than one part of the app is put together from."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from shared.config import Settings
from shared.events.publisher import Publisher
from shared.exchanges import Connected
from shared.records.tables import Table


class Parts(Protocol):
    """What is there already."""

    @property
    def settings(self) -> Settings:
        """What an administrator has decided."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The clock."""
        ...

    @property
    def events(self) -> Publisher:
        """What we tell the world."""
        ...

    @property
    def connected(self) -> Mapping[str, Connected]:
        """Each tenant's Exchange."""
        ...

    def table(self, name: str) -> Table:
        """Return one of our tables."""
        ...
