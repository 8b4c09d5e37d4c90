"""The module that Exchange hands to whoever connects: it names the cmdlets they may run."""

from collections.abc import Iterator
from typing import Any

import msgspec

from shared.errors import Misconfigured, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.failures import failure_of
from shared.exchange.reply import UNREADABLE

NAME = "EXOModuleFile"
LIST = "exportedcmdlets"


def read_exported(answer: Answer) -> frozenset[str]:
    """Return the names; a Failure if there are none, which is never the truth."""
    if not answer.is_success:
        raise failure_of(NAME, answer)
    try:
        told = msgspec.json.decode(answer.body)
    except UNREADABLE as error:
        raise Retryable(f"Exchange answered {NAME} with something unreadable") from error
    names = frozenset(name.strip() for text in _lists(told) for name in text.split(","))
    if not names - {""}:
        raise Misconfigured(f"Exchange names no cmdlets in {NAME}: its shape may have changed")
    return names - {""}


def _lists(told: Any) -> Iterator[str]:  # noqa: ANN401 - wherever it stands in the answer
    """Yield each comma-separated list of names, however deep it lies."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name.casefold() == LIST and isinstance(value, str):
                yield value
            elif name.casefold() == LIST and isinstance(value, list):
                yield from (each for each in value if isinstance(each, str))
            else:
                yield from _lists(value)
    elif isinstance(told, list):
        for each in told:
            yield from _lists(each)
