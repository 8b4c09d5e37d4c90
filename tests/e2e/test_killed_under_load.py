"""An app killed in the middle of a busy minute finishes its work when it is back."""

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.asking import a_phone, report
from tests.e2e.looking import all_done, events_about, has_no_messages, until
from tests.e2e.side_by_side import a_world

PHONES = 30


def test_thirty_reports_survive_a_crash_while_they_are_worked_on() -> None:
    """Some are done, some under way, some not begun when the app dies without a word."""
    with a_world(lease=1) as (world, client):
        phones = [a_phone(world, f"phone{number}") for number in range(PHONES)]
        world.exchange.faults.latency["*"] = 0.05
        with ThreadPoolExecutor(PHONES) as pool:
            sends = [
                pool.submit(report, world, client, phone, "device.noncompliant") for phone in phones
            ]
            ids = [send.result() for send in sends]

        until(lambda: sum(phone.access_state == "Blocked" for phone in phones) > 3, "some are done")
        world.kill_host()
        left = [phone for phone in phones if phone.access_state != "Blocked"]
        world.start_host()
        until(lambda: all_done(world, client, *ids), "all are done")
        until(lambda: has_no_messages(world), "no message is left")

        assert left, "the app had finished before it was killed"
        assert {phone.access_state for phone in phones} == {"Blocked"}
        for operation_id in ids:
            kinds = {(event["id"], event["type"]) for event in events_about(world, operation_id)}
            assert [kind for _, kind in kinds] == ["easgate.device.access_changed.v1"]
