"""Orders about policies, rules and the default level: made once, told once, the newest stands."""

from collections.abc import Callable

import pytest

from shared.devices.operation import State
from shared.devices.tenant_change import TenantCommand, TenantOrder
from shared.errors import Conflict, Misconfigured, Rejected, Retryable
from tests.contract.tenant_commands_world import Office, an_order
from tests.unit.world import Died

STRICT = {"MinPasswordLength": 6, "PasswordEnabled": True}
PUT_POLICY = an_order("put_policy", policy="Strict", settings=STRICT)
PUT_RULE = an_order(
    "put_access_rule", characteristic="DeviceModel", query="Nokia 3310", level="Block"
)
SET_DEFAULT = an_order("set_default_access", level="Quarantine")


def with_strict(office: Office) -> Office:
    office.deliver(an_order("put_policy", 99, policy="Strict", settings=STRICT))
    office.events.sent.clear()
    return office


def with_rule(office: Office) -> Office:
    rule = {"characteristic": "DeviceModel", "query": "Nokia 3310"}
    office.deliver(an_order("put_access_rule", 99, level="Allow", **rule))
    office.events.sent.clear()
    return office


def as_it_is(office: Office) -> Office:
    return office


def levels(office: Office) -> dict[str, str]:
    return {rule.query: rule.level for rule in office.scene.tenant.organization.rules.values()}


CASES: dict[str, tuple[Callable[[Office], Office], TenantCommand, object, object]] = {
    "put_policy": (as_it_is, PUT_POLICY, None, 6),
    "remove_policy": (with_strict, an_order("remove_policy", policy="strict"), 6, None),
    "assign_policy": (
        with_strict,
        an_order("assign_policy", mailbox="adele@contoso.com", policy="Strict"),
        True,
        False,
    ),
    "put_access_rule": (with_rule, PUT_RULE, "Allow", "Block"),
    "remove_access_rule": (
        with_rule,
        an_order("remove_access_rule", characteristic="DeviceModel", query="Nokia 3310"),
        "Allow",
        None,
    ),
    "set_default_access": (as_it_is, SET_DEFAULT, "Allow", "Quarantine"),
}


def telling(image: object) -> object:
    """Return the one thing in an image that a case looks at."""
    if not isinstance(image, dict):
        return image
    settings = image.get("settings")
    if isinstance(settings, dict):
        return settings["MinPasswordLength"]
    return image.get("level", image.get("is_inherited"))


@pytest.mark.parametrize("name", CASES)
def test_an_order_is_made_recorded_and_told(name: str) -> None:
    """With how its target stood before and after; a second delivery changes nothing."""
    prepare, command, before, after = CASES[name]
    office = prepare(Office())
    office.deliver(command)
    office.deliver(command)

    operation = office.operation(command)
    assert operation.state is State.DONE
    assert operation.altered is not None
    assert (telling(operation.altered.before), telling(operation.altered.after)) == (before, after)
    assert office.events.types == ["policy.changed"]
    assert office.events.sent[0].data["action"] == name


@pytest.mark.parametrize("name", CASES)
def test_an_order_is_told_under_one_id_whenever_a_worker_dies(name: str) -> None:
    """And it ends as if nobody had died."""
    prepare, command, before, after = CASES[name]
    for calls in range(1, 60):
        office = prepare(Office())
        try:
            office.deliver(command, calls)
        except Died:
            office.deliver(command)
        else:
            assert calls > 4, "a worker's calls are counted"
            break
        operation = office.operation(command)
        assert operation.state is State.DONE, calls
        assert operation.altered is not None
        assert telling(operation.altered.after) == after, calls
        assert telling(operation.altered.before) == before, calls
        assert len({event.id for event in office.events.sent}) == 1, calls
    else:
        raise AssertionError("the worker never came to the end")


def test_what_stands_already_is_not_told() -> None:
    office = with_strict(Office())
    office.deliver(PUT_POLICY)
    assert office.events.types == []
    assert office.operation(PUT_POLICY).history[-1].note == "nothing was to be done"


def test_an_older_order_that_waited_is_overruled() -> None:
    office = Office()
    newer = an_order(
        "put_access_rule", 2, characteristic="DeviceModel", query="Nokia 3310", level="Allow"
    )
    office.accept(PUT_RULE)
    office.accept(newer)
    office.deliver(newer)
    office.deliver(PUT_RULE)
    assert levels(office)["Nokia 3310"] == "Allow"
    assert "overruled" in office.operation(PUT_RULE).history[-1].note
    assert office.events.types == ["policy.changed"]


def test_an_older_order_that_writes_late_is_set_right() -> None:
    """Its worker was held up between its attempt and its write."""
    office = Office()
    newer = an_order(
        "put_access_rule", 2, characteristic="DeviceModel", query="Nokia 3310", level="Allow"
    )
    office.accept(PUT_RULE)
    with pytest.raises(Died):
        office.steps(calls=5).handle(PUT_RULE)  # it has noted that it begins
    assert office.operation(PUT_RULE).attempted_at is not None
    office.accept(newer)
    office.deliver(newer)
    office.deliver(PUT_RULE)
    assert levels(office)["Nokia 3310"] == "Allow"
    assert office.operation(PUT_RULE).repairs == newer.command_id


def test_one_id_stands_for_one_order() -> None:
    office = Office()
    office.accept(PUT_POLICY)
    other = an_order("put_policy", policy="Strict", settings={"MinPasswordLength": 8})
    with pytest.raises(Conflict, match="under a new command_id"):
        office.accept(other)


def test_what_cannot_be_done_overrules_nothing() -> None:
    office = Office()
    command = an_order("remove_policy", policy="Default")
    office.accept(command)
    with pytest.raises(Rejected, match="make another one the default"):
        office.deliver(command)
    assert office.orders.newest(command.tenant_id, "policy default") is None


