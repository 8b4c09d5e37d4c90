"""Every one of the 55 parameters: what it takes, what it refuses, what it is without an order."""

import json

import pytest

from shared.devices.policy import check, read
from shared.devices.policy_settings import PARAMETERS, Kind
from shared.errors import Rejected
from tests.unit.policy_examples import EXAMPLES

TAKEN = [(name, *pair) for name, example in EXAMPLES.items() for pair in example.takes]
REFUSED = [(name, value) for name, example in EXAMPLES.items() for value in example.refuses]


def test_the_table_holds_all_that_exchange_online_takes_and_nothing_else() -> None:
    assert len(PARAMETERS) == 55
    assert set(PARAMETERS) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_new_policy_gets_the_default(name: str) -> None:
    assert PARAMETERS[name].default == EXAMPLES[name].default


@pytest.mark.parametrize("name", EXAMPLES)
def test_null_is_refused_or_means_the_default(name: str) -> None:
    """Null clears where something can be absent; it never chooses between on and off."""
    cleared = [canonical for given, canonical in EXAMPLES[name].takes if given is None]

    assert cleared == [EXAMPLES[name].default] * PARAMETERS[name].takes_null


@pytest.mark.parametrize(("name", "given", "canonical"), TAKEN)
def test_an_ordered_value_gets_its_canonical_form(
    name: str, given: object, canonical: object
) -> None:
    accepted = check({name: given})[name]

    assert accepted == canonical
    assert type(accepted) is type(canonical)


@pytest.mark.parametrize(("name", "given", "canonical"), TAKEN)
def test_a_canonical_value_survives_storage_and_another_check(
    name: str, given: object, canonical: object
) -> None:
    stored = json.loads(json.dumps(check({name: given})))

    assert check(stored)[name] == canonical
    assert read(stored)[name] == canonical


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_wrong_value_is_refused_with_what_is_allowed(name: str, value: object) -> None:
    with pytest.raises(Rejected) as refusal:
        check({name: value})

    assert f"{name}: takes " in str(refusal.value)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_refusal_says_what_is_allowed(name: str) -> None:
    parameter = PARAMETERS[name]
    with pytest.raises(Rejected) as refusal:
        check({name: {"not": "a value"}})

    said = str(refusal.value)
    assert all(choice in said for choice in parameter.choices)
    assert ('or "Unlimited"' in said) == parameter.is_unlimited
    assert ("or null" in said) == parameter.takes_null
    assert ("true or false" in said) == (parameter.kind is Kind.SWITCH)
