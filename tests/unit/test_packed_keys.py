"""Packed keys do what sets and dictionaries do."""

from hypothesis import given
from hypothesis import strategies as some

from shared.devices.packed_keys import Keyed, Keys, value_in

KEYS = some.binary(min_size=1, max_size=1).map(lambda last: bytes(15) + last) | some.binary(
    min_size=16, max_size=16
)
VALUES = some.binary(min_size=3, max_size=3)
STEPS = some.lists(some.tuples(KEYS, VALUES | some.none()), max_size=30)


@given(STEPS, some.integers(0, 3))
def test_keys_have_the_values_they_were_given_last(
    steps: list[tuple[bytes, bytes | None]], digits: int
) -> None:
    packed = Keyed(3)
    model: dict[bytes, bytes] = {}
    for key, value in steps:
        if value is None:
            packed.discard(key)
            model.pop(key, None)
        else:
            packed.put(key, value)
            model[key] = value
    sections = list(packed.sections(digits))
    again = Keyed(3)
    for section in sections:
        again.load(section)

    for each in (packed, again):
        assert sorted(each.items()) == sorted(model.items())
        assert sorted(each) == sorted(model)
        assert len(each) == len(model)
    assert len(sections) == 16**digits
    for key, _ in steps:
        section = sections[int("0" + key.hex()[:digits], 16)]
        assert packed.get(key) == value_in(section, key, 3) == model.get(key)
        assert (key in packed) is (key in model)


@given(some.lists(KEYS, max_size=30))
def test_a_set_has_each_key_once(listed: list[bytes]) -> None:
    keys = Keys(b"".join(listed))

    assert sorted(keys) == sorted(set(listed))
    assert len(keys) == len(set(listed))
    assert all(key in keys for key in listed)
    assert b"\x07" * 16 not in Keys()


def test_a_key_is_not_found_where_two_others_meet() -> None:
    one, other = bytes(10) + b"abcdef", bytes(16)
    across = (one + other)[4:20]
    keys = Keys(one + other)
    assert across not in keys
    assert value_in(one + other, across, 0) is None

    keys.add(across)

    assert across in keys
    assert sorted(keys) == sorted([one, other, across])
