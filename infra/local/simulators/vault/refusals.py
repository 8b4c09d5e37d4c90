"""The ways Key Vault says no."""

from typing import Any


class RefusedError(Exception):
    """A request Key Vault turns down; *inner* is the finer code, where there is one."""

    def __init__(self, status: int, code: str, message: str, *, inner: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.inner = inner

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if self.inner:
            error["innererror"] = {"code": self.inner}
        return {"error": error}


def bad_parameter(message: str) -> RefusedError:
    """Return the refusal of a malformed request."""
    return RefusedError(400, "BadParameter", message)


def conflict(message: str, *, inner: str = "") -> RefusedError:
    """Return the refusal of a name that is taken, or still held by something deleted."""
    return RefusedError(409, "Conflict", message, inner=inner)


def forbidden(message: str, *, inner: str) -> RefusedError:
    """Return the refusal of something this caller, or this key, may not do."""
    return RefusedError(403, "Forbidden", message, inner=inner)


def not_found(kind: str, what: str) -> RefusedError:
    """Return the refusal for a *kind* (Certificate, Secret, Key) that is not there."""
    return RefusedError(404, f"{kind}NotFound", f"{what} was not found in this key vault.")
