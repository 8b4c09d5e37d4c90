"""Runs one invocation: arguments, call, outputs; whatever goes wrong is this call's failure."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from azure.functions.meta import Datum

from infra.local.host import logs
from infra.local.host.bindings import converter
from infra.local.host.context import Context, Out, RetryContext
from infra.local.host.index import IndexedFunction
from infra.local.host.signatures import Binding, Parameter
from infra.local.host.tracing import Caller, Tracing

log = logging.getLogger(__name__)

Deliver = Callable[[Binding, Datum], Awaitable[None]]


class InvocationError(Exception):
    """The host's own reason for failing a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a trigger hands to a function."""

    function: IndexedFunction
    data: Datum
    metadata: Mapping[str, Datum]
    caller: Caller = field(default_factory=Caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended; `response` is what an HTTP function returned."""

    failure: BaseException | None = None
    response: Datum | None = None


class Invoker:
    """
    Calls functions: async ones on the loop, the others on threads that come as needed.

    *timeout* is host.json's functionTimeout, None for unlimited; *names* tells the log which
    function an invocation id runs; *tracing* gives each attempt its place in a trace.
    """

    def __init__(
        self,
        *,
        timeout: timedelta | None,
        threads: int,
        names: dict[str, str],
        deliver: Deliver,
        tracing: Tracing,
    ) -> None:
        self._timeout = timeout.total_seconds() if timeout else None
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="function")
        self._names = names
        self._deliver = deliver
        self._tracing = tracing

    async def attempt(self, call: Call, retry: RetryContext | None = None) -> Outcome:
        """Run *call* once and log how it went; never raises."""
        context = Context(
            invocation_id=str(uuid.uuid4()),
            function_name=call.function.name,
            function_directory=call.function.directory,
            retry_context=retry or RetryContext(),
            trace_context=self._tracing.trace(call.caller),
        )
        self._names[context.invocation_id] = call.function.name
        logs.CURRENT.set(context.invocation_id)
        log.info("Executing")
        outcome = await self._bounded(call, context)
        if outcome.failure:
            log.error("Executed (Failed)", exc_info=outcome.failure)
        else:
            log.info("Executed (Succeeded)")
        logs.CURRENT.set("")
        del self._names[context.invocation_id]
        return outcome

    async def _bounded(self, call: Call, context: Context) -> Outcome:
        task = asyncio.create_task(self._run(call, context))
        done, _ = await asyncio.wait({task}, timeout=self._timeout)
        if not done:
            task.cancel()
            reason = (
                "functionTimeout has passed: the cloud would restart the worker process now, and "
                "every other invocation in it would die too"
            )
            return Outcome(failure=InvocationError(reason))
        if task.cancelled():
            reason = (
                "CancelledError left the function: the real worker would answer nothing, and the "
                "call would hang until functionTimeout"
            )
            return Outcome(failure=InvocationError(reason))
        failure = task.exception()
        return Outcome(failure=failure) if failure else Outcome(response=task.result())

    async def _run(self, call: Call, context: Context) -> Datum | None:
        outs = {name: Out() for name in call.function.signature.outputs}
        arguments = _arguments(call, context, outs)
        result = await self._call(call.function, arguments, context)
        return await self._outputs(call.function, outs, result)

    async def _call(
        self, function: IndexedFunction, arguments: dict[str, object], context: Context
    ) -> object:
        def in_thread() -> object:
            logs.LOCAL.invocation_id = context.invocation_id
            self._tracing.attach(context.trace_context)
            return function.call(**arguments)

        try:
            if function.is_async:
                self._tracing.attach(context.trace_context)
                return await function.call(**arguments)
            return await asyncio.get_running_loop().run_in_executor(self._threads, in_thread)
        except SystemExit as error:
            raise InvocationError("sys.exit: the real worker process would be gone now") from error

    async def _outputs(
        self, function: IndexedFunction, outs: Mapping[str, Out], result: object
    ) -> Datum | None:
        returned = function.signature.returned
        if returned is None and result is not None:
            raise InvocationError("returned a value, but there is no $return binding")
        answer = _encode(returned, result) if returned else None
        values = {name: out.get() for name, out in outs.items()}
        parameters = function.signature.outputs
        data = {n: _encode(parameters[n], v) for n, v in values.items() if v is not None}
        for name, datum in data.items():
            await self._deliver(parameters[name].binding, datum)
        if returned and answer and returned.binding.type != "http":
            await self._deliver(returned.binding, answer)
        return answer


def _arguments(call: Call, context: Context, outs: Mapping[str, Out]) -> dict[str, object]:
    signature = call.function.signature
    arguments: dict[str, object] = dict(outs)
    for name, parameter in signature.inputs.items():
        rules = converter(parameter.converter)
        arguments[name] = rules.decode(call.data, trigger_metadata=call.metadata)
    if signature.wants_context:
        arguments["context"] = context
    return arguments


def _encode(parameter: Parameter, value: object) -> Datum:
    try:
        return converter(parameter.converter).encode(value, expected_type=parameter.annotation)
    except NotImplementedError as error:
        name = parameter.binding.type
        raise TypeError(f"a {type(value).__name__} cannot go to a {name} output") from error
