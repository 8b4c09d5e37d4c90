"""Ten cmdlets in one request: each is answered by itself, found by its id, in any order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import msgspec

from shared.errors import Failure, Retryable
from shared.exchange.asking import Asking, Question, Repeat, new_id, question, repeated, short_wait
from shared.exchange.endpoint import Answer, Endpoint, bearing
from shared.exchange.failures import AlreadySo, failure_of
from shared.exchange.reply import UNREADABLE, Reply, read_reply

CONTINUE = "odata.maxpagesize=1000;odata.continue-on-error"
SIZE = 10  # as Microsoft's module does it; the service's own limit is not known
ALONE = "Clear-MobileDevice"  # a wipe sent twice starts anew: never where answers get lost
THROTTLED = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Call:
    """One cmdlet of a batch."""

    cmdlet: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    repeat: Repeat = Repeat.SAFE


class _Item(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, Any] = {}
    body: msgspec.Raw = msgspec.Raw(b"")


class _Replies(msgspec.Struct):
    responses: list[msgspec.Raw]


Alone = Callable[[Call], Reply]
Results = list[Reply | Failure]


def run(calls: Sequence[Call], asking: Asking, alone: Alone) -> Results:
    """
    Return what became of each call, in the order given.

    What Exchange refused for now is run once more *alone*, if it may be repeated. A batch
    that fails as a whole ends the run: the calls not sent share its failure.
    """
    if any(call.cmdlet == ALONE for call in calls):
        raise ValueError(f"{ALONE} is not to be batched")
    results: Results = []
    for start in range(0, len(calls), SIZE):
        chunk = calls[start : start + SIZE]
        try:
            answers = _together(chunk, asking)
        except Failure as failure:
            return results + [failure] * (len(calls) - start)
        results += [
            _settled(call, answer, alone) for call, answer in zip(chunk, answers, strict=True)
        ]
    return results


def reply_of(result: Reply | Failure) -> Reply:
    """Return the reply of one call, or raise what it failed with."""
    if isinstance(result, Failure):
        raise result
    return result


def _together(chunk: Sequence[Call], asking: Asking) -> list[Answer | None]:
    """Send one batch and return each call's own answer, None where there is none."""
    asked = [question(call.cmdlet, dict(call.parameters)) for call in chunk]

    def once() -> dict[str, Answer]:
        endpoint, encoded = asking.endpoint, partial(_encoded, asked, asking.endpoint)
        with asking.turns.turn([call.cmdlet for call in chunk]) as turn:
            answer = endpoint.post_for(endpoint.batch_url, encoded, new_id(), Prefer=CONTINUE)
            found = _items(asked, answer) if answer.is_success else {}
            turn.answered(_worst(found) or answer)
        if not answer.is_success:
            raise failure_of("a batch", answer)
        return found

    all_safe = all(call.repeat is Repeat.SAFE for call in chunk)
    found = repeated(once, Repeat.SAFE if all_safe else Repeat.NEVER)
    return [found.get(str(number)) for number in range(len(chunk))]


def _encoded(asked: Sequence[Question], endpoint: Endpoint, token: str) -> bytes:
    """Return the batch, in which each item carries a token like a request of its own."""
    own = {**endpoint.headers, **bearing(token)}
    requests = [
        {
            "id": str(number),
            "method": "POST",
            "url": endpoint.invoke_url,
            "headers": {**own, "client-request-id": each.request_id},
            "body": each.body,
        }
        for number, each in enumerate(asked)
    ]
    return msgspec.json.encode({"requests": requests})


def _items(asked: Sequence[Question], answer: Answer) -> dict[str, Answer]:
    """Return the answers by id; those that cannot be read, or stand twice, are left out."""
    try:
        raw = msgspec.json.decode(answer.body, type=_Replies).responses
    except UNREADABLE as error:
        raise Retryable("Exchange answered a batch with something unreadable") from error
    ids = {str(number): each.request_id for number, each in enumerate(asked)}
    read = [item for item in map(_item, raw) if item and item.id in ids]
    once = {item.id for item in read if sum(item.id == other.id for other in read) == 1}
    return {item.id: _answer(item, ids[item.id]) for item in read if item.id in once}


def _item(raw: msgspec.Raw) -> _Item | None:
    try:
        return msgspec.json.decode(raw, type=_Item)
    except UNREADABLE:
        return None


def _answer(item: _Item, request_id: str) -> Answer:
    body = bytes(item.body)
    return Answer(
        status=item.status,
        headers=httpx.Headers({name: str(value) for name, value in item.headers.items()}),
        body=b"" if body == b"null" else body,
        request_id=request_id,
    )


def _worst(found: Mapping[str, Answer]) -> Answer | None:
    return next((each for each in found.values() if each.status in THROTTLED), None)


def _settled(call: Call, answer: Answer | None, alone: Alone) -> Reply | Failure:
    """Return what became of one call, after a second attempt where one is due."""
    try:
        return _read(call, answer)
    except AlreadySo as nothing_to_do:
        return Reply(rows=(), warnings=(str(nothing_to_do),))
    except Failure as failure:
        if not _is_worth_repeating(call, answer, failure):
            return failure
    try:
        return alone(call)
    except Failure as failure:
        return failure


def _read(call: Call, answer: Answer | None) -> Reply:
    if answer is None:
        raise Retryable(f"Exchange left {call.cmdlet} out of its answer to a batch")
    return read_reply(call.cmdlet, answer)


def _is_worth_repeating(call: Call, answer: Answer | None, failure: Failure) -> bool:
    if answer and answer.status == httpx.codes.UNAUTHORIZED:
        return True  # it did not run, and alone it gets a new token
    return call.repeat is Repeat.SAFE and short_wait(failure) is not False
