"""What orders rest on, drawn at random; and which changes of it matter, or do not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessRule,
    AccessState,
    Action,
    Order,
    Ownership,
    Posture,
    Trust,
    WipeCycle,
    WipeState,
)
from shared.devices.order_facts import Grounds
from tests.unit.builders import NOW, TENANT, a_command, a_device, a_signal

TEXTS = st.text("ab", min_size=1, max_size=3)
BOOLS = st.booleans()
MOMENTS = st.integers(1, 3).map(lambda days: NOW - timedelta(days=days))
CYCLES = st.builds(
    WipeCycle,
    requested_at=MOMENTS,
    sent_at=st.none() | MOMENTS,
    acknowledged_at=st.none() | MOMENTS,
)
WIPES = st.builds(WipeState, device=CYCLES, account=CYCLES, is_supported=BOOLS)
RULES = st.builds(
    AccessRule,
    name=TEXTS,
    characteristic=st.sampled_from(["DeviceModel", "DeviceOS"]),
    query=TEXTS,
    level=st.sampled_from(AccessLevel),
)
POLICIES = st.builds(
    AccessPolicy,
    default=st.sampled_from(AccessLevel),
    rules=st.lists(RULES, max_size=3, unique_by=lambda rule: (rule.characteristic, rule.query)).map(
        tuple
    ),
)
ORDERS = st.builds(
    Order,
    command_id=TEXTS,
    tenant_id=st.just(TENANT),
    action=st.sampled_from(Action),
    mailbox=TEXTS,
    device_id=TEXTS,
    given_at=MOMENTS,
    why=TEXTS,
    even_if_personal=BOOLS,
)
GROUNDS = st.builds(
    Grounds,
    order=ORDERS,
    device=st.just(a_device()),
    policy=POLICIES,
    wipes=WIPES,
    ownership=st.sampled_from(Ownership),
    reported=st.just(a_signal()),
    ordered=st.none() | ORDERS,
)
Change = Callable[[Grounds], Grounds]


def some_grounds() -> Grounds:
    """Return what an order to block rests on."""
    command = a_command()
    order = Order(
        command_id=command.command_id,
        tenant_id=TENANT,
        action=command.action,
        mailbox=command.mailbox,
        device_id=command.device_id,
        given_at=NOW,
        why="ordered",
    )
    return Grounds(
        order=order,
        device=a_device(),
        policy=AccessPolicy(default=AccessLevel.BLOCK),
        wipes=WipeState(device=WipeCycle(), account=WipeCycle()),
        ownership=Ownership.UNKNOWN,
        reported=a_signal(),
        ordered=replace(order, command_id="another"),
    )


def _of_order(**fields: object) -> Change:
    return lambda was: replace(was, order=replace(was.order, **fields))  # type: ignore[arg-type]  # named fields only


def _of_device(**fields: object) -> Change:
    return lambda was: replace(was, device=a_device(**fields))


def _of_report(**fields: object) -> Change:
    return lambda was: replace(was, reported=a_signal(**fields))


def _with_rule(was: Grounds) -> Grounds:
    assert was.policy is not None
    rule = AccessRule(name="n", characteristic="UserAgent", query="q", level=AccessLevel.ALLOW)
    return replace(was, policy=replace(was.policy, rules=(*was.policy.rules, rule)))


def _with_rules_turned(was: Grounds) -> Grounds:
    assert was.policy is not None
    return replace(was, policy=replace(was.policy, rules=was.policy.rules[::-1]))


def _requested_again(was: Grounds) -> Grounds:
    assert was.wipes is not None
    return replace(was, wipes=replace(was.wipes, account=WipeCycle(requested_at=NOW)))


def _ordered_since(was: Grounds) -> Grounds:
    return replace(was, ordered=replace(was.order, command_id="a newer one"))


# What it is called in the refusal, and a change of it.
RESTS_ON: list[tuple[str, Change]] = [
    ("the order", _of_order(even_if_personal="other")),
    ("the order", _of_order(mailbox="another@contoso.com")),
    ("the order", _of_order(device_id="ANOTHER")),
    ("the order", _of_order(tenant_id="another")),
    ("the device", _of_device(guid="another")),
    ("the device", _of_device(client_version="14.1")),
    ("the device", _of_device(model="another")),
    ("its place on the mailbox's lists", _of_device(on_allowed_list=True)),
    ("its place on the mailbox's lists", _of_device(on_blocked_list=True)),
    ("the rules or the default access level", _with_rule),
    ("how far its wipes have come", _requested_again),
    ("whose it is", lambda was: replace(was, ownership="another")),  # type: ignore[arg-type]
    ("what was reported of it", _of_report(posture=Posture.LOST)),
    ("what was reported of it", _of_report(trust=Trust.TIGHTEN)),
    ("what was reported of it", lambda was: replace(was, reported=None)),
    ("what was ordered for it", _ordered_since),
]
MERELY_FOLLOWS: list[Change] = [
    _of_order(command_id="another", given_at=NOW + timedelta(days=1), why="another"),
    _of_device(access=AccessState.BLOCKED, access_reason="Individual"),
    _of_report(signal_id="another", occurred_at=NOW, sender="another", verified_by="another"),
    _with_rules_turned,
]
