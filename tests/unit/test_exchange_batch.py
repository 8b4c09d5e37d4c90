"""A batch's answer is taken apart by id, and what is odd about it is never a success."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from shared.errors import Failure, Misconfigured, NotPermitted, Rejected, Retryable
from shared.exchange.asking import ATTEMPTS, Repeat
from shared.exchange.transport import Call, Reply, Transport
from tests.unit.builders import TENANT
from tests.unit.exchange_answers import FakeBearer

Items = Sequence[Mapping[str, object]]
ROWS = {"value": [{"A": 1}], "@adminapi.warnings": ["mind this"]}
CHALLENGE = 'Bearer realm="", error="insufficient_claims", claims="eyJ9"'
ONCE = Call("Set-X", {}, Repeat.NEVER)


def item(key: str = "0", status: object = 200, body: object = ROWS) -> dict[str, object]:
    """Return one item of a batch's answer."""
    return {"id": key, "status": status, "headers": {"request-id": f"r{key}"}, "body": body}


@dataclass
class Batches:
    """Answers every batch alike, and each single call with a row."""

    answer: Callable[[], httpx.Response]
    sent: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.sent.append(request)
        if request.url.path.endswith("$batch"):
            return self.answer()
        return _streamed(200, {"value": [{"alone": True}]})

    @property
    def paths(self) -> list[str]:
        """Return the last part of each address that was asked."""
        return [request.url.path.rpartition("/")[2] for request in self.sent]

    def run(self, *calls: Call) -> list[Reply | Failure]:
        """Send a batch."""
        transport = Transport(
            httpx.Client(transport=httpx.MockTransport(self)),
            base_url="https://exchange.example",
            tenant_id=TENANT,
            bearer=FakeBearer(),
        )
        return transport.batch(calls or [ONCE])


def _streamed(status: int, body: object, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def answering(*items: Mapping[str, object]) -> Batches:
    """Return a server that answers with these items."""
    return Batches(lambda: _streamed(200, {"responses": items}))


def test_batch_looks_like_those_of_known_clients() -> None:
    """Addresses in full, a token and an id for each item."""
    known = answering(item("0"), item("1"))
    known.run(Call("Get-X", {"Identity": "a§b"}), Call("Get-Y"))

    (request,) = known.sent
    sent = json.loads(request.content)["requests"]
    assert "odata.continue-on-error" in request.headers["Prefer"]
    assert [each["id"] for each in sent] == ["0", "1"]
    assert {each["method"] for each in sent} == {"POST"}
    assert {each["url"] for each in sent} == {
        f"https://exchange.example/adminapi/beta/{TENANT}/InvokeCommand"
    }
    assert sent[0]["body"] == {
        "CmdletInput": {"CmdletName": "Get-X", "Parameters": {"Identity": "a§b"}}
    }
    assert len({each["headers"]["client-request-id"] for each in sent}) == 2
    for each in sent:
        assert each["headers"]["Authorization"] == "Bearer secret-token-0"
        assert each["headers"]["X-AnchorMailbox"] == request.headers["X-AnchorMailbox"]


def test_items_carry_the_token_that_their_batch_carries() -> None:
    """Also after the first one was refused, which no item is to be sent with again."""
    good = _streamed(200, {"responses": [item("0"), item("1")]})
    answers = iter([_streamed(401, b"", **{"WWW-Authenticate": CHALLENGE}), good])
    known = Batches(lambda: next(answers))
    known.run(Call("Get-X"), Call("Get-Y"))

    assert known.paths == ["$batch", "$batch"]
    for number, request in enumerate(known.sent):
        carried = [each["headers"] for each in json.loads(request.content)["requests"]]
        assert {each["Authorization"] for each in [*carried, request.headers]} == {
            f"Bearer secret-token-{number}"
        }


def test_rows_and_warnings_come_with_each_reply() -> None:
    """As of a single call."""
    (reply,) = answering(item()).run()
    assert reply == Reply(rows=({"A": 1},), warnings=("mind this",))


def test_item_with_neither_value_nor_error_is_a_success() -> None:
    """Commands without output."""
    bare = {"id": "0", "status": 200}
    for given in (bare, item(body=None), item(body={})):
        (reply,) = answering(given).run()
        assert reply == Reply(rows=(), warnings=())


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([], Retryable),
        ([item("7")], Retryable),
        ([{"status": 200, "body": ROWS}], Retryable),
        ([{"id": 0, "status": 200, "body": ROWS}], Retryable),
        ([item(status="200")], Retryable),
        ([5, None, "x"], Retryable),
        ([item(), item()], Retryable),
        ([item(body={"error": {"message": "no"}})], Rejected),
        ([item(body={"value": [], "@adminapi.errors": ["||no"]})], Rejected),
        ([item(body={"@odata.nextLink": "https://exchange.example/x"})], Misconfigured),
        ([item(body="some text")], Retryable),
        ([item(status=400, body={"error": {"message": "no"}})], Rejected),
        ([item(status=403, body=None)], Misconfigured),
        ([item(status=429, body="slow down")], Retryable),
    ],
)
def test_odd_item_is_a_failure(items: Items, kind: type[Failure]) -> None:
    """Of that call alone; what may not be repeated is not."""
    known = answering(*items)
    (result,) = known.run()
    assert isinstance(result, kind)
    assert known.paths == ["$batch"]


