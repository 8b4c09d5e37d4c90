"""Whatever is done to one record of a chain is found, and named."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import record as records
from shared.audit import verify
from shared.audit.record import START, Head, Record
from shared.audit.verify import Chain, Fault
from tests.unit.audit_world import an_entry

LENGTH = 9
CHAIN = tuple(records.chained([an_entry(number) for number in range(LENGTH)], START))
PLACES = st.integers(min_value=0, max_value=LENGTH - 1)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def verified(made: "list[Record] | tuple[Record, ...]") -> Chain:
    return verify.verify(verify.read("day.jsonl", b"".join(each.line for each in made)))


def faults(chain: Chain) -> set[tuple[Fault, int]]:
    return {(each.fault, each.seq) for each in chain.findings}


def forged(record: Record, **changes: object) -> Record:
    """Return the record with a hash that fits what it says now."""
    changed = msgspec.structs.replace(record, **changes)
    return msgspec.structs.replace(changed, hash=records.own_hash(changed))


def test_a_chain_that_nobody_touched_is_sound() -> None:
    chain = verified(CHAIN)
    assert chain.findings == []
    assert chain.repeats == []
    assert chain.head == CHAIN[-1].head


@given(JSON)
def test_a_record_is_written_as_any_other_program_would(facts: object) -> None:
    """Whoever verifies it with something else needs no more than a JSON library and SHA-256."""
    [made] = records.chained([an_entry(said=facts)], START)
    told = json.loads(made.line)
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert plain.encode() + b"\n" == made.line
    assert records.read(made.line) == made


@given(PLACES, st.sampled_from(["kind", "at", "operation_id", "id", "previous", "hash", "schema"]))
def test_an_edited_record_is_found(place: int, name: str) -> None:
    made = list(CHAIN)
    made[place] = msgspec.structs.replace(made[place], **{name: "f" * 64})
    assert (Fault.EDITED, place + 1) in faults(verified(made))


@given(PLACES)
def test_facts_that_were_edited_are_found_though_the_hash_was_made_anew(place: int) -> None:
    """Of the last record nothing but a head that somebody kept can tell."""
    made = list(CHAIN)
    made[place] = forged(made[place], facts={"action": "allow"})
    chain = verified(made)
    kept = verify.reaches(chain, [CHAIN[-1].head])
    assert (Fault.EDITED, place + 1) in faults(chain) | {(e.fault, e.seq) for e in kept}


@given(st.integers(min_value=1, max_value=LENGTH - 2))
def test_a_dropped_record_is_found(place: int) -> None:
    made = [*CHAIN[:place], *CHAIN[place + 1 :]]
    found = verified(made)
    assert faults(found) == {(Fault.DROPPED, place + 2)}
    assert f"{place + 1} is missing" in found.findings[0].says


def test_a_dropped_beginning_is_found_unless_only_a_part_was_asked_for() -> None:
    assert faults(verified(CHAIN[3:])) == {(Fault.TRUNCATED, 4)}
    lines = verify.read("day.jsonl", b"".join(each.line for each in CHAIN[3:]))
    assert verify.verify(lines, is_partial=True).findings == []


@given(st.integers(min_value=0, max_value=LENGTH - 1))
def test_a_dropped_end_is_found_by_a_head_that_was_kept(left: int) -> None:
    chain = verified(CHAIN[:left])
    assert chain.findings == []
    [finding] = verify.reaches(chain, [CHAIN[-1].head])
    assert (finding.fault, finding.seq) == (Fault.TRUNCATED, left)


@given(PLACES, PLACES)
def test_a_record_that_is_there_again_is_found(place: int, where: int) -> None:
    made = [*CHAIN[:where], CHAIN[place], *CHAIN[where:]]
    assert faults(verified(made)) == {(Fault.INSERTED, place + 1)}


@given(PLACES)
def test_a_record_from_nowhere_is_found(place: int) -> None:
    """It has a number that is taken, and follows a record that is not here."""
    alien = forged(CHAIN[place], previous="e" * 64, facts={"action": "allow"})
    made = [*CHAIN[: place + 1], alien, *CHAIN[place + 1 :]]
    assert faults(verified(made)) == {(Fault.INSERTED, place + 1)}


@given(PLACES, st.booleans())
def test_a_second_record_behind_the_same_one_is_a_fork(place: int, comes_first: bool) -> None:  # noqa: FBT001 - drawn
    rival = forged(CHAIN[place], facts={"action": "allow"})
    pair = [rival, CHAIN[place]] if comes_first else [CHAIN[place], rival]
    found = faults(verified([*CHAIN[:place], *pair, *CHAIN[place + 1 :]]))
    assert found == {(Fault.FORKED, place + 1)}


@given(PLACES, PLACES)
def test_two_records_that_changed_places_are_found(one: int, two: int) -> None:
    made = list(CHAIN)
    made[one], made[two] = made[two], made[one]
    found = {fault for fault, _ in faults(verified(made))}
    assert found == (set() if one == two else {Fault.REORDERED})


@pytest.mark.parametrize(
    "line",
    [b"{}", b"not JSON", b"", CHAIN[4].line.replace(b":", b": ", 1).strip(), b'{"a":1}' * 2],
    ids=["other JSON", "text", "nothing", "whitespace", "two"],
)
def test_a_line_that_is_no_record_is_found(line: bytes) -> None:
    lines = [each.line for each in CHAIN]
    lines[4] = line + b"\n"
    chain = verify.verify(verify.read("day.jsonl", b"".join(lines)))
    assert [each.place.line for each in chain.findings if each.fault is Fault.UNREADABLE] == [5]


def test_another_tenants_record_has_no_place_here() -> None:
    alien = records.chained([an_entry(3, "t2")], CHAIN[-1].head)
    assert faults(verified([*CHAIN, *alien])) == {(Fault.INSERTED, LENGTH + 1)}


def test_a_step_recorded_twice_is_told_and_is_nothing_wrong() -> None:
    made = records.chained([an_entry(1), an_entry(2), an_entry(1)], START)
    chain = verified(made)
    assert chain.findings == []
    assert [each.seq for each in chain.repeats] == [3]


def test_a_head_that_was_kept_is_the_record_that_is_there() -> None:
    chain = verified(CHAIN)
    assert list(verify.reaches(chain, [CHAIN[2].head, START])) == []
    [finding] = verify.reaches(chain, [Head(seq=3, hash="0" * 64)])
    assert (finding.fault, finding.seq) == (Fault.EDITED, 3)


def test_facts_too_long_for_a_record_are_there_by_their_hash() -> None:
    kept = records.fitted({"short": 1, "long": "x" * records.LONGEST})
    assert kept["short"] == 1
    assert len(records.canonical(kept)) < 200
