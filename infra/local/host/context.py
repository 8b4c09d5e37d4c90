"""What a function sees of its invocation: `context`, and the boxes for its outputs."""

import threading
from dataclasses import dataclass

import azure.functions as func

from infra.local.host import logs
from infra.local.host.tracing import TraceContext


@dataclass(frozen=True, slots=True)
class RpcException:
    """The failure of the attempt before this one."""

    source: str
    stack_trace: str
    message: str


@dataclass(frozen=True, slots=True)
class RetryContext:
    """Which attempt this is; the worker calls the failure `rpc_exception`, not `exception`."""

    retry_count: int = 0
    max_retry_count: int = 0
    rpc_exception: RpcException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The worker's `context`; its name is what indexing checks an annotation by."""

    invocation_id: str
    function_name: str
    function_directory: str
    retry_context: RetryContext
    trace_context: TraceContext
    thread_local_storage: threading.local = logs.LOCAL


class Out(func.Out[object]):
    """One output parameter; what was never set is not sent."""

    def __init__(self) -> None:
        self._value: object = None

    def set(self, val: object) -> None:
        """Keep *val* until the function has returned."""
        self._value = val

    def get(self) -> object:
        """Return what was set last, or None."""
        return self._value
