"""
No caller may ask so often that the others wait: 429 with Retry-After, by key or person.

Each worker counts for itself: of many, all together admit more. What is counted stays in memory,
so that being asked too often costs nothing but this. The fields are those of the IETF's draft
"RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10).
"""

import functools
import math
from datetime import timedelta
from hashlib import sha256

import azure.functions as func

from functions import people
from functions.problems import TooManyRequests
from functions.replies import HttpFunction
from shared import wiring
from shared.devices.caller import Caller, CallerKind
from shared.rate_limits import Taken

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def limited(function: HttpFunction) -> HttpFunction:
    """Let each caller have its share, and tell it what is left of that."""

    @functools.wraps(function)
    def limit(req: func.HttpRequest) -> func.HttpResponse:
        limits = wiring.services().rates
        buckets = limits.reads if req.method.upper() in READS else limits.changes
        taken = buckets.take(who(people.caller(req), req))
        if taken.wait is not None:
            refusal = TooManyRequests(f"{taken.policy.name} come too often", after=taken.wait)
            refusal.headers = fields(taken)
            raise refusal
        answer = function(req)
        answer.headers.update(fields(taken))
        return answer

    return limit


def who(caller: Caller, req: func.HttpRequest) -> str:
    """Return the name of a caller's bucket; keys themselves are not kept."""
    if caller.kind is CallerKind.PERSON:
        return f"person:{caller.id}"
    key = req.headers.get("x-functions-key") or req.params.get("code") or ""
    return f"key:{sha256(key.encode()).hexdigest()}"


def fields(taken: Taken) -> dict[str, str]:
    """Return the header fields: the policy, what is left, and when that changes in seconds."""
    policy = taken.policy
    soon = (taken.wait or policy.window).total_seconds()
    return {
        "RateLimit-Policy": f'"{policy.name}";q={policy.burst};w={_seconds(policy.window)}',
        "RateLimit": f'"{policy.name}";r={taken.left};t={max(1, math.ceil(soon))}',
    }


def _seconds(window: timedelta) -> int:
    return max(1, math.ceil(window.total_seconds()))
