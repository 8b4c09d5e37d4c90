"""
How the endpoint says no: to a whole request, or to one item of it.

The numbers 100, 102, 103, 106 and 109, and the texts of 401, 403 and 400 for a wrong path, are
those that users of the service have reported; 104, 110 and the rest are composed.
"""

from collections.abc import Mapping

import httpx


class RefusedError(Exception):
    """The whole request is refused; nothing of it was looked at."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        error = {"index": 0, "statusCode": status, "message": message}
        said = {"itemsReceived": 0, "itemsAccepted": 0, "appId": None, "errors": [error]}
        self.response = httpx.Response(status, headers=dict(headers or {}), json=said)


class ItemError(Exception):
    """One item is refused; the others of its batch may be fine."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def too_long(kind: str, field: str, limit: int, length: int) -> ItemError:
    """Return the refusal of a text over its limit."""
    return ItemError(
        f"100: Field '{field}' on type '{kind}' is too long. "
        f"Expected: {limit} characters, Actual: {length}"
    )


def wrong_type(kind: str, field: str, expected: str, actual: object) -> ItemError:
    """Return the refusal of a value of another type."""
    return ItemError(
        f"106: Field '{field}' on type '{kind}' is of incorrect type. "
        f"Expected: {expected}, Actual: {actual}"
    )


def missing(kind: str, field: str, expected: str, actual: object) -> ItemError:
    """Return the refusal of an item without something it needs."""
    shown = "undefined" if actual is None else actual
    return ItemError(
        f"109: Field '{field}' on type '{kind}' is required but missing or empty. "
        f"Expected: {expected}, Actual: {shown}"
    )
