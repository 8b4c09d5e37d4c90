"""What the Azure SDKs raise, told apart by what to do next."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import CredentialUnavailableError

from shared.azure_failures import translated
from shared.errors import Failure, Misconfigured, NotFound, Retryable


def raised_by(error: Exception) -> Failure:
    """Return the Failure an exception becomes."""
    with pytest.raises(Failure) as raised, translated("Table storage"):
        raise error
    assert raised.value.__cause__ is error or raised.value is error
    return raised.value


def answered(status: int | None, **headers: str) -> HttpResponseError:
    """Return what the SDK raises for an answer; its text quotes the body from the second line."""
    error = HttpResponseError(message="First line.\nsecret body")
    error.status_code = status
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    error.response = SimpleNamespace(headers=named)
    return error


@pytest.mark.parametrize("status", [None, 408, 429, 500, 502, 503, 504])
def test_busy_service_is_waited_for(status: int | None) -> None:
    """As long as it says."""
    failure = raised_by(answered(status, Retry_After="7"))
    assert isinstance(failure, Retryable)
    assert failure.after == timedelta(seconds=7)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_refusal_is_the_administrators_business(status: int) -> None:
    """What a caller knows how to take is caught before; bodies are not quoted."""
    failure = raised_by(answered(status))
    assert isinstance(failure, Misconfigured)
    assert "secret body" not in str(failure)
    assert f"HTTP {status}" in str(failure)


@pytest.mark.parametrize(
    "error", [ServiceRequestError("refused"), ServiceResponseError("cut off"), AzureError("odd")]
)
def test_service_out_of_reach_is_waited_for(error: AzureError) -> None:
    """Without a wait of its own."""
    failure = raised_by(error)
    assert isinstance(failure, Retryable)
    assert failure.after is None
    assert "Table storage" in str(failure)


def test_identity_that_is_refused_is_the_administrators_business() -> None:
    """With where to look, and without what the answer quotes."""
    error = ClientAuthenticationError("Denied.\nsecret body")
    error.response = SimpleNamespace(status_code=401, headers={})
    failure = raised_by(error)
    assert isinstance(failure, Misconfigured)
    assert "identity is assigned" in str(failure)
    assert "secret body" not in str(failure)


@pytest.mark.parametrize(
    "error",
    [
        ClientAuthenticationError("ManagedIdentityCredential: no response\nsecret body"),
        CredentialUnavailableError("the identity endpoint does not answer\nsecret body"),
    ],
)
def test_identity_that_does_not_answer_is_waited_for(error: AzureError) -> None:
    """Nobody has refused us: a restarting identity endpoint must not call an administrator."""
    failure = raised_by(error)
    assert isinstance(failure, Retryable)
    assert "managed identity" in str(failure)
    assert "secret body" not in str(failure)


def test_unreadable_answer_is_waited_for() -> None:
    """A proxy's page in place of JSON is no answer of the service's."""
    failure = raised_by(json.JSONDecodeError("Expecting value", "<html>secret body", 0))
    assert isinstance(failure, Retryable)
    assert "secret body" not in str(failure)


def test_what_is_told_apart_inside_passes() -> None:
    """A Failure is one already, and a bug stays a bug."""
    assert isinstance(raised_by(NotFound("x")), NotFound)
    with pytest.raises(ZeroDivisionError), translated("Table storage"):
        raise ZeroDivisionError
    assert isinstance(raised_by(ResourceNotFoundError("not caught")), Failure)
