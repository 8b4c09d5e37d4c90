"""Orders that are not about one device, as messages."""

import pytest

from shared import messages, tenant_messages
from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand
from shared.errors import Rejected
from tests.contract.tenant_commands_world import an_order
from tests.unit.builders import NOW

ORDERS = [
    an_order("assign_policy", mailbox="adele@contoso.com", policy="Strict"),
    an_order("assign_policy", mailbox="adele@contoso.com", policy=None),
    an_order("put_policy", policy="Strict", settings={"MinPasswordLength": 6, "IsDefault": True}),
    an_order("remove_policy", policy="Strict"),
    an_order("put_access_rule", characteristic="DeviceOS", query="iOS 6", level="Block"),
    an_order("remove_access_rule", characteristic="DeviceOS", query="iOS 6"),
    an_order("set_default_access", level="Quarantine"),
]
NAMES = [f"{number}-{order.change.__class__.__name__}" for number, order in enumerate(ORDERS)]


@pytest.mark.parametrize("order", ORDERS, ids=NAMES)
def test_an_order_is_read_as_it_was_written_however_often_it_was_put_back(
    order: TenantCommand,
) -> None:
    body = tenant_messages.write(order)
    for _ in range(3):
        assert messages.read_order(body) == order
        body = messages.put_off(body, NOW)


@pytest.mark.parametrize("order", ORDERS, ids=NAMES)
def test_a_message_that_fails_is_given_up_under_its_own_id(order: TenantCommand) -> None:
    operation = messages.asked(tenant_messages.write(order), NOW)
    assert (operation.operation_id, operation.change) == (order.command_id, order.change)
    assert operation.state is State.WAITING


@pytest.mark.parametrize(
    "body",
    [
        b'{"action": []}',
        b'{"action": "put_policy"}',
        b'{"action": "set_default_access", "level": "Allow", "waiting_since": 7}',
        b'["set_default_access"]',
        b"\xff",
    ],
    ids=["no name", "no envelope", "odd wait", "a list", "no text"],
)
def test_an_odd_message_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match="documented shape"):
        messages.read_order(body)


def test_everything_wrong_with_a_policy_is_named_at_once() -> None:
    with pytest.raises(Rejected, match=r"MinPaswordLength.*AllowCamera"):
        an_order("put_policy", policy="P", settings={"MinPaswordLength": 1, "AllowCamera": "often"})


def test_a_rule_that_exchange_would_never_match_is_refused() -> None:
    """One without effect today may make sense tomorrow; a wildcard never will."""
    with pytest.raises(Rejected, match="stand for themselves"):
        an_order("put_access_rule", characteristic="DeviceModel", query="iPhone*", level="Block")
    an_order("put_access_rule", characteristic="DeviceModel", query="iPhone 99", level="Block")


def test_settings_that_the_record_could_not_hold_are_refused() -> None:
    """Before anything is stored, and by their length alone."""
    many = [f"application {number:05}" for number in range(1000)]
    with pytest.raises(Rejected, match="in parts"):
        an_order("put_policy", policy="P", settings={"ApprovedApplicationList": many})