def test_a_default_that_was_not_changed_is_refused_with_the_reason() -> None:
    """And the default is what it was: here somebody else changes it meanwhile."""
    office = Office()

    def interfere(number: int) -> None:
        if number == 4:
            office.scene.tenant.set_default_access_level("Quarantine")

    office.scene.before_request = interfere
    office.scene.looks = False
    with pytest.raises(Rejected, match="somebody else changed the default"):
        office.deliver(an_order("set_default_access", level="Block"))
    assert office.scene.default == "Quarantine"


def test_an_order_taken_in_is_queued_as_it_was_sent() -> None:
    office = Office()
    for _ in range(2):
        office.accept(PUT_POLICY)
    assert office.queue.tenant_commands == [PUT_POLICY, PUT_POLICY]


def test_an_order_that_lacks_a_cmdlet_waits_and_goes_on_by_itself() -> None:
    office = Office()
    office.lacking.add("put_policy")
    with pytest.raises(Misconfigured):
        office.deliver(PUT_POLICY)
    assert office.operation(PUT_POLICY).history[-1].note == "put_policy lacks a cmdlet"
    assert office.operation(PUT_POLICY).attempted_at is None
    office.lacking.clear()
    office.deliver(PUT_POLICY)
    assert office.operation(PUT_POLICY).state is State.DONE


def test_settings_too_long_for_the_record_are_told_apart_all_the_same() -> None:
    """What was done is recorded, even if not whole."""
    office = Office()
    for number, half in enumerate((0, 500), start=1):
        names = [f"application {each:05}" for each in range(half, half + 700)]
        office.deliver(
            an_order(
                "put_policy", number, policy="P", settings={"UnapprovedInROMApplicationList": names}
            )
        )
    altered = office.operation(
        an_order("put_policy", 2, policy="P", settings={"MinPasswordLength": 4})
    ).altered
    assert altered is not None
    assert altered.before is not None
    assert altered.after is not None
    assert altered.before["settings"] != altered.after["settings"]
    assert "too long" in altered.after["settings"]


def a_rule(number: int, level: str) -> TenantCommand:
    rule = {"characteristic": "DeviceModel", "query": "Nokia 3310"}
    return an_order("put_access_rule", number, level=level, **rule)


def test_an_older_order_that_was_throttled_never_makes_its_change_again() -> None:
    """A policy that is removed and put again has lost every setting nobody named."""
    office = with_strict(Office())
    removal = an_order("remove_policy", policy="Strict")
    newer = an_order("put_policy", 2, policy="Strict", settings={"MinPasswordLength": 8})
    office.accept(removal)
    with pytest.raises(Died):
        office.steps(calls=6).handle(removal)  # it has noted that it begins
    assert office.operation(removal).attempted_at is not None
    removals = removed(office)
    office.deliver(newer)
    office.deliver(removal)
    assert removed(office) == removals
    assert "overruled" in office.operation(removal).history[-1].note


def removed(office: Office) -> int:
    return office.scene.cmdlets.count("Remove-MobileDeviceMailboxPolicy")


def test_an_older_order_of_no_effect_undoes_no_newer_one() -> None:
    office = with_rule(Office())
    older, newer = a_rule(1, "Allow"), a_rule(2, "Block")
    office.accept(older)
    with pytest.raises(Died):
        office.steps(calls=5).handle(older)
    office.deliver(newer)
    office.deliver(older)
    assert levels(office)["Nokia 3310"] == "Block"


def test_an_order_that_was_refused_revives_nothing_older() -> None:
    """The one before it, which was carried out, stands again."""
    office = Office()
    oldest, carried_out = a_rule(1, "Allow"), a_rule(2, "Block")
    office.accept(oldest)
    office.accept(carried_out)
    office.deliver(carried_out)
    refused = a_rule(3, "Quarantine")
    office.accept(refused)
    office.orders.withdraw(
        TenantOrder(
            command_id=refused.command_id,
            tenant_id=refused.tenant_id,
            target="rule DeviceModel=Nokia 3310",
            given_at=office.operation(refused).opened_at,
        )
    )
    office.deliver(oldest)
    assert levels(office)["Nokia 3310"] == "Block"


def test_of_waiting_orders_for_the_default_the_newest_stands() -> None:
    """One that could not begin because another was under way has done nothing yet."""
    office = Office()
    waiting = an_order("set_default_access", 2, level="Allow")
    newer = an_order("set_default_access", 3, level="Block")
    office.accept(waiting)
    office.accept(newer)
    office.deliver(newer)
    office.records.kept = None  # its record is of another change, as for any other order
    office.deliver(waiting)
    assert office.scene.default == "Block"
    assert "overruled" in office.operation(waiting).history[-1].note


def test_a_policy_is_not_renamed_behind_its_order() -> None:
    with pytest.raises(Rejected, match="not renamed"):
        an_order("put_policy", policy="Strict", settings={"name": "Other"})


def test_an_older_order_is_not_swallowed_by_a_newer_one_that_is_refused() -> None:
    office = with_strict(Office())
    older = an_order("put_policy", 1, policy="Strict", settings={"MinPasswordLength": 8})
    hopeless = an_order("remove_policy", 2, policy="Strict")
    office.deliver(an_order("assign_policy", 3, mailbox="adele@contoso.com", policy="Strict"))
    office.accept(older)
    office.accept(hopeless)
    with pytest.raises(Retryable, match="goes first"):
        office.steps().handle(older)
    with pytest.raises(Rejected, match="assigned"):
        office.deliver(hopeless)
    office.deliver(older)
    assert office.operation(older).altered is not None
    assert office.events.types == ["policy.changed", "policy.changed"]
