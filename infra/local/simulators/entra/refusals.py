"""The ways Entra ID says no: an OAuth error, an AADSTS code and a status."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# code: (status, OAuth error). The pairs are what callers report for each code; the service
# promises neither, so nobody should branch on more than the OAuth error.
_ANSWERS = {
    50027: (400, "invalid_request"),
    70003: (400, "unsupported_grant_type"),
    70011: (400, "invalid_scope"),
    90002: (400, "invalid_tenant"),
    500011: (400, "invalid_resource"),
    700016: (400, "unauthorized_client"),
    700021: (401, "invalid_client"),
    700023: (401, "invalid_client"),
    700024: (401, "invalid_client"),
    700027: (401, "invalid_client"),
    900144: (400, "invalid_request"),
    900561: (400, "invalid_request"),
    1000502: (401, "invalid_client"),
    1002012: (400, "invalid_scope"),
    5002738: (401, "invalid_client"),
    7000112: (400, "unauthorized_client"),
    7000218: (401, "invalid_client"),
}


class RefusedError(Exception):
    """A request Entra ID turns down."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.status, self.error = _ANSWERS[code]

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
        }
