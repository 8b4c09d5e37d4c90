"""Each finding has one meaning and one remedy."""

import pytest

from shared.credentials import validation
from shared.credentials.aadsts import FINDINGS
from shared.credentials.advice import ADVICE
from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Verdict


def test_every_code_has_its_advice_and_no_two_share_a_meaning_or_a_remedy() -> None:
    """Else it would not be known which of them is meant."""
    meanings = [advice.meaning for advice in ADVICE.values()]
    remedies = [advice.remedy for advice in ADVICE.values()]
    assert set(ADVICE) == set(Finding)
    assert len(set(meanings)) == len(meanings)
    assert len(set(remedies)) == len(remedies)


@pytest.mark.parametrize("finding", Finding)
def test_remedy_is_one_sentence(finding: Finding) -> None:
    """Which begins with what to do."""
    advice = ADVICE[finding]
    assert ". " not in advice.remedy
    assert not advice.remedy.endswith(".")
    assert advice.remedy.strip()
    assert advice.meaning.strip()


def test_only_a_finding_that_says_so_fails() -> None:
    """A check without one passes, whatever it says."""
    check = validation.check("a link", Verdict(says="all is well"), 12.34)
    assert (check.grade, check.code, check.meaning) == (Grade.PASS, None, "all is well")
    assert (check.remedy, check.milliseconds) == ("", 12.3)


def test_particulars_stand_behind_the_meaning() -> None:
    """The code alone decides grade and remedy."""
    check = validation.check("a link", Verdict(Finding.KEY_TOO_SMALL, "it has 1024"))
    advice = ADVICE[Finding.KEY_TOO_SMALL]
    assert check.meaning == f"{advice.meaning}: it has 1024"
    assert (check.grade, check.remedy) == (advice.grade, advice.remedy)


def test_transient_refusals_are_unknown_and_all_others_fail() -> None:
    """A code of Entra ID's never passes."""
    grades = {ADVICE[finding].grade for finding in FINDINGS.values()}
    assert grades == {Grade.FAIL, Grade.UNKNOWN}
    assert ADVICE[FINDINGS[90033]].grade is Grade.UNKNOWN
