"""MaaS360 about one device: its attributes, what was done to it, and what rules did."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.local.simulators.maas360 import ActionStatus
from tests.contract.maas360_world import ONE, World


@pytest.fixture
def world() -> World:
    return World()


def epoch(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))


def test_one_device_is_answered_with_its_core_attributes_only(world: World) -> None:
    device = world.maas.add_device(mailboxDeviceId="ABC123", policyComplianceState="")

    core = world.ask("core", deviceId=device)["device"]

    assert core["maas360DeviceID"] == device
    assert core["mailboxDeviceId"] == "ABC123"
    assert "policyComplianceState" not in core
    assert len(core) == 30


@pytest.mark.parametrize("call", ["core", "mdSecurityCompliance"])
def test_an_unknown_device_is_an_error_with_status_200(world: World, call: str) -> None:
    answer = world.get(f"{ONE}/{call}/30012345", world.token(), deviceId="nobody's")

    assert answer.status_code == 200
    (told,) = answer.json().values()
    assert told == {"errorCode": 1010, "errorDesc": "Device not found"}


def test_a_device_has_to_be_named(world: World) -> None:
    assert world.get(f"{ONE}/core/30012345", world.token()).status_code == 400


def test_security_and_compliance_are_a_list_of_keys_and_values(world: World) -> None:
    device = world.maas.add_device(jailbreakStatus="Yes")

    told = world.ask("mdSecurityCompliance", deviceId=device)["securityCompliance"]

    assert told["maas360DeviceID"] == device
    attributes = told["complianceAttributes"]["complianceAttribute"]
    assert {"key": "Device Jailbroken/Rooted", "type": "string", "value": "Yes"} in attributes


def test_actions_are_found_by_device_kind_and_time_the_newest_first(world: World) -> None:
    start = world.clock()
    first = world.maas.record_action("A", "Lock Device", at=start)
    second = world.maas.record_action("A", "Selective Wipe", at=start + timedelta(hours=1))
    third = world.maas.record_action("B", "Selective Wipe", at=start + timedelta(hours=2))

    def found(**query: str) -> list[int]:
        rows = world.ask("searchActionHistory", **query)["actionHistory"].get("action", [])
        return [row["actionID"] for row in (rows if isinstance(rows, list) else [rows])]

    assert found() == [int(third), int(second), int(first)]
    assert found(maas360DeviceId="A") == [int(second), int(first)]
    assert found(actionType="Selective Wipe") == [int(third), int(second)]
    since = epoch(start + timedelta(minutes=30))
    until = epoch(start + timedelta(minutes=90))
    assert found(fromDate=since, toDate=until) == [int(second)]


def test_an_action_can_be_followed_until_it_is_settled(world: World) -> None:
    device = world.maas.add_device()
    action = world.maas.record_action(device, "Selective Wipe")

    before = world.ask("checkActionStatus", actionID=action)["actionResponse"]
    world.maas.settle_action(action, ActionStatus.COMPLETE)
    after = world.ask("checkActionStatus", actionID=action)["actionResponse"]

    assert before["maas360DeviceID"] == device
    assert [before["actionStatus"], after["actionStatus"]] == [2, 0]


def test_compliance_events_past_the_end_are_those_of_the_last_page(world: World) -> None:
    for minute in range(26):
        at = world.clock() + timedelta(minutes=minute)
        world.maas.record_compliance_event("A", at=at, ruleName=f"Rule {minute}")

    def events(page: str) -> dict[str, Any]:
        return world.ask("searchComplianceEvents", pageSize="25", pageNumber=page)

    newest = events("1")["complianceEvents"]["complianceEvent"][0]
    assert newest == {
        "maas360DeviceID": "A",
        "actionExecutionTime": "2026-03-02T08:25:00Z",
        "ruleName": "Rule 25",
    }
    assert events("3") == events("2")
    assert events("3")["complianceEvents"]["pageNumber"] == 2
    assert events("3")["complianceEvents"]["complianceEvent"]["ruleName"] == "Rule 0"
