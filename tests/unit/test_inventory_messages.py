"""What stands on inventory-pages, what comes over HTTP, and how far a run says it is."""

from datetime import timedelta

import msgspec
import pytest

from shared import inventory_messages, messages
from shared.devices import run_progress
from shared.devices.inventory import Part, Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Counts, Run
from shared.errors import Rejected
from tests.unit.builders import NOW, TENANT

ORDER = RunOrder(
    tenant_id=TENANT, run_id="aaaaaaaa-0000-4000-8000-00000000000a", scope=Scope.CHANGES
)


def test_an_order_is_read_as_it_was_written_however_often_it_was_put_back() -> None:
    body = inventory_messages.write(ORDER)
    for _ in range(3):
        assert inventory_messages.read(body) == ORDER
        body = messages.put_off(body, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "easgate.inventory.v2"},
        {"tenant_id": "contoso"},
        {"run_id": ""},
        {"scope": "everything"},
        {"cursor": "1"},
        {"waiting_since": "yesterday"},
        {"attempt": -1},
    ],
    ids=str,
)
def test_an_odd_message_is_refused(changes: dict[str, object]) -> None:
    fields = msgspec.json.decode(inventory_messages.write(ORDER), type=dict[str, object])
    with pytest.raises(Rejected, match="documented shape"):
        inventory_messages.read(msgspec.json.encode({**fields, **changes}))


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}"])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected):
        inventory_messages.read(body)


def test_a_request_says_who_asks_and_a_full_run_is_the_default() -> None:
    asked = inventory_messages.read_request(b'{"requested_by": "helpdesk:jo"}')
    assert (asked.requested_by, asked.scope) == ("helpdesk:jo", Scope.FULL)
    with pytest.raises(Rejected):
        inventory_messages.read_request(b'{"scope": "full"}')


def a_run(**changes: object) -> Run:
    fields: dict[str, object] = {
        "tenant_id": TENANT,
        "run_id": ORDER.run_id,
        "scope": Scope.FULL,
        "started_at": NOW,
        "part": Part.DEVICES,
        "counts": Counts(pages=100, rows=100_000, changed=7),
        **changes,
    }
    return Run(**fields)  # type: ignore[arg-type]  # named fields only


def test_progress_tells_the_rate_and_the_time_left() -> None:
    progress = run_progress.progress(a_run(), 350_000, NOW + timedelta(seconds=100))
    assert (progress.pages, progress.rows, progress.changed) == (100, 100_000, 7)
    assert (progress.part, progress.rows_per_second) == (Part.DEVICES, 1000)
    assert progress.seconds_left == 250


def test_nobody_guesses_how_long_a_first_run_takes() -> None:
    assert run_progress.progress(a_run(), 0, NOW + timedelta(minutes=1)).seconds_left is None


def test_a_run_that_has_listed_all_is_not_said_to_list() -> None:
    now = NOW + timedelta(minutes=1)
    assert run_progress.progress(a_run(part=Part.SETTLING), 350_000, now).seconds_left is None
    assert run_progress.progress(a_run(), 90_000, now).seconds_left == 0
