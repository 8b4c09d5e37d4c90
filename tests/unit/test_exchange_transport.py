"""How a cmdlet goes out and what counts as its answer."""

import gzip
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import httpx
import pytest
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from shared.errors import Failure, Misconfigured, Retryable
from shared.exchange.endpoint import Answer as Answered
from shared.exchange.transport import ATTEMPTS, Repeat, Transport, list_change
from tests.unit.builders import TENANT
from tests.unit.exchange_answers import Answer, answer, error, rows, server


def unreachable() -> Answer:
    """Fail like a network."""
    return httpx.ConnectError("connection refused")


def too_slow() -> Answer:
    """Fail like a server that hangs."""
    return httpx.ReadTimeout("timed out")


def test_call_looks_like_those_of_microsofts_module() -> None:
    """Address, body, anchor and encodings as they are known to work."""
    known = server(Get_X=rows())
    known.transport.invoke("Get-X", {"Identity": "a§b", "Confirm": False})

    (request,) = known.requests
    assert request.method == "POST"
    assert str(request.url) == f"https://exchange.example/adminapi/beta/{TENANT}/InvokeCommand"
    assert json.loads(request.content) == {
        "CmdletInput": {
            "CmdletName": "Get-X",
            "Parameters": {"Identity": "a§b", "Confirm": False},
        }
    }
    sent = request.headers
    assert sent["Authorization"] == "Bearer secret-token-0"
    assert sent["X-AnchorMailbox"] == (
        f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}"
    )
    assert (sent["Accept-Encoding"], sent["Content-Type"]) == ("identity", "application/json")


@pytest.mark.parametrize(
    "body",
    [b"", b"  \r\n", b"{}", b'{"value": []}', b'{"value": null}', b'{"@adminapi.warnings": null}'],
)
def test_command_without_output_has_succeeded(body: bytes) -> None:
    """An empty list, null, nothing at all: all have been seen."""
    reply = server(Set_X=answer(200, body)).transport.invoke("Set-X", {})
    assert (reply.rows, reply.warnings) == ((), ())


def test_change_without_effect_is_a_success_with_a_warning() -> None:
    """An order repeated changes nothing and is no failure."""
    told = "The command completed successfully but no settings of 'x' have been modified."
    known = server(Set_X=rows(**{"@adminapi.warnings": [told]}))
    assert known.transport.invoke("Set-X", {}).warnings == (told,)


def test_part_of_a_listing_never_passes_for_the_whole() -> None:
    """A link to more rows is not followed, so it is not ignored either."""
    known = server(Get_X=rows({"A": 1}, **{"@odata.nextLink": "https://exchange.example/more"}))
    with pytest.raises(Misconfigured, match="more rows"):
        known.transport.invoke("Get-X", {})


def test_compressed_answer_is_read() -> None:
    """Although we ask for none."""
    body = gzip.compress(b'{"value": [{"A": 1}]}')
    known = server(Get_X=answer(200, body, Content_Encoding="gzip"))
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)


@pytest.mark.parametrize(
    "body", [b"\0" * 4096, b"<html>", b"[]", b'{"value": 5}', b'{"value": [5]}']
)
def test_success_that_cannot_be_read_is_tried_again(body: bytes) -> None:
    """What became of the call is not known."""
    with pytest.raises(Retryable, match="unreadable"):
        server(Get_X=answer(200, body)).transport.invoke("Get-X", {})


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b'{"value": [{"A": "\xff"}]}', "identity"),
        (gzip.compress(b'{"value": []}', mtime=0)[:-9], "gzip"),
        (b"\x1f\x8b\x08" + b"\0" * 20, "gzip"),
    ],
)
def test_success_that_cannot_be_decoded_is_tried_again(body: bytes, encoding: str) -> None:
    """Bad UTF-8, or gzip cut short, is an unreadable answer like any other."""
    with pytest.raises(Retryable):
        server(Get_X=answer(200, body, Content_Encoding=encoding)).transport.invoke("Get-X", {})


def test_null_link_is_no_link() -> None:
    """Rows that are all there are not thrown away."""
    known = server(Get_X=rows({"A": 1}, **{"@odata.nextLink": None}))
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)


def test_refused_token_is_renewed_once() -> None:
    """The same call goes out again with the new one."""
    known = server(Get_X=[answer(401), rows({"A": 1})])
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)
    assert known.bearer.renewals == ["secret-token-0"]
    assert [request.headers["Authorization"] for request in known.requests] == [
        "Bearer secret-token-0",
        "Bearer secret-token-1",
    ]


def test_new_token_refused_too_is_the_administrators_business() -> None:
    """No third call, and no token in the message."""
    known = server(Get_X=answer(401))
    with pytest.raises(Misconfigured, match=r"Exchange\.ManageAsApp") as raised:
        known.transport.invoke("Get-X", {})
    assert len(known.requests) == 2
    assert "secret-token" not in str(raised.value)


