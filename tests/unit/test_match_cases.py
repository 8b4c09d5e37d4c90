"""The labelled set: nothing wrong is ever certain, and enough is found by itself."""

import pytest

from shared.devices.match import Confidence, match
from tests.unit.match_cases import CASES, FLEET
from tests.unit.match_cases_builders import Case

LEAST_CASES = 220
LEAST_FOUND = 0.53  # of all true partnerships; most cases were picked for being difficult
LEAST_FOUND_IN_FLEET = 0.67


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_comes_out_as_labelled(case: Case) -> None:
    """The rules go exactly as far as whoever labelled the case says they may."""
    found = match(case.subject, case.candidates)
    assert found.confidence is case.expected, found.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_certain_is_true(case: Case) -> None:
    """No certain match names a partnership that is not the device: it would be acted upon."""
    found = match(case.subject, case.candidates)
    if found.confidence is Confidence.CERTAIN:
        assert {one.guid for one in found.partnerships} <= case.truth, found.why


def test_the_set_is_large_and_says_each_thing_once() -> None:
    """A name stands for one case, and all kinds of outcome are in the set."""
    assert len(CASES) >= LEAST_CASES
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.expected for case in CASES} == set(Confidence) - {Confidence.LINKED}


@pytest.mark.parametrize(
    ("kind", "cases", "least"),
    [("all cases", CASES, LEAST_FOUND), ("a fleet", FLEET, LEAST_FOUND_IN_FLEET)],
    ids=["all", "fleet"],
)
def test_enough_true_links_are_found_by_themselves(
    kind: str, cases: tuple[Case, ...], least: float
) -> None:
    """Caution has its price, which may not rise unnoticed."""
    true = sum(len(case.truth) for case in cases)
    found = sum(_found_by_itself(case) for case in cases)
    print(f"{kind}: {found} of {true} true links found by themselves ({found / true:.0%})")
    assert found / true >= least


def _found_by_itself(case: Case) -> int:
    found = match(case.subject, case.candidates)
    if found.confidence is not Confidence.CERTAIN:
        return 0
    return len({one.guid for one in found.partnerships} & case.truth)
