"""One chain for each tenant, whoever writes to it, and whatever happens on the way."""

from datetime import timedelta

import pytest

from shared.audit import verify
from shared.audit.reading import Span
from shared.audit.record import Kind
from shared.audit.verify import Chain
from shared.errors import Rejected, Retryable
from shared.records.audit_export import AuditExport
from shared.records.audit_log import AuditLog
from tests.unit.audit_world import AT, FakeBlobs, an_entry
from tests.unit.stand_ins import FakeClock

A_DAY = timedelta(days=1)


def verified(blobs: FakeBlobs, tenant_id: str = "t1") -> Chain:
    chain = verify.verify(verify.read("all", blobs.text(tenant_id)))
    assert chain.findings == []
    return chain


def told(blobs: FakeBlobs) -> list[str]:
    """Return which operations stand there, in their order."""
    found = [chain.record for _, chain in sorted(verified(blobs).records.items())]
    return [each.operation_id for each in found if each and each.kind == Kind.PLANNED]


def operations(*numbers: int) -> list[str]:
    return [f"operation-{number}" for number in numbers]


def test_a_record_costs_one_call_once_the_day_has_begun() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    log.append(an_entry(1))
    begun = len(blobs.calls)
    log.append(an_entry(2))
    log.append(an_entry(3))
    assert blobs.calls[begun:] == ["append", "append"]
    assert told(blobs) == operations(1, 2, 3)


def test_writers_who_do_not_know_of_each_other_make_one_chain() -> None:
    blobs = FakeBlobs()
    logs = [AuditLog(blobs, lambda: AT) for _ in range(3)]
    for number in range(12):
        logs[number % 3].append(an_entry(number))
    assert told(blobs) == operations(*range(12))


def test_the_same_step_again_is_no_second_record() -> None:
    """Nor after the worker's death: the next one has read the latest."""
    blobs = FakeBlobs()
    for _ in range(2):
        log = AuditLog(blobs, lambda: AT)
        log.append(an_entry(1))
        log.append(an_entry(1))
    assert told(blobs) == operations(1)


def test_an_append_whose_answer_got_lost_is_not_made_again() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    log.append(an_entry(1))
    blobs.lost = True
    log.append(an_entry(2))
    assert told(blobs) == operations(1, 2)


def test_another_day_begins_another_file_and_goes_on_with_the_chain() -> None:
    blobs, clock = FakeBlobs(), FakeClock(AT)
    log, other = AuditLog(blobs, clock), AuditLog(blobs, clock)
    log.append(an_entry(1))
    other.append(an_entry(2))
    clock.advance(A_DAY)
    log.append(an_entry(3))
    other.append(an_entry(4))  # still knows of yesterday only
    assert [name[3:13] for name in sorted(blobs.blobs)] == [
        *("0000-00-00", "2026-05-04", "2026-05-05"),
    ]
    assert told(blobs) == operations(1, 2, 3, 4)


def test_a_clock_that_is_late_does_not_go_back_to_a_day_that_was_left() -> None:
    blobs = FakeBlobs()
    AuditLog(blobs, lambda: AT).append(an_entry(1))
    late = AuditLog(blobs, lambda: AT)
    late.append(an_entry(2))
    AuditLog(blobs, lambda: AT + A_DAY).append(an_entry(3))
    late.append(an_entry(4))
    assert told(blobs) == operations(1, 2, 3, 4)


def test_a_file_is_left_before_it_is_full() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT, blocks_at_most=3)
    for number in range(7):
        log.append(an_entry(number))
    assert told(blobs) == operations(*range(7))
    assert max(blobs.blocks.values()) <= 4
    assert sum("2026-05-04" in name for name in blobs.blobs) == 3


def test_a_worker_that_died_before_it_wrote_to_the_file_it_made_does_no_harm() -> None:
    blobs = FakeBlobs()
    AuditLog(blobs, lambda: AT).append(an_entry(1))
    AuditLog(blobs, lambda: AT + A_DAY).append(an_entry(2))
    blobs.blobs["t1/2026-05-05.0001.jsonl"] = b""
    AuditLog(blobs, lambda: AT + A_DAY).append(an_entry(3))
    assert told(blobs) == operations(1, 3)


def test_a_worker_that_died_before_it_made_the_next_file_does_no_harm() -> None:
    blobs = FakeBlobs()
    AuditLog(blobs, lambda: AT).append(an_entry(1))
    AuditLog(blobs, lambda: AT + A_DAY).append(an_entry(2))
    del blobs.blobs["t1/2026-05-05.0001.jsonl"]
    AuditLog(blobs, lambda: AT + A_DAY).append(an_entry(3))
    assert told(blobs) == operations(1, 3)


def test_tenants_have_chains_of_their_own() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    log.append(an_entry(1))
    log.append(an_entry(2, "t2"))
    assert len(verified(blobs, "t1").records) == len(verified(blobs, "t2").records) == 2


def test_what_storage_did_not_take_is_not_recorded_and_can_be_recorded_later() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    blobs.down = Retryable("down")
    with pytest.raises(Retryable, match="down"):
        log.append(an_entry(1))
    blobs.down = None
    log.append(an_entry(1))
    assert told(blobs) == operations(1)


def test_a_file_that_somebody_has_changed_is_noticed_by_who_wrote_it() -> None:
    """The worker complains once, and then goes on from what is there: it is verified elsewhere."""
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    for number in (1, 2, 3):
        log.append(an_entry(number))
    name = max(blobs.blobs)
    blobs.blobs[name] = b"".join(blobs.blobs[name].splitlines(keepends=True)[:-1])
    with pytest.raises(Retryable, match="verify it"):
        log.append(an_entry(4))
    log.append(an_entry(4))
    assert told(blobs) == operations(1, 2, 4)


def test_the_latest_is_found_in_a_long_file() -> None:
    blobs = FakeBlobs()
    log = AuditLog(blobs, lambda: AT)
    for number in range(12):
        log.append(an_entry(number, text="x" * 9_000))
    AuditLog(blobs, lambda: AT).append(an_entry(12))
    assert told(blobs) == operations(*range(13))


def test_pages_are_whole_lines_and_together_all_of_them() -> None:
    blobs, clock = FakeBlobs(), FakeClock(AT)
    log = AuditLog(blobs, clock)
    for number in range(9):
        log.append(an_entry(number))
        clock.advance(A_DAY / 3)
    export = AuditExport(blobs, page=900)
    pages, after = [], ""
    while True:
        page = export.page("t1", Span(), after)
        if page.after is None:
            break
        assert page.lines.endswith(b"\n")
        pages.append(page.lines)
        after = page.after
    assert len(pages) > 4
    assert b"".join(pages) == blobs.text("t1")


def test_days_bound_what_is_read() -> None:
    blobs, clock = FakeBlobs(), FakeClock(AT)
    log = AuditLog(blobs, clock)
    for number in range(4):
        log.append(an_entry(number))
        clock.advance(A_DAY)
    day = AT.date()
    page = AuditExport(blobs).page("t1", Span(first=day + A_DAY, last=day + A_DAY), "")
    assert page.lines == blobs.blobs["t1/2026-05-05.0001.jsonl"]


@pytest.mark.parametrize("after", ["x", "2026-05-04.0001:-1", "2026-05-04.0001:", ":5", "a:1e3"])
def test_a_cursor_that_is_none_of_ours_is_refused(after: str) -> None:
    with pytest.raises(Rejected):
        AuditExport(FakeBlobs()).page("t1", Span(), after)
