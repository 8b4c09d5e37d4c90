"""Entra ID, Event Grid or Key Vault is down: what can go on does, the rest waits."""

from functools import partial

import httpx

from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import a_phone, order, report
from tests.e2e.fuse import Fuse, busy, cut_after_effect, cut_before_effect
from tests.e2e.looking import (
    all_done,
    carried_out_by_exchange,
    done,
    events_about,
    operation,
    until,
    waits_for,
)
from tests.e2e.side_by_side import a_world

SENDERS_PATIENCE = 15.0  # seconds a sender waits for an answer


def while_the_login_service_is_down_an_order_waits_and_is_then_carried_out() -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch) as (world, client):
        phone = a_phone(world, "loggedout")
        with fuse.blown("entra", busy):
            operation_id = order(world, client, phone, "block")
            reason = until(lambda: waits_for(world, client, operation_id), "it waits")
        until(lambda: done(world, client, operation_id), "it is done")

        assert "Entra ID" in reason
        assert phone.access_state == "Blocked"
        assert len(events_about(world, operation_id)) == 1


def while_the_topic_is_down_phones_are_put_right_and_it_is_told_later() -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch) as (world, client):
        untold, told = a_phone(world, "untold"), a_phone(world, "told")
        with fuse.blown("topic", busy):
            first = report(world, client, untold, "device.noncompliant")
            reason = until(lambda: waits_for(world, client, first), "it waits")
            assert untold.access_state == "Blocked"
            assert events_about(world, first) == []
        with fuse.blown("topic", cut_after_effect):
            second = report(world, client, told, "device.noncompliant")
            until(lambda: waits_for(world, client, second), "it waits")
        until(lambda: all_done(world, client, first, second), "both are done")

        assert "event topic is busy" in reason
        for operation_id, phone in ((first, untold), (second, told)):
            assert len({event["id"] for event in events_about(world, operation_id)}) == 1
            history = operation(world, client, operation_id)["history"]
            decisions = [step for step in history if step["note"].startswith("block: ")]
            assert len(decisions) == 1
            assert carried_out_by_exchange(world, "Set-CASMailbox", phone) == 1
        repeated = events_about(world, second)
        assert len(repeated) > 1
        assert all(event == repeated[0] for event in repeated)


def while_the_vault_is_down_webhooks_are_checked_with_the_remembered_secret() -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch) as (world, client):
        report(world, client, a_phone(world, "earlier"), "device.noncompliant")
        for failing in (busy, cut_before_effect):
            phone = a_phone(world, f"later{failing.__name__}")
            with fuse.blown("vault", failing):
                operation_id = report(world, client, phone, "device.noncompliant")
                forged = world.mdm(client).send_forged(b"{}")

            assert forged.status_code == 401
            until(partial(done, world, client, operation_id), "it is done")
            assert phone.access_state == "Blocked"


def an_app_that_cannot_get_the_secret_tells_senders_to_come_again() -> None:
    fuse = Fuse()
    with a_world(watch=fuse.watch) as (world, client):
        phone = a_phone(world, "newborn")
        for service, failing in (("vault", busy), ("identity", busy), ("vault", cut_before_effect)):
            world.stop_host()
            world.start_host()  # which has not seen the secret yet
            with fuse.blown(service, failing):
                answer = _sent(world, client, phone)

            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 30  # no sooner is the vault asked again
            assert answer.elapsed.total_seconds() < SENDERS_PATIENCE


def _sent(world: World, client: httpx.Client, phone: Device) -> httpx.Response:
    mdm = world.mdm(client)
    mailbox = phone.mailbox.address
    return mdm.send(mdm.payload("device.noncompliant", mailbox=mailbox, device_id=phone.device_id))


STORIES = (
    while_the_login_service_is_down_an_order_waits_and_is_then_carried_out,
    while_the_topic_is_down_phones_are_put_right_and_it_is_told_later,
    while_the_vault_is_down_webhooks_are_checked_with_the_remembered_secret,
    an_app_that_cannot_get_the_secret_tells_senders_to_come_again,
)
