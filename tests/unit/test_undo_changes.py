"""Which change takes a change of policies, rules, assignments or the default level back."""

import uuid
from typing import Any

import pytest

from shared.devices import undo_change
from shared.devices.model import AccessLevel
from shared.devices.reached import is_reached
from shared.devices.stale import ListEntries
from shared.devices.tenant_change import (
    Altered,
    AssignPolicy,
    Image,
    PlanStale,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    RemoveStale,
    RotateCertificate,
    SetDefaultAccess,
    TenantChange,
)
from shared.errors import Conflict

MAILBOX = "adele@contoso.com"
RULE = {"characteristic": "DeviceModel", "query": "Brick"}
LENGTH = {"MinPasswordLength": 4}


def a_policy(**settings: object) -> Image:
    """Return the image of a policy."""
    shown: dict[str, Any] = {"Name": "Field", "IsDefault": False, **LENGTH, **settings}
    return {"name": "Field", "identity": "i", "is_default": False, "settings": shown}


def assigned(policy: str, *, is_inherited: bool = False) -> Image:
    """Return the image of an assignment."""
    return {"mailbox": MAILBOX, "policy": policy, "is_inherited": is_inherited}


def a_rule(level: str) -> Image:
    """Return the image of a rule."""
    return {"name": "n", **RULE, "level": level}


def to_block(level: AccessLevel = AccessLevel.BLOCK) -> PutAccessRule:
    """Return an order that the rule say a level."""
    return PutAccessRule(level=level, characteristic="DeviceModel", query="Brick")


Case = tuple[TenantChange, Image | None, Image | None, TenantChange]
UNDONE: dict[str, Case] = {
    "a new rule": (
        to_block(),
        None,
        a_rule("Block"),
        RemoveAccessRule(characteristic="DeviceModel", query="Brick"),
    ),
    "a changed rule": (
        to_block(),
        a_rule("Quarantine"),
        a_rule("Block"),
        to_block(AccessLevel.QUARANTINE),
    ),
    "a removed rule": (
        RemoveAccessRule(characteristic="DeviceModel", query="Brick"),
        a_rule("Block"),
        None,
        to_block(),
    ),
    "a new policy": (
        PutPolicy(policy="Field", settings={}),
        None,
        a_policy(),
        RemovePolicy(policy="Field"),
    ),
    "a changed policy": (
        PutPolicy(policy="Field", settings={"MinPasswordLength": 8}),
        a_policy(AllowCamera=True),
        a_policy(AllowCamera=True, MinPasswordLength=8),
        PutPolicy(policy="Field", settings={"MinPasswordLength": 4}),
    ),
    "a removed policy": (
        RemovePolicy(policy="Field"),
        a_policy(),
        None,
        PutPolicy(policy="Field", settings={"MinPasswordLength": 4}),
    ),
    "an assignment by name": (
        AssignPolicy(mailbox=MAILBOX, policy="Field"),
        assigned("Office"),
        assigned("Field"),
        AssignPolicy(mailbox=MAILBOX, policy="Office"),
    ),
    "a first assignment": (
        AssignPolicy(mailbox=MAILBOX, policy="Field"),
        assigned("Default", is_inherited=True),
        assigned("Field"),
        AssignPolicy(mailbox=MAILBOX, policy=None),
    ),
    "an assignment taken back": (
        AssignPolicy(mailbox=MAILBOX, policy=None),
        assigned("Field"),
        assigned("Default", is_inherited=True),
        AssignPolicy(mailbox=MAILBOX, policy="Field"),
    ),
    "the default level": (
        SetDefaultAccess(level=AccessLevel.QUARANTINE),
        {"level": "Allow"},
        {"level": "Quarantine"},
        SetDefaultAccess(level=AccessLevel.ALLOW),
    ),
}


@pytest.mark.parametrize("name", UNDONE)
def test_inverse_brings_back_what_stood_before(name: str) -> None:
    """As its image shows it; and what it would bring about stood before, and stands no more."""
    change, before, after, expected = UNDONE[name]
    wanted = undo_change.inverse(change, Altered(says="", before=before, after=after))
    assert wanted == expected
    assert is_reached(wanted, before)
    assert not is_reached(wanted, after)
    assert is_reached(change, after)
    assert not is_reached(change, before)


TOO_LONG = {**a_policy(), "settings": "too long to be kept; SHA-256 0"}
PUT = PutPolicy(policy="Field", settings={"MinPasswordLength": 8})
REFUSED: dict[str, tuple[TenantChange, Image | None, Image | None, str]] = {
    "nothing": (to_block(), a_rule("Block"), a_rule("Block"), "nothing was done"),
    "too long": (PUT, TOO_LONG, a_policy(), "too long to be kept"),
    "became default": (
        PutPolicy(policy="Field", settings={"IsDefault": True}),
        a_policy(),
        a_policy(IsDefault=True),
        "make another one the default",
    ),
    "odd value": (PUT, a_policy(MinPasswordLength=99), a_policy(), "cannot be ordered"),
    "no name": (
        AssignPolicy(mailbox=MAILBOX, policy="Field"),
        assigned(""),
        assigned("Field"),
        "did not show",
    ),
    "certificate": (RotateCertificate(), {"version": "1"}, {"version": "2"}, "rotate again"),
    "plan": (PlanStale(days=30, list_entries=ListEntries.KEEP), None, {}, "changed nothing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_brought_back_says_why(name: str) -> None:
    """Each with its way out."""
    change, before, after, why = REFUSED[name]
    with pytest.raises(Conflict, match=why):
        undo_change.inverse(change, Altered(says="", before=before, after=after))


def test_removed_devices_are_not_brought_back() -> None:
    """They must sync again."""
    change = RemoveStale(plan_id=uuid.UUID(int=1), plan_hash="0" * 64)
    with pytest.raises(Conflict, match="must sync again"):
        undo_change.inverse(change, Altered(says="", before=None, after={"counts": {}}))
