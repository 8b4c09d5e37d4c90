"""The way Entra ID says no: an OAuth error, an AADSTS code and a status."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.local.simulators.entra.codes import ANSWERS, EXTRAS, Answer


class RefusedError(Exception):
    """A request Entra ID turns down; without *text* in the code's usual words."""

    def __init__(self, code: int, text: str = "", *, answer: Answer | None = None) -> None:
        self.code = code
        self.status, self.error, usual = answer or ANSWERS[code]
        super().__init__(text or usual)

    def body(self, now: datetime, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the JSON of the answer; the caller's own request id is its correlation id."""
        trace = str(uuid.uuid4())
        correlation = headers.get("client-request-id") or str(uuid.uuid4())
        timestamp = f"{now:%Y-%m-%d %H:%M:%S}Z"
        return {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {timestamp}",
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
            **EXTRAS.get(self.code, {}),
        }
