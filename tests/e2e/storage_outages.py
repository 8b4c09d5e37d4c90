"""Storage is down, or a part of it: nobody is told yes, and all goes on when it is back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from infra.local.world import World
from tests.e2e.asking import a_phone, an_order, order, post
from tests.e2e.fuse import Failing, Fuse, busy, cut_before_effect
from tests.e2e.looking import all_done, done, events_about, has_no_messages, rows, until
from tests.e2e.managing import carried_out, composed, held, managed, which
from tests.e2e.side_by_side import a_world

SENDERS_PATIENCE = 15.0  # seconds a sender waits for an answer


@contextmanager
def storage_down(world: World) -> Iterator[None]:
    """Stop Azurite for as long as the block lasts."""
    azurite = world._azurite  # noqa: SLF001 - only tests turn storage off
    azurite.stop()
    try:
        yield
    finally:
        azurite.start()


def while_storage_is_down_senders_are_told_to_come_again_and_nothing_is_lost() -> None:
    with TemporaryDirectory() as folder, a_world(keep=Path(folder)) as (world, client):
        _is_told_at_every_door(world, storage_down(world), reports=503)
        assert client.get(f"{world.url}/api/health").json() == {"status": "ready"}


def while_tables_are_busy_reports_are_taken_and_all_else_is_told_to_come_again() -> None:
    _is_told_while_a_service_fails("tables", busy)


def while_queues_are_busy_senders_are_told_to_come_again() -> None:
    _is_told_while_a_service_fails("queues", busy)


def while_queues_break_off_senders_are_told_to_come_again() -> None:
    _is_told_while_a_service_fails("queues", cut_before_effect)


def while_tables_break_off_reports_are_taken_and_all_else_is_told_to_come_again() -> None:
    _is_told_while_a_service_fails("tables", cut_before_effect)


def while_queues_are_busy_each_sender_is_told_to_come_again_in_the_way_it_understands() -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch, lease=1) as (world, client):
        fleets, standards = managed(world, "fleet"), managed(world, "standard")
        calls = {
            "fleet": composed(world, "fleet", "mdm_unenrolled", fleets.phone),
            "standard": composed(world, "standard", "device.noncompliant", standards.phone),
        }
        with fuse.blown("queues", busy):
            told = {name: client.send(call) for name, call in calls.items()}
        again = {name: client.send(call) for name, call in calls.items()}
        ids = {name: answer.json()["operation_ids"][0] for name, answer in again.items()}
        until(lambda: carried_out(world, client, ids["standard"]), "the one is carried out")
        until(lambda: held(world, client, fleets.phone), "the other waits for a person")
        post(world, client, f"operations/{ids['fleet']}/link", which(fleets))
        until(lambda: carried_out(world, client, ids["fleet"]), "it is carried out as well")

        assert {name: each.status_code for name, each in told.items()} == {
            "fleet": 429,
            "standard": 503,
        }
        assert all(int(each.headers["Retry-After"]) > 0 for each in told.values())
        assert [each.status_code for each in again.values()] == [202, 202]
        assert {each.device.access_state for each in (fleets, standards)} == {"Blocked"}


def an_order_under_way_when_storage_fails_comes_to_its_end() -> None:
    with TemporaryDirectory() as folder, a_world(keep=Path(folder), lease=1) as (world, client):
        phone = a_phone(world, "underway")
        world.exchange.faults.latency["Set-CASMailbox"] = 2.0
        operation_id = order(world, client, phone, "block")
        # Behind this note stands nothing that takes storage but the call to Exchange.
        until(lambda: is_attempted(world, operation_id), "it is about to be carried out")
        with storage_down(world):
            until(lambda: phone.access_state == "Blocked", "Exchange is told, nobody notes it")
        world.exchange.faults.clear()
        until(lambda: done(world, client, operation_id), "it is done")
        until(lambda: has_no_messages(world), "no message is left")

        assert phone.access_state == "Blocked"
        assert len({event["id"] for event in events_about(world, operation_id)}) == 1


def is_attempted(world: World, operation_id: str) -> bool:
    """Whether the journal says that Exchange is about to be told."""
    known = (row for row in rows(world, "journal") if row["RowKey"] == operation_id)
    return any(row.get("attempted_at") for row in known)


def _is_told_while_a_service_fails(service: str, failing: Failing) -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch, lease=1) as (world, _):
        # A report only has to be stored on a queue; all else needs tables too.
        reports = 202 if service == "tables" else 503
        _is_told_at_every_door(world, fuse.blown(service, failing), reports=reports)


def _is_told_at_every_door(
    world: World, outage: AbstractContextManager[None], *, reports: int
) -> None:
    """Try each door during the outage, then do as a sender does, which is to send again."""
    ordered, reported = a_phone(world, "ordered"), a_phone(world, "reported")
    command = an_order(ordered, "block")
    with httpx.Client(timeout=SENDERS_PATIENCE) as client:
        mdm = world.mdm(client)
        body = mdm.payload(
            "device.noncompliant", mailbox=reported.mailbox.address, device_id=reported.device_id
        )
        doors: tuple[Callable[[], httpx.Response], ...] = (
            lambda: post(world, client, "commands", command),
            lambda: mdm.send(body, message_id="msg_outage"),
            lambda: client.get(f"{world.url}/api/health"),
        )
        with outage, ThreadPoolExecutor(len(doors)) as pool:
            answers = [answer.result() for answer in [pool.submit(door) for door in doors]]
        again = [door() for door in doors[:2]]
        ids = [answer.json()["operation_id"] for answer in again]
        until(lambda: all_done(world, client, *ids), "what was sent again is carried out")

    assert [answer.status_code for answer in answers] == [503, reports, 503]
    refused = [answer for answer in answers[:2] if answer.status_code == 503]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    if answers[1] in refused:
        assert answers[1].json() == {"title": "Service Unavailable", "status": 503}
    assert answers[2].json() == {"status": "not ready"}
    assert [answer.status_code for answer in again] == [202, 202]
    assert (ordered.access_state, reported.access_state) == ("Blocked", "Blocked")


STORIES = (
    while_storage_is_down_senders_are_told_to_come_again_and_nothing_is_lost,
    while_tables_are_busy_reports_are_taken_and_all_else_is_told_to_come_again,
    while_queues_are_busy_senders_are_told_to_come_again,
    while_queues_break_off_senders_are_told_to_come_again,
    while_tables_break_off_reports_are_taken_and_all_else_is_told_to_come_again,
    while_queues_are_busy_each_sender_is_told_to_come_again_in_the_way_it_understands,
    an_order_under_way_when_storage_fails_comes_to_its_end,
)
