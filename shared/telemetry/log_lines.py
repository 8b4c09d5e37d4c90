"""Log lines on their way out: with the ids of the message at hand, without anybody's name."""

from copy import copy
from logging import LogRecord

from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord

from shared.telemetry import message_context
from shared.telemetry.redaction import Private, hidden


class Outward(LoggingHandler):
    """Sends lines away: of what is private, and of exceptions, what kind they are."""

    def emit(self, record: LogRecord) -> None:
        """Send a copy: the record itself is on its way to other handlers, too."""
        line = copy(record)
        if isinstance(record.args, tuple):
            line.args = tuple(
                each.kind if isinstance(each, Private) else each for each in record.args
            )
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            # One of its name, without its text and without what it was raised from.
            bare = type(kind.__name__, (Exception,), {"__module__": kind.__module__})
            line.exc_info = (bare, bare(), trace)
        super().emit(line)


class Cleaned(LogRecordProcessor):
    """Stands before the processor that sends; works in the thread that logs."""

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Hide what is private in the text, the exception and its trace; add the ids."""
        about, line = message_context.at_hand(), log_record.log_record
        line.body = hidden(str(line.body), about.private)
        cleaned = {
            name: hidden(value, about.private) if isinstance(value, str) else value
            for name, value in (line.attributes or {}).items()
        }
        line.attributes = {**cleaned, **about.ids}

    def shutdown(self) -> None:
        """Hold nothing back."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - as it is called
        """Hold nothing back."""
        return True
