"""
Lets the simulated Exchange misbehave on demand, over HTTP, in a world that is kept running.

    GET    what can be switched on
    POST   {"fault": "throttled", "arguments": {"retry_after": "30"}, "cmdlet": "Set-CASMailbox",
            "times": 3, "probability": 0.5}; `cmdlet` left out: any; `times` null: all of them
           or {"down": true}, or {"latency": {"*": 2.5}} in seconds by cmdlet
    DELETE all faults
"""

import inspect
from collections.abc import Callable
from typing import Annotated

import httpx
import msgspec

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import Fault, Faults

Argument = str | int | list[str]
KINDS: dict[str, Callable[..., Fault]] = {
    make.__name__: make
    for make in (
        faults.unauthorized,
        faults.forbidden_nul,
        faults.forbidden_with_diagnostics,
        faults.not_found,
        faults.failing,
        faults.transient,
        faults.throttled,
        faults.unavailable,
        faults.gateway_timeout,
        faults.out_of_write_scope,
        faults.out_of_read_scope,
        faults.parameter_not_in_role,
        faults.not_now,
        faults.server_bug,
        faults.dead_link,
        faults.device_vanished,
        faults.with_errors,
        faults.with_warnings,
        faults.with_empty_body,
        faults.without_value,
        faults.error_with_status_200,
        faults.dropped_after_effect,
        faults.dropped_before_effect,
    )
}


class Wish(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to go wrong."""

    fault: str | None = None
    arguments: dict[str, Argument] = {}
    cmdlet: str | None = None
    identity: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    probability: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    down: bool | None = None
    latency: dict[str, float] | None = None


class FaultSwitch:
    """Serves the switch for one simulated Exchange."""

    def __init__(self, plan: Faults) -> None:
        self._plan = plan

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, with any path."""
        if request.method == "GET":
            return _answer(200, {name: _described(make) for name, make in KINDS.items()})
        if request.method == "DELETE":
            self._plan.clear()
            return _answer(200, "Exchange behaves again")
        try:
            return self._switched(msgspec.json.decode(request.read(), type=Wish))
        except (msgspec.MsgspecError, TypeError) as error:
            return _answer(400, f"{error}; GET shows what can be switched on")

    def _switched(self, wish: Wish) -> httpx.Response:
        if wish.down is not None:
            self._plan.down = wish.down
        self._plan.latency.update(wish.latency or {})
        if wish.fault is not None:
            if wish.fault not in KINDS:
                raise TypeError(f"there is no fault {wish.fault}")
            self._plan.inject(
                KINDS[wish.fault](**wish.arguments),
                cmdlet=wish.cmdlet,
                identity=wish.identity,
                times=wish.times,
                probability=wish.probability,
            )
        return _answer(200, "switched on")


def _described(make: Callable[..., Fault]) -> str:
    names = ", ".join(inspect.signature(make).parameters)
    return f"({names}) {inspect.getdoc(make)}"


def _answer(status: int, told: object) -> httpx.Response:
    return httpx.Response(status, json=told)
