"""Ways in which the service misbehaves, each when and as often as a test says."""

import json
from datetime import timedelta

import httpx
import pytest

from infra.local.simulators.exchange import ConnectionDropped, faults
from infra.local.simulators.exchange.answers import Details, ErrorStyle, Prefix
from infra.local.simulators.exchange.fault_plan import Fault
from tests.contract.exchange_world import World, amend, body_of

GET = "Get-AcceptedDomain"


def statuses(world: World, cmdlet: str, count: int) -> list[int]:
    return [world.invoke(cmdlet).status_code for _ in range(count)]


def test_a_fault_meets_its_cmdlet_as_often_as_planned() -> None:
    world = World()
    world.exchange.faults.inject(faults.unavailable(), cmdlet=GET, times=2)

    assert statuses(world, "Get-MobileDevice", 1) == [200]
    assert statuses(world, GET, 3) == [503, 503, 200]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.unauthorized(), 401),
        (faults.forbidden_nul(), 403),
        (faults.forbidden_with_diagnostics("why"), 403),
        (faults.not_found("x"), 404),
        (faults.not_found("x", status=400), 400),
        (faults.throttled(), 429),
        (faults.gateway_timeout(), 504),
        (faults.transient("DCOverloadedException", status=500), 500),
    ],
)
def test_faults_that_answer_instead_run_nothing(fault: Fault, status: int) -> None:
    world = World()
    world.exchange.faults.inject(fault)

    assert statuses(world, GET, 2) == [status, 200]
    assert [call.executed for call in world.exchange.calls] == [False, True]


def test_a_refused_token_may_come_with_a_demand_for_claims() -> None:
    world = World()
    world.exchange.faults.inject(faults.unauthorized(claims="eyJ9"))

    challenge = world.invoke(GET).headers["WWW-Authenticate"]

    assert 'error="insufficient_claims", claims="eyJ9"' in challenge


@pytest.mark.parametrize("retry_after", ["7", "1.5", None])
def test_throttling_says_when_to_return_or_does_not(retry_after: str | None) -> None:
    world = World()
    world.exchange.faults.inject(faults.throttled(retry_after))

    assert world.invoke(GET).headers.get("Retry-After") == retry_after


@pytest.mark.parametrize(
    ("prefix", "start"),
    [
        (Prefix.BARE, "||The operation couldn't be performed"),
        (Prefix.TYPED, "|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFound"),
        (Prefix.NUMBERED, "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObject"),
    ],
)
def test_genuine_errors_come_in_three_dialects(prefix: Prefix, start: str) -> None:
    world = World()
    world.exchange.error_style = ErrorStyle(prefix=prefix, not_found_status=400)

    response = world.invoke("Get-MobileDevice", {"Identity": "x"})
    error = body_of(response)["error"]

    assert (response.status_code, error["message"]) == (400, "Error executing cmdlet")
    assert error["details"][0]["message"].startswith(start)
    inner = error["innererror"]["internalexception"]["type"]
    assert inner.endswith(".DirectInvokeCmdletExecutionException")


def test_details_may_be_a_serialised_exception() -> None:
    world = World()
    world.exchange.faults.inject(faults.failing("No.", details=Details.JSON))

    message = body_of(world.invoke(GET))["error"]["details"][0]["message"]

    assert json.loads(message)["Message"] == "No."


def test_errors_and_warnings_may_stand_beside_success() -> None:
    world = World()
    world.exchange.faults.inject(faults.with_errors(["half of it failed"]))
    world.exchange.faults.inject(faults.with_warnings(["mind the gap"]))

    first, second = world.done(GET), world.done(GET)

    assert first["@adminapi.errors"] == ["half of it failed"]
    assert second["@adminapi.warnings"] == ["mind the gap"]
    assert len(first["value"]) == len(second["value"]) == 2


def test_success_may_have_no_body() -> None:
    world = World()
    world.exchange.faults.inject(faults.with_empty_body())
    order = {"Identity": "adele@contoso.com", "ActiveSyncAllowedDeviceIDs": amend(Add="A1")}

    response = world.invoke("Set-CASMailbox", order)

    assert (response.status_code, response.read()) == (200, b"")
    assert world.mailbox.allowed_ids == ["A1"]


def test_a_connection_may_drop_after_the_command_took_effect() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.exchange.faults.inject(faults.dropped_after_effect(), cmdlet="Clear-MobileDevice")

    with pytest.raises(httpx.RemoteProtocolError) as dropped:
        world.invoke("Clear-MobileDevice", {"Identity": device.identity, "Confirm": False})

    assert isinstance(dropped.value, ConnectionDropped)
    assert device.wipe.requests == 1
    assert [(call.status, call.executed) for call in world.exchange.calls] == [(None, True)]


def test_a_connection_may_drop_before_the_command_took_effect() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.exchange.faults.inject(faults.dropped_before_effect())

    with pytest.raises(ConnectionDropped):
        world.invoke("Clear-MobileDevice", {"Identity": device.identity, "Confirm": False})

    assert device.wipe.requests == 0


def test_the_service_may_be_down_until_it_is_not() -> None:
    world = World()
    world.exchange.faults.down = True
    assert statuses(world, GET, 3) == [503, 503, 503]

    world.exchange.faults.clear()
    assert statuses(world, GET, 1) == [200]


def test_a_command_takes_as_long_as_its_latency_says() -> None:
    world = World()
    world.exchange.faults.latency |= {GET: 0.59, "*": 0.1}

    world.invoke(GET)
    world.invoke("Get-MobileDevice")

    assert world.waited == [0.59, 0.1]


def test_readers_see_a_change_only_after_the_delay() -> None:
    world = World()
    world.tenant.replication_delay = timedelta(seconds=30)
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    def listed() -> tuple[list[str], list[str]]:
        [row] = world.rows("Get-CASMailbox")
        states = [one["DeviceAccessState"] for one in world.rows("Get-MobileDevice")]
        return row["ActiveSyncBlockedDeviceIDs"], states

    block = {"Identity": "adele@contoso.com", "ActiveSyncBlockedDeviceIDs": amend(Add="A1")}
    world.invoke("Set-CASMailbox", block)
    assert device.access_state == "Blocked"
    assert listed() == ([], ["Allowed"])
    world.clock.advance(seconds=20)
    world.invoke("Remove-MobileDevice", {"Identity": str(device.guid)})
    world.clock.advance(seconds=10)
    assert listed() == (["A1"], ["Blocked"])
    world.clock.advance(seconds=20)
    assert listed() == (["A1"], [])


def test_readers_see_a_change_of_the_organization_only_after_the_delay() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.replication_delay = timedelta(seconds=30)
    rule = {"QueryString": "iPhone", "Characteristic": "DeviceType", "AccessLevel": "Block"}

    def listed() -> tuple[int, str]:
        [row] = world.rows("Get-MobileDevice")
        return len(world.rows("Get-ActiveSyncDeviceAccessRule")), row["DeviceAccessState"]

    world.done("New-ActiveSyncDeviceAccessRule", **rule)
    assert listed() == (0, "Allowed")
    world.clock.advance(seconds=30)
    assert listed() == (1, "Blocked")


def test_success_may_have_neither_value_nor_error() -> None:
    world = World()
    world.exchange.faults.inject(faults.without_value())

    body = world.done(GET)

    assert "value" not in body
    assert body["@adminapi.warnings"] == []
