"""What lists operations, for whoever goes through many of them."""

from collections.abc import Sequence
from typing import Protocol

from shared.devices.operation_list import Page, Wanted


class OperationList(Protocol):
    """The operations of tenants, newest first."""

    def page(self, tenants: Sequence[str], wanted: Wanted, *, after: str, limit: int) -> Page:
        """Return operations behind a cursor of an earlier page; Rejected if it is none."""
        ...
