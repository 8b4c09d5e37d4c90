"""Our policies client and the simulated Exchange: policies assigned, and removed."""

import pytest

from shared.errors import NotFound, Rejected
from tests.contract.exchange_world import World
from tests.contract.policies_world import policies_of

MAILBOX = "adele@contoso.com"


def test_a_policy_is_removed_once_however_often_that_is_ordered() -> None:
    world = World()
    policies_of(world).put("Strict", {})

    for _ in range(2):
        policies_of(world).remove("strict")

    assert [policy.name for policy in policies_of(world).list()] == ["Default"]


def test_the_default_is_not_removed() -> None:
    with pytest.raises(Rejected, match="policy Default is the default: make another one"):
        policies_of(World()).remove("Default")


def test_a_policy_in_use_is_not_removed_until_its_mailboxes_are_free() -> None:
    world = World()
    policies_of(world).put("Strict", {})
    policies_of(world).assign(MAILBOX, "Strict")
    with pytest.raises(Rejected, match=r"assigned to a mailbox cannot be.*can't be removed"):
        policies_of(world).remove("Strict")

    policies_of(world).revert(MAILBOX)
    policies_of(world).remove("Strict")

    assert [policy.name for policy in policies_of(world).list()] == ["Default"]


def test_a_mailbox_is_put_under_a_policy_and_back_as_often_as_ordered() -> None:
    world = World()
    policies_of(world).put("Strict", {})

    for _ in range(2):
        shown = policies_of(world).assign(MAILBOX, "strict")
        assert (shown.policy, shown.is_inherited) == ("Strict", False)
    for _ in range(2):
        shown = policies_of(world).revert(MAILBOX)
        assert (shown.policy, shown.is_inherited) == ("Default", True)


def test_the_default_by_name_is_not_the_default_by_inheritance() -> None:
    world = World()
    assert policies_of(world).assignment(MAILBOX).is_inherited

    assert not policies_of(world).assign(MAILBOX, "Default").is_inherited


def test_an_unknown_policy_or_mailbox_is_named() -> None:
    world = World()
    with pytest.raises(NotFound, match=r"no policy Strict: create it, or take one of Default"):
        policies_of(world).assign(MAILBOX, "Strict")
    with pytest.raises(NotFound, match=r"knows no mailbox nobody@contoso\.com"):
        policies_of(world).assign("nobody@contoso.com", "Default")
    with pytest.raises(NotFound, match=r"knows no mailbox nobody@contoso\.com"):
        policies_of(world).revert("nobody@contoso.com")


@pytest.mark.parametrize("name", ["", " ", "x" * 65])
def test_a_policy_must_be_named(name: str) -> None:
    world = World()
    for order in (
        lambda: policies_of(world).put(name, {}),
        lambda: policies_of(world).remove(name),
    ):
        with pytest.raises(Rejected, match="Name: takes a text of 1 to 64"):
            order()
    assert world.exchange.calls == []


def test_a_mailbox_must_be_named() -> None:
    world = World()
    with pytest.raises(Rejected, match="must be named"):
        policies_of(world).revert(" ")
    assert world.exchange.calls == []