@pytest.mark.parametrize("trouble", [answer(503), answer(429), unreachable, too_slow])
def test_passing_trouble_is_tried_again_a_few_times(trouble: Callable[[], Answer]) -> None:
    """Under one request id, so that support sees one call."""
    known = server(Get_X=[trouble, trouble, rows({"A": 1})])
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)
    assert len({request.headers["client-request-id"] for request in known.requests}) == 1

    lasting = server(Get_X=trouble)
    with pytest.raises(Retryable):
        lasting.transport.invoke("Get-X", {})
    assert len(lasting.requests) == ATTEMPTS


@pytest.mark.parametrize(
    "trouble",
    [answer(503), answer(429, b"", Retry_After="0"), answer(200, b"<html>"), unreachable, too_slow],
)
def test_call_that_must_not_be_repeated_goes_out_once(trouble: Callable[[], Answer]) -> None:
    """What became of it is looked up, never tried out."""
    known = server(Clear_X=trouble)
    with pytest.raises(Retryable):
        known.transport.invoke("Clear-X", {}, Repeat.NEVER)
    assert len(known.requests) == 1


@pytest.mark.parametrize("given", [error(400, "||no"), answer(403), answer(404), answer(405)])
def test_refusal_is_not_tried_again(given: Callable[[], Answer]) -> None:
    """It would be the same."""
    known = server(Get_X=given)
    with pytest.raises(Failure):
        known.transport.invoke("Get-X", {})
    assert len(known.requests) == 1


def test_short_wait_is_kept_here_and_a_long_one_is_the_queues() -> None:
    """As long as Exchange said; beyond five seconds a worker is not to be kept."""
    waits: list[float] = []

    def note(details: RetryDetails) -> None:
        waits.append(details.wait_for)

    set_on_retry_hooks([note])
    try:
        with stamina.set_testing(False):
            known = server(Get_X=[answer(429, b"", Retry_After="0.05"), rows()])
            known.transport.invoke("Get-X", {})
            lasting = server(Get_X=answer(429, b"", Retry_After="5.1"))
            with pytest.raises(Retryable):
                lasting.transport.invoke("Get-X", {})
    finally:
        set_on_retry_hooks(None)

    assert waits == [0.05]
    assert len(lasting.requests) == 1


def test_network_trouble_is_told_without_the_token() -> None:
    """Messages end up in logs."""
    with pytest.raises(Retryable, match="ConnectError connection refused") as raised:
        server(Get_X=unreachable).transport.invoke("Get-X", {})
    assert "secret-token" not in str(raised.value)


def test_list_is_changed_and_not_replaced() -> None:
    """Other devices on the list stay; without its type the change would not bind."""
    typed = {"@odata.type": "#Exchange.GenericHashTable"}
    assert list_change(add=["A"]) == {**typed, "Add": ["A"]}
    assert list_change(remove=["A", "B"]) == {**typed, "Remove": ["A", "B"]}


def test_truncated_list_never_passes_for_the_whole() -> None:
    """Even where the warning is all that tells."""
    told = "There are more results available than are currently displayed. To view them, ..."
    known = server(Get_X=rows({"A": 1}, **{"@adminapi.warnings": [told]}))
    with pytest.raises(Misconfigured, match="more rows"):
        known.transport.invoke("Get-X", {})


def test_claims_challenge_is_met_with_one_new_token() -> None:
    """Continuous access evaluation revokes tokens before their time."""
    challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJ9"'
    known = server(Get_X=[answer(401, b"", WWW_Authenticate=challenge), rows({"A": 1})])
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)
    assert known.bearer.renewals == ["secret-token-0"]


def test_every_request_waits_its_turn_and_reports_back() -> None:
    """The one that failed too."""
    seen: list[object] = []

    class Turns:
        """Writes down what is asked for and what came of it."""

        def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager["Turns"]:
            seen.append(list(cmdlets))
            return nullcontext(self)

        def answered(self, answer: Answered) -> None:
            seen.append(answer.status)

    known = server(Get_X=[answer(503), rows()])
    client = httpx.Client(transport=httpx.MockTransport(known))
    Transport(
        client, base_url="https://x.example", tenant_id=TENANT, bearer=known.bearer, turns=Turns()
    ).invoke("Get-X", {})
    assert seen == [["Get-X"], 503, ["Get-X"], 200]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"value": null}', b'{"@adminapi.warnings": []}'])
def test_question_without_an_answer_has_not_found_nothing(body: bytes) -> None:
    """A list that is missing is not an empty list: a device would pass for gone."""
    known = server(Get_X=[answer(200, body), rows({"A": 1})])
    assert known.transport.invoke("Get-X", {}).rows == ({"A": 1},)
    lasting = server(Get_X=answer(200, body)).transport
    for ask in (lambda: lasting.invoke("Get-X", {}), lambda: list(lasting.pages("Get-X", {}))):
        with pytest.raises(Retryable, match="without any value"):
            ask()
