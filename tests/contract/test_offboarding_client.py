"""A lost phone is shut out by the real clients, of Exchange, Microsoft Graph and an authority."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import CrlMode
from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.devices import ClientType
from infra.local.simulators.graph import Moment
from shared.devices.offboarding_words import NOT_CONFIRMED, ONLY_OUTLOOK
from shared.devices.operation import Operation, State
from shared.errors import NotFound
from shared.exchange.mailbox_owners import MailboxOwners
from tests.contract.offboarding_tenant import OWNER, LostPhone, lost_phone

PHONE = {"device_id": "LOST1"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(None) as server:
        yield server


@pytest.fixture
def world(storage: str, server: Server) -> Iterator[LostPhone]:
    """Adele has lost the phone LOST1."""
    with lost_phone(storage, server) as made:
        made.add("LOST1")
        yield made


def report(operation: Operation) -> dict[str, Any]:
    """Return what the operation ended with."""
    assert operation.state is State.DONE
    assert operation.altered is not None
    assert operation.altered.after is not None
    return operation.altered.after


def outcomes(operation: Operation) -> list[str]:
    """Return what came of each step, in their order."""
    return ["/".join(counted) for counted in report(operation)["counts"].values()]


def test_a_phone_is_shut_out_and_the_person_with_it(world: LostPhone) -> None:
    before = world.user["signInSessionsValidFromDateTime"]
    serial = world.issuing.user_certificate(upn=OWNER).serial
    world.issuing.revoke(serial)

    operation = world.order(
        "offboard_device", **PHONE, serial_number=serial, issuer=world.issuer, disable_sign_in=True
    )

    assert outcomes(operation) == [
        *("done", "done", "done", "done", "done", "done", "done before", "done"),
    ]
    assert world.client.mailbox.blocked_ids == ["LOST1"]
    assert world.client.mailbox.devices == {}
    assert world.user["accountEnabled"] is False
    assert world.user["signInSessionsValidFromDateTime"] > before
    assert report(operation)["directory_id"] == world.user_id
    assert world.asked_for("Clear-MobileDevice") == 1
    assert world.events.types[-1] == "offboarding.ended"


def test_a_phone_that_is_off_is_waited_for_and_the_person_keeps_the_account_so_long(
    world: LostPhone,
) -> None:
    world.is_online = False
    before = world.client.clock()
    operation = world.order(
        "offboard_device", **PHONE, acknowledgement_hours=6, disable_sign_in=True
    )
    assert outcomes(operation)[2:4] == ["timed out", "done"]
    assert NOT_CONFIRMED in report(operation)["uncertain"]
    assert world.client.clock() - before >= timedelta(hours=6)
    assert world.user["accountEnabled"] is False
    assert world.asked_for("Clear-MobileDevice") == 1


def test_a_client_that_cannot_be_wiped_is_shut_out_all_the_same(world: LostPhone) -> None:
    world.add("OLD1", client_version="14.1")
    operation = world.order("offboard_device", device_id="OLD1")
    assert outcomes(operation)[:4] == ["done", "impossible", "impossible", "done"]
    assert world.asked_for("Clear-MobileDevice") == 0
    assert outcomes(operation)[6] == "done before"


def test_outlook_is_told_apart(world: LostPhone) -> None:
    world.add("OUTLOOK1", client_type=ClientType.OUTLOOK, device_type="Outlook", client_version="")
    operation = world.order("offboard_device", device_id="OUTLOOK1")
    assert outcomes(operation)[:3] == ["done"] * 3
    assert ONLY_OUTLOOK in report(operation)["uncertain"]


def test_a_policy_is_taken_off_once_the_last_phone_is_gone(world: LostPhone) -> None:
    world.add("TABLET1")
    world.client.invoke("New-MobileDeviceMailboxPolicy", {"Name": "Strict"})
    policy = {"Identity": OWNER, "ActiveSyncMailboxPolicy": "Strict"}
    world.client.invoke("Set-CASMailbox", policy)
    one = world.order("offboard_device", **PHONE)
    assert outcomes(one)[6] == "left as it is"
    assert world.client.mailbox.policy_id is not None

    rest = world.order("offboard_user")
    assert report(rest)["counts"]["removal"] == {"done": 1}
    assert outcomes(rest)[6] == "done"
    assert world.client.mailbox.policy_id is None


@pytest.mark.parametrize(
    ("mode", "says"),
    [(CrlMode.RIGHT, "is not on the list of"), (CrlMode.STALE, "no usable list")],
    ids=str,
)
def test_a_certificate_that_is_not_revoked_is_somebody_elses_work(
    world: LostPhone, mode: CrlMode, says: str
) -> None:
    serial = world.issuing.user_certificate(upn=OWNER).serial
    world.issuing.crl_mode = mode
    operation = world.order("offboard_device", **PHONE, serial_number=serial, issuer=world.issuer)
    assert outcomes(operation)[4] == "failed"
    assert says in report(operation)["steps"]["certificate"]["says"]
    [to_do] = report(operation)["to_do"]
    assert f"contoso-issuing revoke {serial} and publish the list at" in to_do


def test_without_the_permissions_the_phone_is_shut_out_and_the_report_names_them(
    world: LostPhone,
) -> None:
    world.graph.roles = ("User.Read.All",)
    operation = world.order("offboard_device", **PHONE, disable_sign_in=True)
    assert outcomes(operation)[3] == outcomes(operation)[7] == "failed"
    steps = report(operation)["steps"]
    assert "User.RevokeSessions.All" in steps["sessions"]["says"]
    assert "User.EnableDisableAccount.All" in steps["sign_in"]["says"]
    assert world.client.mailbox.devices == {}


@pytest.mark.parametrize("cmdlet", ["Set-CASMailbox", "Clear-MobileDevice", "Remove-MobileDevice"])
def test_an_answer_of_exchange_that_is_lost_is_made_good(world: LostPhone, cmdlet: str) -> None:
    world.client.exchange.faults.inject(faults.dropped_after_effect(), cmdlet=cmdlet)
    operation = world.order("offboard_device", **PHONE)
    assert outcomes(operation)[0] == outcomes(operation)[2] == outcomes(operation)[5] == "done"
    assert world.client.mailbox.blocked_ids == ["LOST1"]
    assert world.phones[0].account_wipe.requests <= 1


def test_an_answer_of_graph_that_is_lost_is_made_good(world: LostPhone) -> None:
    world.graph.graph.drop_next(on="revokeSessions", moment=Moment.AFTER)
    world.graph.graph.drop_next(on="updateUser", moment=Moment.AFTER)
    operation = world.order("offboard_device", **PHONE, disable_sign_in=True)
    assert outcomes(operation)[3] == outcomes(operation)[7] == "done"
    assert world.graph.graph.count("revokeSessions") == 1
    assert world.user["accountEnabled"] is False


def test_whose_a_mailbox_is_and_what_is_in_it(world: LostPhone) -> None:
    owners = MailboxOwners(world.client.transport)
    world.add("lost1", device_type="iPad")
    assert owners.directory_id(OWNER) == world.user_id
    assert [each.casefold() for each in owners.device_ids(OWNER)] == ["lost1"]
    for ask in (owners.directory_id, owners.device_ids):
        with pytest.raises(NotFound):
            ask("nobody@contoso.com")
