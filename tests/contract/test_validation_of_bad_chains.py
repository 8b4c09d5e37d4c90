"""Each bad certificate and each bad tenant is found, by its own code and with one remedy."""

from collections.abc import Iterator

import pytest

from shared.credentials.advice import ADVICE
from shared.credentials.findings import Finding, Grade
from tests.contract.bad_chains import BAD
from tests.contract.validation_world import Chain, found
from tests.contract.vault_world import Address, address


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("vault")) as opened:
        yield opened


@pytest.fixture
def chain(place: Address, monkeypatch: pytest.MonkeyPatch) -> Chain:
    return Chain(place, monkeypatch)


def test_a_chain_in_which_all_is_well_has_no_findings(chain: Chain) -> None:
    report = chain.report()

    assert found(report) == {}
    assert {each.grade for each in report.checks} == {Grade.PASS} == {report.grade}


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")  # which is what is bad about it
@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_is_found_under_its_own_code(chain: Chain, name: str) -> None:
    case = BAD[name]
    case.breaking(chain)

    report = chain.report()

    codes = set(found(report).values())
    assert codes == {case.finding} | case.follows, [each.meaning for each in report.findings]
    for each in report.findings:
        assert each.code is not None
        assert (each.grade, each.remedy) == (ADVICE[each.code].grade, ADVICE[each.code].remedy)


def test_there_are_enough_of_them_and_no_two_are_called_the_same() -> None:
    own = [case.finding for case in BAD.values()]
    twice = {Finding.CERTIFICATE_MISSING}

    assert len(set(own)) >= 40
    assert {each for each in own if own.count(each) > 1} <= twice
