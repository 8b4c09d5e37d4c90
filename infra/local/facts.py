"""How the demo knows that something came true."""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.local.world import World
from shared.audit import verify


def matches(event: Mapping[str, Any], kind: str, data: Mapping[str, object]) -> bool:
    """Whether an event is of this kind and says this."""
    return bool(event["type"] == kind and data.items() <= event["data"].items())


def refused(answer: httpx.Response) -> bool:
    """Whether a caller was turned away and learnt nothing."""
    return answer.status_code == httpx.codes.UNAUTHORIZED and "detail" not in answer.json()


def passed(check: Mapping[str, Any]) -> bool:
    """Whether one check of a validation went well."""
    return bool(check["grade"] == "pass")


def is_audited(world: World, client: httpx.Client) -> bool:
    """Whether the audit has records, and is one whole chain."""
    key = {"x-functions-key": world.function_key}
    told = client.get(f"{world.url}/api/audit", headers=key).raise_for_status()
    chain = verify.verify(verify.read("audit", told.content), is_partial=False)
    return bool(chain.records) and not chain.findings
