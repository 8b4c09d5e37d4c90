"""What a plan rests on, as a short text that tells later which of its facts have changed."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated

import msgspec

from shared.errors import Conflict

Facts = Mapping[str, object]  # by what they are, in words; all of one kind of order in one order
FINGERPRINT = 4  # characters of each fact's digest: to name it, not to prove anything
LOOKED_AT = r"^([0-9a-f]{64}([.][0-9a-f]{4})*)?$"
# In an order; empty: nobody has looked.
LookedAt = Annotated[str, msgspec.Meta(max_length=128, pattern=LOOKED_AT)]


def of(facts: Facts) -> str:
    """Return the SHA-256 of all facts, and behind it a fingerprint of each."""
    each = [_digest(fact)[:FINGERPRINT] for fact in facts.items()]
    return ".".join([_digest(tuple(facts.items())), *each])


def require(plan_hash: str, facts: Facts) -> None:
    """Raise Conflict, naming what has changed, unless the plan rests on these very facts."""
    if plan_hash != of(facts):
        changed = ", ".join(_changed(plan_hash, facts))
        raise Conflict(f"the plan no longer holds: changed since is {changed}; ask for a new plan")


def _changed(plan_hash: str, facts: Facts) -> list[str]:
    before, now = plan_hash.split(".")[1:], of(facts).split(".")[1:]
    if len(before) != len(now):
        return ["what is ordered: the plan was for something else"]
    named = [name for name, old, new in zip(facts, before, now, strict=True) if old != new]
    return named or ["something that it rests on"]


def _digest(value: object) -> str:
    return sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
