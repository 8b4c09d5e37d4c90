"""Each way in which Exchange is known to refuse, and what we make of it."""

import json
from collections.abc import Callable

import httpx
import pytest

from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from tests.unit.exchange_answers import answer, binding_error, error, rows, server

NOT_FOUND = "The operation couldn't be performed because object 'x' couldn't be found on 'DC01'."
MANAGEMENT = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
AMBIGUOUS = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
TRANSFORMATION = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException"
UNRESOLVED = "Parameter set cannot be resolved using the specified named parameters."
NOT_SUPPORTED = "The role assigned to application 1 isn't supported in this scenario."
SERIALISED = json.dumps({"ClassName": MANAGEMENT, "Message": NOT_FOUND, "localizedString": {}})

Case = tuple[Callable[[], httpx.Response], type[Failure], str]
CATALOGUE: dict[str, Case] = {
    "object not found": (
        error(404, f"Ex6F9304|{MANAGEMENT}|{NOT_FOUND}", code="NotFound"),
        NotFound,
        "couldn't be found",
    ),
    "object not found, as 400": (error(400, f"|{MANAGEMENT}|gone"), NotFound, "gone"),
    "object not found, by text": (error(400, f"||{NOT_FOUND}"), NotFound, "couldn't be found"),
    "object not found, serialised": (error(400, SERIALISED), NotFound, "couldn't be found"),
    "unknown parameter": (
        error(400, f"|{AMBIGUOUS}|{UNRESOLVED} Invalid cmdlet parameters specified. Foo"),
        Rejected,
        "Invalid cmdlet parameters specified. Foo",
    ),
    "conflicting parameters": (
        error(400, f"|{AMBIGUOUS}|{UNRESOLVED} Multiple parameter sets are applicable."),
        Rejected,
        "Multiple parameter sets",
    ),
    "bad enum": (
        binding_error("Cannot bind 'AccessLevel': Allow, Block, Quarantine", TRANSFORMATION),
        Rejected,
        "Allow, Block, Quarantine",
    ),
    "cmdlet not in any role": (
        answer(403, b"\0" * 4096, Content_Encoding="gzip", Content_Type="application/json"),
        Misconfigured,
        "role group",
    ),
    "parameter not in role": (answer(403), Misconfigured, "role group"),
    "parameter not in role, by text": (
        error(400, "||Foo is not present in the role definition of the current user"),
        Misconfigured,
        "role definition",
    ),
    "role not supported for apps, as 403": (
        error(403, f"||{NOT_SUPPORTED}"),
        Misconfigured,
        "isn't supported in this scenario",
    ),
    "outside the write scope": (
        error(400, "||'x' isn't within your current write scopes. Can't perform save operation."),
        Rejected,
        "write scope",
    ),
    "outside the read scope": (
        error(400, "||'x': it's out of the current user's read scope"),
        Rejected,
        "read scope",
    ),
    "wrong generation of permission": (
        answer(403, b"", x_ms_diagnostics='2000003;reason="The token is of the wrong kind"'),
        Misconfigured,
        "of the wrong kind",
    ),
    "version without the action": (answer(405), Misconfigured, "HTTP 405"),
    "moved": (answer(302, b"", Location="https://elsewhere.example"), Misconfigured, "HTTP 302"),
    "throttled": (
        error(429, "||Your recent queries have surpassed the permitted limit"),
        Retryable,
        "surpassed",
    ),
    "server busy": (answer(503, b"<html>"), Retryable, "HTTP 503"),
    "gateway": (answer(504), Retryable, "HTTP 504"),
    "asked to come back": (
        error(400, "||We cannot currently process your request, please wait a few minutes."),
        Retryable,
        "cannot currently process",
    ),
    "bug of the server": (
        error(400, "||Object reference not set to an instance of an object."),
        Rejected,
        "Object reference",
    ),
    "authorization context": (
        error(403, "||Unable to initialize the authorization context"),
        Misconfigured,
        "authorization context",
    ),
    "core exception": (
        error(400, "|Providers.Common.V1.CoreException|something"),
        Misconfigured,
        "something",
    ),
}
TRANSIENT = [
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
]


