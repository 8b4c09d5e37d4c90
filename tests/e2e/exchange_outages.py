"""Exchange that is down, busy, or answers to nobody: orders wait, and come right by themselves."""

from datetime import timedelta

from infra.local import contoso
from infra.local.simulators.exchange import faults
from tests.e2e.asking import a_phone, carried_out, obey, order, report
from tests.e2e.looking import (
    all_done,
    carried_out_by_exchange,
    course,
    done,
    events_about,
    has_no_messages,
    operation,
    until,
    waits_for,
    wipe_requests,
)
from tests.e2e.side_by_side import a_world


def while_exchange_is_down_orders_and_reports_wait_and_then_are_carried_out() -> None:
    with a_world() as (world, client):
        ordered, reported = a_phone(world, "ordered"), a_phone(world, "reported")
        world.exchange.faults.down = True
        first = order(world, client, ordered, "block")
        second = report(world, client, reported, "device.noncompliant")
        reasons = [
            until(lambda: waits_for(world, client, first), "the order waits"),
            until(lambda: waits_for(world, client, second), "the report waits"),
        ]
        world.exchange.faults.clear()
        until(lambda: all_done(world, client, first, second), "both are done")

        assert all("Exchange is busy" in reason and "HTTP 503" in reason for reason in reasons)
        for operation_id in (first, second):
            found = operation(world, client, operation_id)
            assert course(found) == ["waiting", "planned", "done"]
            assert len(events_about(world, operation_id)) == 1
        assert (ordered.access_state, reported.access_state) == ("Blocked", "Blocked")


def a_long_wait_that_exchange_asks_for_is_kept() -> None:
    with a_world() as (world, client):
        phone = a_phone(world, "throttled")
        world.exchange.faults.inject(faults.throttled("7"), cmdlet="Set-CASMailbox")
        operation_id = order(world, client, phone, "block")
        reason = until(lambda: waits_for(world, client, operation_id), "it waits")
        until(lambda: done(world, client, operation_id), "it is done")

        assert "HTTP 429" in reason
        calls = [call for call in world.exchange.calls if call.cmdlet == "Set-CASMailbox"]
        first, second = [call.at for call in calls]
        assert second - first >= timedelta(seconds=7)
        assert phone.access_state == "Blocked"


def a_wipe_whose_answer_is_lost_is_requested_exactly_once() -> None:
    with a_world() as (world, client):
        landed, missed = a_phone(world, "landed"), a_phone(world, "missed")
        world.exchange.faults.inject(faults.dropped_after_effect(), cmdlet="Clear-MobileDevice")
        first = order(world, client, landed, "wipe_account")
        until(lambda: landed.account_wipe.requests == 1, "the wipe is requested")
        world.exchange.faults.inject(faults.dropped_before_effect(), cmdlet="Clear-MobileDevice")
        second = order(world, client, missed, "wipe_account")
        until(lambda: missed.account_wipe.requests == 1, "the other wipe is requested")
        obey(world, landed, missed)
        until(lambda: all_done(world, client, first, second), "both are done")
        until(lambda: has_no_messages(world), "no message is left")

        assert (landed.account_wipe.requests, missed.account_wipe.requests) == (1, 1)
        # Exchange answered only the second request for the second phone.
        assert (wipe_requests(world, landed), wipe_requests(world, missed)) == (0, 1)
        for operation_id in (first, second):
            kinds = [event["type"] for event in events_about(world, operation_id)]
            assert kinds == [
                "easgate.device.wipe_requested.v1",
                "easgate.device.wipe_acknowledged.v1",
            ]


def a_refused_token_is_renewed_once_and_a_lost_answer_makes_no_difference() -> None:
    with a_world() as (world, client):
        carried_out(world, client, a_phone(world, "before"), "block")
        issued = world.entra.tokens_issued[contoso.CLIENT_ID]
        refused, unheard = a_phone(world, "refused"), a_phone(world, "unheard")

        world.exchange.faults.inject(faults.unauthorized(), cmdlet="Set-CASMailbox")
        found = carried_out(world, client, refused, "block")
        assert world.entra.tokens_issued[contoso.CLIENT_ID] == issued + 1
        assert carried_out_by_exchange(world, "Set-CASMailbox", refused) == 1
        assert [step["state"] for step in found["history"]].count("waiting") == 1  # just ordered

        world.exchange.faults.inject(faults.dropped_after_effect(), cmdlet="Set-CASMailbox")
        found = carried_out(world, client, unheard, "block")
        lists = (unheard.mailbox.allowed_ids, unheard.mailbox.blocked_ids)
        assert lists == ([], [unheard.device_id])
        assert found["after"]["access"] == "Blocked"
        assert len(events_about(world, found["operation_id"])) == 1


STORIES = (
    while_exchange_is_down_orders_and_reports_wait_and_then_are_carried_out,
    a_long_wait_that_exchange_asks_for_is_kept,
    a_wipe_whose_answer_is_lost_is_requested_exactly_once,
    a_refused_token_is_renewed_once_and_a_lost_answer_makes_no_difference,
)
