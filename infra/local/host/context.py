"""What a function sees of its invocation: `context`, and the boxes for its outputs."""

import secrets
import threading
from dataclasses import dataclass, field

import azure.functions as func

from infra.local.host import logs


@dataclass(frozen=True, slots=True)
class TraceContext:
    """W3C trace context, new for each call."""

    trace_parent: str = field(
        default_factory=lambda: f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    )
    trace_state: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


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
    trace_context: TraceContext = field(default_factory=TraceContext)
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