def raised_by(given: Callable[[], httpx.Response]) -> Failure:
    """Return the Failure an answer becomes."""
    with pytest.raises(Failure) as raised:
        server(Get_X=given).transport.invoke("Get-X", {})
    return raised.value


@pytest.mark.parametrize("name", CATALOGUE)
def test_refusal_names_the_next_step(name: str) -> None:
    """Wait, give up, or call an administrator; Exchange's own words are kept."""
    given, kind, told = CATALOGUE[name]
    failure = raised_by(given)
    assert type(failure) is kind
    assert told in str(failure)
    assert "secret-token" not in str(failure)


@pytest.mark.parametrize("prefix", ["", "||", f"|{MANAGEMENT}|", f"Ex6F9304|{MANAGEMENT}|"])
def test_text_is_told_without_what_stands_before_it(prefix: str) -> None:
    """Up to two fields, which may be empty, come before what a person can read."""
    told = str(raised_by(error(404, f"{prefix}{NOT_FOUND}")))
    assert told.startswith(f"Exchange does not know it: {NOT_FOUND} (Get-X: HTTP 404")


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("kind", TRANSIENT)
def test_passing_trouble_of_a_cmdlet_is_waited_out(kind: str, status: int) -> None:
    """The exception's name tells, whatever the status."""
    assert type(raised_by(error(status, f"|Microsoft.Exchange.Data.{kind}|x"))) is Retryable


@pytest.mark.parametrize(
    "text", [f"||{NOT_SUPPORTED}", "|AuthZ-CmdletAccessDeniedException|denied"]
)
def test_role_that_is_not_supported_for_apps_is_the_administrators_business(text: str) -> None:
    """Also when it does not come as a 403."""
    assert type(raised_by(error(400, text))) is Misconfigured


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("30", 30.0), ("7.25", 7.25), ("", None), ("soon", None), ("-5", 0.0), ("inf", None)],
)
def test_wait_that_exchange_asks_for_is_passed_on(value: str, seconds: float | None) -> None:
    """Whole, decimal, or absent; nonsense counts as absent."""
    failure = raised_by(answer(429, b"", Retry_After=value))
    assert isinstance(failure, Retryable)
    assert (failure.after.total_seconds() if failure.after is not None else None) == seconds


def test_failure_carries_the_ids_support_asks_for() -> None:
    """Ours and theirs."""
    known = server(Get_X=answer(405, b"", request_id="from-exchange"))
    with pytest.raises(Misconfigured) as raised:
        known.transport.invoke("Get-X", {})
    assert "request-id from-exchange" in str(raised.value)
    assert known.requests[0].headers["client-request-id"] in str(raised.value)


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        (["||" + NOT_FOUND], NotFound),
        (["||something else"], Rejected),
        ([{"message": "odd"}], Rejected),
        (["|X.StorageTransientException|x: StorageTransientException"], Retryable),
    ],
)
def test_errors_that_come_with_a_success_are_failures(
    errors: list[object], kind: type[Failure]
) -> None:
    """A 200 alone proves nothing."""
    assert type(raised_by(rows({"A": 1}, **{"@adminapi.errors": errors}))) is kind


@pytest.mark.parametrize(
    "body",
    [
        b"\0" * 2000,
        b"not json",
        b"[]",
        b'{"error": null}',
        b'{"error": {"details": [null]}}',
        b'{"error": {"details": [{"message": "{\\"broken\\""}]}}',
        b'{"error": {"message": "\xff"}}',
        b'{"error": {}}',
    ],
)
def test_refusal_with_an_odd_body_is_still_a_refusal(body: bytes) -> None:
    """The status decides when the text cannot."""
    assert type(raised_by(answer(400, body))) is Rejected


def test_refusal_nested_deeper_than_can_be_read_is_still_a_refusal() -> None:
    """A broken proxy may answer anything."""
    assert type(raised_by(answer(400, b'{"error": {"x": ' + b"[" * 200_000))) is Rejected
