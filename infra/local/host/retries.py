"""Function retry policies: the platform repeats a failed call in memory, for any listener."""

import asyncio
import logging
import traceback
from collections.abc import Mapping
from typing import Any

from infra.local.host.context import RetryContext, RpcException
from infra.local.host.hostfile import parse_timespan
from infra.local.host.invoke import Call, Invoker, Outcome

log = logging.getLogger(__name__)


async def run(invoker: Invoker, call: Call) -> Outcome:
    """
    Run *call*, again and again as far as its function's retry policy goes.

    The count lives in this process only; on a queue it multiplies with the dequeue count.
    """
    policy = call.function.retry
    outcome = await invoker.attempt(call)
    if policy is None:
        return outcome
    limit = int(policy["max_retry_count"])
    count = 0
    while outcome.failure and (limit < 0 or count < limit):
        await asyncio.sleep(_delay(policy, count))
        count += 1
        log.info("retry %d of %d", count, limit)
        outcome = await invoker.attempt(call, RetryContext(count, limit, _told(outcome.failure)))
    return outcome


def _delay(policy: Mapping[str, Any], failures: int) -> float:
    """Return the seconds to wait before the next attempt."""
    if policy["strategy"] == "fixed_delay":
        return parse_timespan(policy["delay_interval"]).total_seconds()
    least = parse_timespan(policy["minimum_interval"]).total_seconds()
    most = parse_timespan(policy["maximum_interval"]).total_seconds()
    return min(most, least * 2.0 ** min(failures, 30))


def _told(failure: BaseException) -> RpcException:
    trace = "".join(traceback.format_exception(failure))
    return RpcException(source="", stack_trace=trace, message=str(failure))
