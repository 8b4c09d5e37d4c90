"""The Azure SDKs' exceptions, as Failures."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import CredentialUnavailableError

from shared.errors import Failure, Misconfigured, NotPermitted, Retryable
from shared.retry_after import retry_after

BUSY = frozenset({408, 429, 500, 502, 503, 504})


@contextmanager
def translated(service: str) -> Iterator[None]:
    """
    Raise Retryable while *service* is down or busy, Misconfigured when it refuses us.

    What a caller wants to tell apart (not found, already there, etag mismatch) it
    catches inside this block.
    """
    try:
        yield
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Retryable(f"{service} cannot be reached: {_first_line(error)}") from error
    except CredentialUnavailableError as error:
        raise Retryable(f"the managed identity does not answer: {_first_line(error)}") from error
    except ClientAuthenticationError as error:
        raise _unauthenticated(service, error) from error
    except (json.JSONDecodeError, AttributeError) as error:
        if not _is_of_an_sdk(error):
            raise
        # The tables package stumbles like this over an answer that breaks off.
        raise Retryable(f"{service} answered something unreadable") from error
    except HttpResponseError as error:
        raise _from_answer(service, error) from error
    except AzureError as error:
        raise Retryable(f"{service} failed: {_first_line(error)}") from error


def _is_of_an_sdk(error: Exception) -> bool:
    """Whether the error was raised in an SDK or below it, and is no bug of ours."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is None or not str(trace.tb_frame.f_globals.get("__name__")).startswith("shared.")


def _unauthenticated(service: str, error: ClientAuthenticationError) -> Failure:
    if error.response is None:
        # No answer of the service's: the identity endpoint gave no token, or none just now.
        return Retryable(f"the managed identity gives no token: {_first_line(error)}")
    return Misconfigured(
        f"{service} refused to authenticate this app; check that its managed identity is "
        f"assigned: {_first_line(error)}"
    )


def _from_answer(service: str, error: HttpResponseError) -> Failure:
    status = error.status_code
    if status is None or status in BUSY:
        return Retryable(
            f"{service} is busy (HTTP {status})",
            after=retry_after(getattr(error.response, "headers", {})),
        )
    if status in {401, 403}:
        return NotPermitted(
            f"{service} denies this app's identity access (HTTP {status}); check its role "
            f"assignments and firewall: {_first_line(error)}"
        )
    return Misconfigured(f"{service} answered HTTP {status}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    """Return the error's first line: the rest may quote bodies."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
