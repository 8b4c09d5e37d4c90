"""The ways Graph says no: an OData error with the ids that support asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


class RefusedError(Exception):
    """A request Graph turns down."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details
        self.headers = headers or {}

    def body(self, now: datetime, *, ours: str, theirs: str) -> dict[str, Any]:
        """Return the JSON of the answer, with the request ids of both sides."""
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        error["innerError"] = {
            "date": f"{now:%Y-%m-%dT%H:%M:%S}",
            "request-id": ours,
            "client-request-id": theirs,
        }
        return {"error": error}


def bad_request(message: str, *, code: str = "Request_BadRequest") -> RefusedError:
    """Return the refusal of a request that cannot be meant."""
    return RefusedError(400, code, message)


def unsupported(message: str) -> RefusedError:
    """Return the refusal of a query that the directory cannot answer."""
    return RefusedError(400, "Request_UnsupportedQuery", message)


def denied() -> RefusedError:
    """Return the refusal of something this caller may not do; it never says what is missing."""
    return RefusedError(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def not_found(what: str) -> RefusedError:
    """Return the refusal for an object that is not there, or not there yet."""
    return RefusedError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are "
        "not present.",
    )


def malformed_proof() -> RefusedError:
    """
    Return the refusal of a proof of possession, whatever is wrong with it.

    Callers have reported this one answer for every mistake they made, a wrong audience as
    well as padding; that an expired proof gets it too is a guess.
    """
    return RefusedError(
        401, "Authentication_MissingOrMalformed", "Access Token missing or malformed."
    )
