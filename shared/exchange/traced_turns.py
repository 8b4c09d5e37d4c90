"""Each turn seen in the trace of what it was for: which cmdlets, how long, which status."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.trace import Span

from shared.exchange.endpoint import Answer
from shared.exchange.turns import Turn, Turns
from shared.telemetry import traces


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedTurns:
    """Grants what *turns* grants; the wait for a turn is not part of the call."""

    tenant_id: str
    turns: Turns

    @contextmanager
    def turn(self, cmdlets: Sequence[str]) -> Iterator[Turn]:
        """Wait for leave, and trace the one request it is for."""
        named = cmdlets[0] if len(cmdlets) == 1 else "$batch"
        told = {"easgate.tenant_id": self.tenant_id, "easgate.cmdlets": ",".join(cmdlets)}
        with self.turns.turn(cmdlets) as turn, traces.calling("Exchange", named, told) as span:
            yield _Traced(turn=turn, span=span)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traced:
    turn: Turn
    span: Span

    def answered(self, answer: Answer) -> None:
        """Note what came back; the request id is what Microsoft's support asks for."""
        traces.answered(self.span, answer.status)
        self.span.set_attribute("client-request-id", answer.request_id)
        self.turn.answered(answer)
