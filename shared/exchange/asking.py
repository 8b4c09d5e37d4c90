"""Asking Exchange: in turn, and again where that can do no harm."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TypeVar

import msgspec
import stamina

from shared.errors import CutShort, Retryable
from shared.exchange.endpoint import Address, Answer, Endpoint
from shared.exchange.turns import Turns

SHORT_WAIT = timedelta(seconds=5)  # waited out here; anything longer is the queue's to wait
ATTEMPTS = 4
MODULE = "EXOModuleFile"

T = TypeVar("T")
Parameters = dict[str, object]


class Repeat(Enum):
    """Whether a cmdlet may be sent again when it is not known what became of it."""

    SAFE = "safe"
    NEVER = "never"


def new_id() -> str:
    """Return an id by which we and Microsoft's support know one call."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Question:
    """One call of a cmdlet as it goes out, as often as need be under one id."""

    cmdlet: str
    body: dict[str, object]
    request_id: str = field(default_factory=new_id)


def question(cmdlet: str, parameters: Parameters) -> Question:
    """Return the call; parameters are an object even if there are none."""
    return Question(cmdlet, {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}})


class Asking:
    """Sends questions when it is their turn."""

    def __init__(self, endpoint: Endpoint, turns: Turns) -> None:
        self.endpoint = endpoint
        self.turns = turns

    def ask(self, asked: Question, url: Address, read: Callable[[Answer], T], repeat: Repeat) -> T:
        """Send the question to *url* and return what *read* makes of the answer."""
        content = msgspec.json.encode(asked.body)

        def once() -> T:
            with self.turns.turn([asked.cmdlet]) as turn:
                answer = self.endpoint.post(url, content, asked.request_id)
                turn.answered(answer)
            return read(answer)

        return repeated(once, repeat)

    def look_up(self, url: str, read: Callable[[Answer], T]) -> T:
        """Read an address of the module's and return what *read* makes of it."""
        request_id = new_id()

        def once() -> T:
            with self.turns.turn([MODULE]) as turn:
                answer = self.endpoint.get(url, request_id, CommandName="*")
                turn.answered(answer)
            return read(answer)

        return repeated(once, Repeat.SAFE)


def repeated(attempt: Callable[[], T], repeat: Repeat) -> T:
    """Try a few times if that is safe and the wait is short."""
    attempts = ATTEMPTS if repeat is Repeat.SAFE else 1
    for trial in stamina.retry_context(
        on=short_wait, attempts=attempts, timeout=SHORT_WAIT, wait_max=2.0
    ):
        with trial:
            return attempt()
    raise Retryable("Exchange was not asked")  # pragma: no cover - the loop returns or raises


def short_wait(error: Exception) -> bool | timedelta:
    """Tell stamina whether to wait here, and how long if Exchange has said so."""
    if not isinstance(error, Retryable) or isinstance(error, CutShort):
        return False  # what was cut short is read from its start, not asked for again
    if error.after is None:
        return True
    return error.after if error.after <= SHORT_WAIT else False
