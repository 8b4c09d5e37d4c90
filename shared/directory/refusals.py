"""What Microsoft Graph's refusals mean, and what to do."""

from dataclasses import dataclass

import httpx
import msgspec

from shared.errors import Failure, NotFound, NotPermitted, Rejected, Retryable

DENIED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
# A bad bearer token is told by another code; this one stands for a proof that is not accepted.
BAD_PROOF = "Authentication_MissingOrMalformed"
OF_A_POLICY = "AsPerAppPolicy"  # how the codes of app management policies end
# The code beside it is as general as can be; a tenant's answer has been seen to say this.
NO_SUCH_KEY = "No credentials found to be removed"
# What of a text says that there is such a thing already: the code beside it is a general one.
OF_A_DUPLICATE = ("already exist", "duplicate", "conflicting object", "same value")


class _Detail(msgspec.Struct, frozen=True):
    code: str = ""


class _InnerError(msgspec.Struct, frozen=True, rename={"request_id": "request-id"}):
    request_id: str = ""


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    code: str = ""
    message: str = ""
    details: list[_Detail] | None = None
    inner_error: _InnerError | None = None


class _Body(msgspec.Struct, frozen=True):
    error: _Error = _Error()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that is neither what was asked for nor "come back later"."""

    status: int
    codes: tuple[str, ...]  # the code, then those of its details
    message: str  # never shown: it may quote what was sent
    request_id: str

    @property
    def trace(self) -> str:
        """What Microsoft's support would ask for."""
        return f"HTTP {self.status}, {' '.join(self.codes)[:200]}, request-id {self.request_id}"

    @property
    def is_of_a_missing_key(self) -> bool:
        """Whether the key that was to be removed is not there."""
        return NO_SUCH_KEY.lower() in self.message.lower()

    @property
    def is_of_a_duplicate(self) -> bool:
        """Whether there is such a thing already, for all we can tell."""
        said = self.message.lower()
        return self.status == httpx.codes.CONFLICT or any(each in said for each in OF_A_DUPLICATE)


def read(answer: httpx.Response) -> Refusal:
    """Read a refusal, however little of it can be read."""
    try:
        error = msgspec.json.decode(answer.content, type=_Body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        error = _Error()
    found = (error.code, *(detail.code for detail in error.details or []))
    inner = error.inner_error or _InnerError()
    return Refusal(
        status=answer.status_code,
        codes=tuple(code for code in found if code) or ("no code",),
        message=error.message,
        request_id=answer.headers.get("request-id", inner.request_id)[:100],
    )


def failure(refusal: Refusal, *, needs: str) -> Failure:
    """Return what to do next; *needs* says what the app lacks if it is denied."""
    if refusal.status < httpx.codes.BAD_REQUEST:
        return Retryable(f"Microsoft Graph answered something unreadable ({refusal.trace})")
    if refusal.status in DENIED:
        return NotPermitted(f"Microsoft Graph denies this: {needs} ({refusal.trace})")
    if refusal.status == httpx.codes.NOT_FOUND:
        return NotFound(f"Microsoft Graph does not know what was asked for ({refusal.trace})")
    return Rejected(f"Microsoft Graph refused ({refusal.trace})")


def failure_of_key(refusal: Refusal, *, needs: str) -> Failure:
    """Return what to do next about a key that was not added or not removed."""
    if BAD_PROOF in refusal.codes:
        return Rejected(
            "Microsoft Graph does not accept the proof of possession: sign it with a certificate "
            f"that is registered and has not expired ({refusal.trace})"
        )
    if any(code.endswith(OF_A_POLICY) for code in refusal.codes):
        return Rejected(
            f"the tenant's app management policy limits the certificate's {_limited(refusal)}: "
            "change the certificate's policy in the vault, or have the app exempted "
            f"({refusal.trace})"
        )
    return failure(refusal, needs=needs)


def _limited(refusal: Refusal) -> str:
    """Return what a tenant's policy limits, as far as it can be told."""
    codes = " ".join(refusal.codes)
    if "Lifetime" in codes or "EndDate" in codes:
        return "lifetime"
    if any(word in codes for word in ("Authority", "Issuer", "Trusted")):
        return "issuer"
    return "lifetime, issuer or kind"
