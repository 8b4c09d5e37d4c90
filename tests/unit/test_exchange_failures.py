"""Each way in which Exchange is known to refuse, and what we make of it."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from shared.credentials.findings import Found
from shared.errors import (
    CutShort,
    Failure,
    Misconfigured,
    NotFound,
    NotPermitted,
    Rejected,
    Retryable,
)
from shared.exchange.failures import OutOfScope
from tests.unit.builders import TENANT
from tests.unit.exchange_answers import answer, binding_error, error, rows, server

NOT_FOUND = "The operation couldn't be performed because object 'x' couldn't be found on 'DC01'."
MANAGEMENT = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
AMBIGUOUS = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
TRANSFORMATION = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException"
UNRESOLVED = "Parameter set cannot be resolved using the specified named parameters."
NOT_ALLOWED = "User is not allowed to call Get-Mailbox"
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
        NotPermitted,
        "role group",
    ),
    "parameter not in role": (answer(403), NotPermitted, "role group"),
    "parameter not in role, by text": (
        error(400, "||Foo is not present in the role definition of the current user"),
        NotPermitted,
        "role definition",
    ),
    "role not supported for apps, as 403": (
        error(403, f"||{NOT_SUPPORTED}"),
        NotPermitted,
        "isn't supported in this scenario",
    ),
    "outside the write scope": (
        error(400, "||'x' isn't within your current write scopes. Can't perform save operation."),
        OutOfScope,
        "write scope",
    ),
    "outside the read scope": (
        error(400, "||'x': it's out of the current user's read scope"),
        OutOfScope,
        "read scope",
    ),
    "wrong generation of permission": (
        answer(403, b"", x_ms_diagnostics='2000003;reason="The token is of the wrong kind"'),
        NotPermitted,
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
        NotPermitted,
        "authorization context",
    ),
    "core exception": (
        error(400, "|Providers.Common.V1.CoreException|something"),
        NotPermitted,
        "something",
    ),
    "no policy in the tenant": (
        error(
            404,
            rf"||The operation couldn't be performed because object '{TENANT}\*' couldn't "
            "be found on 'DC01'.",
        ),
        NotFound,
        "couldn't be found",
    ),
    "parameter transformation": (
        binding_error("Cannot process argument transformation on 'Filter'.", TRANSFORMATION),
        Rejected,
        "does not take these parameters",
    ),
    "address that needs a role": (
        answer(401, {"error": {"code": "Unauthorized", "message": NOT_ALLOWED}}),
        NotPermitted,
        NOT_ALLOWED,
    ),
    "token refused": (answer(401), Found, "Exchange.ManageAsApp"),
    "token lacks claims": (
        answer(401, b"", WWW_Authenticate='Bearer error="insufficient_claims", claims="e30="'),
        Found,
        "Conditional Access",
    ),
    "app without a role": (answer(403), NotPermitted, "service principal"),
    "transient exception": (
        error(500, "|Microsoft.Exchange.Data.Storage.StorageTransientException|wait"),
        Retryable,
        "busy: wait",
    ),
    "too many queries, without a status of its own": (
        error(400, "||Your recent queries have surpassed the permitted limit."),
        Retryable,
        "surpassed",
    ),
    "dead link": (
        binding_error("Expired or Invalid pagination request. Default Expiry", "X"),
        CutShort,
        "link to the next page is dead",
    ),
}
SUCCESSES = {
    "member already": error(400, "|X.MemberAlreadyExistsException|The recipient is in there."),
    "member already, by text": error(400, '||"x" is already a member of the group "g".'),
    "no member": error(400, '||"x" isn\'t a member of the group "g".'),
    "nothing changed": rows(
        **{
            "@adminapi.warnings": [
                "The command completed successfully but no settings of 'x' have been modified."
            ]
        }
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
    assert type(raised_by(error(400, text))) is NotPermitted


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


@pytest.mark.parametrize("name", SUCCESSES)
def test_what_is_so_already_is_a_success(name: str) -> None:
    """With Exchange's words as a warning."""
    reply = server(Add_X=SUCCESSES[name]).transport.invoke("Add-X", {})
    assert reply.rows == ()
    assert len(reply.warnings) == 1


def test_refusal_for_some_minutes_is_left_to_the_queue() -> None:
    """It is retried, but slowly."""
    text = "||We cannot currently process your request, please wait a few minutes and try again."
    known = server(Get_X=error(400, text))
    with pytest.raises(Retryable) as raised:
        known.transport.invoke("Get-X", {})
    assert raised.value.after == timedelta(minutes=3)
    assert len(known.requests) == 1


@pytest.mark.parametrize("given", [error(400, "||no"), answer(503), answer(403), answer(401)])
def test_every_failure_names_status_and_ids(given: Callable[[], httpx.Response]) -> None:
    """So that a log line is enough for a support case."""

    def traced() -> httpx.Response:
        made = given()
        made.headers["request-id"] = "from-exchange"
        return made

    known = server(Get_X=traced)
    with pytest.raises(Failure) as raised:
        known.transport.invoke("Get-X", {})
    ours = known.requests[0].headers["client-request-id"]
    assert f"request-id from-exchange, client-request-id {ours}" in str(raised.value)
    assert f"HTTP {given().status_code}" in str(raised.value)


@pytest.mark.parametrize("listing", ["invoke", "invoke_or_empty"])
def test_nothing_there_is_an_empty_list_where_the_caller_says_so(listing: str) -> None:
    """And only there."""
    known = server(Get_X=error(404, f"||{NOT_FOUND}")).transport
    if listing == "invoke":
        with pytest.raises(NotFound):
            known.invoke("Get-X", {})
    else:
        assert known.invoke_or_empty("Get-X", {}).rows == ()


def test_error_under_a_success_is_an_error() -> None:
    """As items of batches have it."""
    assert type(raised_by(answer(200, {"error": {"message": "no"}}))) is Rejected
    without = server(Get_X=answer(200, {"error": None, "value": [{"A": 1}]}))
    assert without.transport.invoke("Get-X", {}).rows == ({"A": 1},)
