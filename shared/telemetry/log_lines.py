"""Log lines on their way out: with the ids of the message at hand, without anybody's name."""

from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord

from shared.telemetry import message_context
from shared.telemetry.redaction import hidden


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