def test_failure_of_an_item_carries_its_own_ids() -> None:
    """Not those of the batch."""
    known = answering(item(status=400, body={"error": {"message": "no"}}))
    (failure,) = known.run()
    own = json.loads(known.sent[0].content)["requests"][0]["headers"]["client-request-id"]
    assert "request-id r0" in str(failure)
    assert own in str(failure)
    assert "secret-token" not in str(failure)


def test_only_what_is_odd_is_asked_again() -> None:
    """By itself, if it may be repeated."""
    known = answering(item("1"))
    lost, good, never = known.run(Call("Get-X"), Call("Get-Y"), ONCE)
    assert isinstance(lost, Reply)
    assert lost.rows == ({"alone": True},)
    assert isinstance(good, Reply)
    assert good.rows == ({"A": 1},)
    assert isinstance(never, Retryable)
    assert known.paths == ["$batch", "InvokeCommand"]


def test_refused_token_of_an_item_is_renewed_even_if_it_may_not_be_repeated() -> None:
    """It has not run."""
    known = answering(item(status=401, body=None))
    (reply,) = known.run()
    assert isinstance(reply, Reply)
    assert known.paths == ["$batch", "InvokeCommand"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: _streamed(503, b""), Retryable),
        (lambda: _streamed(200, b"<html>"), Retryable),
        (lambda: _streamed(200, {}), Retryable),
        (lambda: _streamed(403, b"\0" * 100), NotPermitted),
        (lambda: _streamed(400, {"error": {"message": "no batch"}}), Rejected),
    ],
)
def test_batch_that_fails_as_a_whole_is_the_failure_of_all(
    answer: Callable[[], httpx.Response], kind: type[Failure]
) -> None:
    """Those behind it are not sent."""
    known = Batches(answer)
    results = known.run(*[ONCE] * 25)
    assert [type(result) for result in results] == [kind] * 25
    assert known.paths == ["$batch"]


def test_a_batch_may_be_sent_again_only_if_all_in_it_may() -> None:
    """What became of it is not known."""
    safe = Batches(lambda: _streamed(503, b""))
    safe.run(Call("Get-X"), Call("Get-Y"))
    assert safe.paths == ["$batch"] * ATTEMPTS

    mixed = Batches(lambda: _streamed(503, b""))
    mixed.run(Call("Get-X"), ONCE)
    assert mixed.paths == ["$batch"]
