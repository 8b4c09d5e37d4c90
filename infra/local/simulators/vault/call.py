"""One authorised request, as the handlers of an operation see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.local.simulators.vault.refusals import bad_parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, with what its path said."""

    request: httpx.Request
    name: str  # empty for a list of everything
    version: str  # empty for the latest
    now: datetime

    @property
    def base(self) -> str:
        """Return the URL of the vault, as this caller reaches it."""
        return f"{self.request.url.scheme}://{self.request.url.netloc.decode('ascii')}"

    @property
    def query(self) -> httpx.QueryParams:
        """Return the query."""
        return self.request.url.params

    def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent; raise `RefusedError` for anything else."""
        try:
            body = json.loads(self.request.content)
        except ValueError as error:
            raise bad_parameter("The request body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise bad_parameter("The request body is not a JSON object.")
        return body


def attributes(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that were sent and have a value."""
    given = body.get("attributes") or {}
    return {key: value for key, value in given.items() if value is not None}
