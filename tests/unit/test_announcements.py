"""What was announced is remembered per certificate and per mismatch, over overlapping workers."""

from shared.credentials.mismatch import Kind, Mismatch, Noted
from shared.records.announcements import Announcements
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeTable

FOUND = Mismatch(kind=Kind.NEWER_NOT_REGISTERED, thumbprint="aa", version="v2")


def test_stages_are_kept_per_subject_and_never_become_fewer() -> None:
    """A worker that was slow must not undo what another has noted."""
    announced = Announcements(FakeTable())
    assert announced.stages(TENANT, "aa") is None
    for settled, then in ((0, 0), (3, 3), (2, 3), (9, 9)):
        announced.settle(TENANT, "aa", settled)
        assert announced.stages(TENANT, "aa") == then
    assert announced.stages(TENANT, "bb") is None
    assert announced.stages("other", "aa") is None


def test_worker_that_is_overtaken_gives_way() -> None:
    """Nothing fails: what the other one noted stands."""
    table = FakeTable()

    class Overtaken(Announcements):
        def _put(self, entity: dict[str, object], stored: dict[str, object] | None) -> None:
            other = {"PartitionKey": TENANT, "RowKey": entity["RowKey"], "settled": 5}
            table.insert(other) if stored is None else table.replace(other, str(stored["etag"]))
            super()._put(entity, stored)

    for announced, settled in ((Overtaken(table), 1), (Overtaken(table), 7)):
        announced.settle(TENANT, "aa", settled)
        assert announced.stages(TENANT, "aa") == 5


def test_mismatches_are_kept_with_how_often_they_came() -> None:
    """Each under its kind and thumbprint; a kind of a later version of this app is left alone."""
    table = FakeTable()
    announced = Announcements(table)
    assert announced.mismatches(TENANT) == {}
    for known in (Noted(occurrence=1, is_open=True), Noted(occurrence=1, is_open=False)):
        announced.note(TENANT, FOUND, known)
        assert announced.mismatches(TENANT) == {FOUND: known}
    other = Mismatch(kind=Kind.KEY_OF_NO_VERSION, thumbprint="aa")
    announced.note(TENANT, other, Noted(occurrence=2, is_open=True))
    assert set(announced.mismatches(TENANT)) == {FOUND, other}
    table.insert({"PartitionKey": TENANT, "RowKey": "mismatch-new", "kind": "new"})
    assert set(announced.mismatches(TENANT)) == {FOUND, other}
    assert announced.mismatches("other") == {}
