"""What may not be asked for, what Exchange refuses, and what it loses on the way."""

from collections.abc import Callable, Iterator

import pytest
import stamina

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import BATCH, Fault
from shared.devices.subject import Partnership
from shared.errors import Failure, Misconfigured, NotPermitted, Rejected, Retryable
from shared.exchange.partnerships import Partnerships
from shared.exchange.probe import CMDLETS, Probe
from tests.contract.exchange_client import ClientWorld

ADELE = "adele@contoso.com"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
MAILBOXES, DEVICES = "Get-Mailbox", "Get-MobileDevice"

Find = Callable[[Partnerships], tuple[Partnership, ...]]
FINDS: list[Find] = [
    lambda known: known.of_owner(ADELE),
    lambda known: known.with_device_id("A1"),
]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture
def world() -> ClientWorld:
    world = ClientWorld()
    world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.add_device(world.tenant.add_mailbox("bob@contoso.com"), device_id="a1")
    return world


@pytest.mark.parametrize(
    "device_id",
    [
        "",
        "*",
        "A*",
        "A?",
        "A1'",
        "x' -or DeviceId -like '*",
        "x'' -or DeviceId -ne '",
        'A"1',
        "$true",
        "A\n1",
        "A\0",
        "(A1)",
        "iPhone§A1",
        "\uff211",
        "A" * 129,
    ],
)
def test_what_cannot_be_an_id_is_refused_and_not_asked_for(
    world: ClientWorld, device_id: str
) -> None:
    with pytest.raises(Rejected, match="cannot be the DeviceID"):
        Partnerships(world.transport).with_device_id(device_id)
    assert world.exchange.calls == []


@pytest.mark.parametrize("imei", ["", "*", "35693803564380*", "1234567", "' -or '", "٣" * 15])
def test_what_is_no_imei_is_refused_and_not_asked_for(world: ClientWorld, imei: str) -> None:
    with pytest.raises(Rejected, match="is no IMEI"):
        Partnerships(world.transport).with_imei(imei)
    assert world.exchange.calls == []


@pytest.mark.parametrize("owner", ["*@contoso.com", "a*@contoso.com", "*@*"])
def test_an_owner_with_a_wildcard_is_refused_and_not_asked_for(
    world: ClientWorld, owner: str
) -> None:
    with pytest.raises(Rejected, match="wildcard"):
        Partnerships(world.transport).of_owner(owner)
    assert world.exchange.calls == []


def test_an_id_of_too_many_mailboxes_tells_no_devices_apart(world: ClientWorld) -> None:
    for number in range(101):
        owner = world.tenant.add_mailbox(f"m{number}@contoso.com")
        world.tenant.add_device(owner, device_id="SAME", imei="000000000000000")

    with pytest.raises(Rejected, match="101 mailboxes share"):
        Partnerships(world.transport).with_device_id("SAME")
    with pytest.raises(Rejected, match="101 mailboxes share"):
        Partnerships(world.transport).with_imei("000000000000000")
    assert {call.cmdlet for call in world.exchange.calls} == {DEVICES}


@pytest.mark.parametrize("cmdlet", [MAILBOXES, DEVICES, BATCH])
@pytest.mark.parametrize(
    "fault", [faults.throttled("1"), faults.unavailable(), faults.dropped_before_effect()]
)
def test_what_was_throttled_or_lost_is_asked_for_again(
    world: ClientWorld, cmdlet: str, fault: Fault
) -> None:
    found = []
    for find in FINDS:
        world.exchange.faults.inject(fault, cmdlet=cmdlet)
        found.append(len(find(Partnerships(world.transport))))

    assert found == [1, 2]


@pytest.mark.parametrize("find", FINDS)
@pytest.mark.parametrize("cmdlet", [MAILBOXES, DEVICES])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.throttled("60"), Retryable),
        (faults.out_of_read_scope("x"), Rejected),
        (faults.forbidden_nul(), Misconfigured),
        (faults.without_value(), Retryable),
    ],
)
def test_whatever_part_cannot_be_read_there_is_no_answer(
    world: ClientWorld, find: Find, *, cmdlet: str, fault: Fault, kind: type[Failure]
) -> None:
    world.exchange.faults.inject(fault, cmdlet=cmdlet, times=None)

    with pytest.raises(kind):
        find(Partnerships(world.transport))


def test_one_mailbox_of_two_that_is_not_shown_leaves_no_answer(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.not_found("bob"), cmdlet=MAILBOXES)

    with pytest.raises(Retryable, match="contradicts itself"):
        Partnerships(world.transport).with_device_id("A1")


def test_devices_of_a_known_mailbox_that_is_unknown_leave_no_answer(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.not_found(ADELE), cmdlet=DEVICES)

    with pytest.raises(Retryable, match="contradicts itself"):
        Partnerships(world.transport).of_owner(ADELE)


def test_an_app_that_may_only_read_can_recognise_devices(world: ClientWorld) -> None:
    world.bearer.claims = {"wids": [GLOBAL_READER]}
    probe = Probe(world.transport.exported_cmdlets, world.clock)

    assert len(Partnerships(world.transport).with_device_id("A1")) == 2
    assert len(Partnerships(world.transport).of_owner(ADELE)) == 1
    assert probe.known_to_lack("recognise") == frozenset()
    assert {call.cmdlet for call in world.exchange.calls} - {"EXOModuleFile"} == CMDLETS[
        "recognise"
    ]


def test_an_app_without_a_role_for_recipients_is_told_so(world: ClientWorld) -> None:
    world.bearer.claims = {"wids": []}

    with pytest.raises(NotPermitted):
        Partnerships(world.transport).of_owner(ADELE)
