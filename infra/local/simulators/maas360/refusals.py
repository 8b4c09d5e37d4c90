"""
The ways MaaS360 says no: an errorCode and an errorDesc under the root of the usual answer.

Reported by clients: 1002 "Invalid credentials" with status 200 on signing in, and 1009 "Token
invalid" with status 401. 1007 for an expired token is what one client looks for. All other
codes, words and statuses here are guesses.
"""


class RefusedError(Exception):
    """A request MaaS360 turns down."""

    def __init__(self, status: int, code: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code


def invalid_credentials() -> RefusedError:
    """Return the refusal of a sign-in, whichever part of it is wrong."""
    return RefusedError(200, 1002, "Invalid credentials")


def locked() -> RefusedError:
    """Return the refusal of a sign-in to an account with too many failures (a guess)."""
    return RefusedError(200, 1008, "Account is locked")


def malformed(what: str) -> RefusedError:
    """Return the refusal of a request that cannot be meant (a guess)."""
    return RefusedError(400, 1001, what)


def unsupported_media() -> RefusedError:
    """Return the refusal of a body in another format (a guess: any JAX-RS service does this)."""
    return RefusedError(415, 1001, "Unsupported Media Type")


def invalid_token() -> RefusedError:
    """Return the refusal of a missing, misspelt, unknown or revoked token."""
    return RefusedError(401, 1009, "Token invalid")


def expired_token() -> RefusedError:
    """Return the refusal of a token that was good once."""
    return RefusedError(401, 1007, "Token expired")


def not_found(what: str) -> RefusedError:
    """Return the refusal for something unknown (a guess: 200, as on signing in)."""
    return RefusedError(200, 1010, f"{what} not found")
