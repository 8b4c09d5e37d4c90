"""One line per log record: time, level, function, invocation id, message."""

import logging
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TextIO

CURRENT: ContextVar[str] = ContextVar("invocation_id", default="")
LOCAL = threading.local()  # what `context.thread_local_storage` is

SYSTEM = ("azure_functions_worker", "azure.functions")


def set_up(stream: TextIO, names: Mapping[str, str], *, level: int) -> None:
    """Send every record to *stream*; *names* says which function an invocation id runs."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(names))
    handler.addFilter(is_not_system)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def about(function: str, invocation_id: str = "") -> dict[str, str]:
    """Name the function a record is about, where no invocation runs: the `extra` of a log call."""
    return {"function": function, "invocation": invocation_id}


def is_not_system(record: logging.LogRecord) -> bool:
    """Leave out what the worker takes for its own log and never hands to the app's telemetry."""
    return not record.name.startswith(SYSTEM)


def invocation_id() -> str:
    """
    Find the invocation as the worker does.

    A task and its children carry it, and so does the pool thread of a synchronous function; a
    thread the app starts by itself carries none until it sets it in the thread-local storage.
    """
    if threading.current_thread() is threading.main_thread():
        return CURRENT.get()
    return str(getattr(LOCAL, "invocation_id", ""))


class OneLine(logging.Formatter):
    """Time, level, function, invocation id and message, with line breaks escaped."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def format(self, record: logging.LogRecord) -> str:
        """Render *record*; `-` stands for what is not known."""
        identity = getattr(record, "invocation", "") or invocation_id()
        function = getattr(record, "function", "") or self._names.get(identity, "")
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = f"{moment}.{int(record.msecs):03d}Z {record.levelname}"
        return f"{head} {function or '-'} {identity or '-'} {self._message(record)}"

    def _message(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return text.replace("\r", "\\r").replace("\n", "\\n")
