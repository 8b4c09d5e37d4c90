"""OpenSSL and the standard agree on the corpus where the standard leaves no choice."""

import pytest

from tests.contract import openssl_oracle
from tests.contract.trust_corpus import (
    CHAINS,
    CRLS,
    LISTINGS,
    ChainCase,
    CrlCase,
    ListingCase,
    Plainly,
)

Case = ChainCase | CrlCase | ListingCase

_WEAK = ("1024 bits", "signed by SHA-1")


def name(case: Case) -> str:
    return case.name


def is_plain(case: Case) -> bool:
    return case.plainly is not Plainly.OPEN


def test_the_corpus_is_large_and_no_two_cases_have_one_name() -> None:
    for cases in (CHAINS, CRLS, LISTINGS):
        names = [case.name for case in cases]
        assert len(names) >= 25
        assert len(set(names)) == len(names)
        assert {case.plainly for case in cases} == set(Plainly)


@pytest.mark.parametrize("case", [each for each in CHAINS if is_plain(each)], ids=name)
def test_openssl_judges_chains_as_the_standard_says(case: ChainCase) -> None:
    verdict = openssl_oracle.chain_verdict(case)

    assert verdict.ok is (case.plainly is Plainly.GOOD), verdict.says


@pytest.mark.parametrize("case", [each for each in CRLS if is_plain(each)], ids=name)
def test_openssl_judges_lists_as_the_standard_says(case: CrlCase) -> None:
    signed = openssl_oracle.crl_verdict(case)
    relied_on = openssl_oracle.reliance_verdict(case)

    assert signed.ok is (case.plainly is Plainly.GOOD), signed.says
    assert relied_on.ok is (case.plainly is Plainly.GOOD), relied_on.says


@pytest.mark.parametrize("case", [each for each in LISTINGS if is_plain(each)], ids=name)
def test_openssl_finds_what_is_listed(case: ListingCase) -> None:
    verdict = openssl_oracle.listing_verdict(case)

    assert verdict.ok is (case.plainly is Plainly.GOOD), verdict.says


def test_openssl_tells_the_reason_of_a_revocation() -> None:
    case = next(each for each in LISTINGS if each.name == "for keyCompromise")

    assert openssl_oracle.listing_verdict(case).says == "Key Compromise"


@pytest.mark.parametrize("case", [each for each in CHAINS if each.name.endswith(_WEAK)], ids=name)
def test_weak_keys_and_hashes_are_all_that_is_wrong_with_weak_chains(case: ChainCase) -> None:
    assert openssl_oracle.chain_verdict(case, auth_level=0).ok


def test_a_list_that_openssl_cannot_use_is_no_answer() -> None:
    """A foreign delta beside a list that is stale leaves nothing to answer by."""
    listing = next(each for each in LISTINGS if each.delta is not None)
    stale = next(each for each in CRLS if each.name == "stale")
    case = ListingCase(
        name="nothing to go by",
        plainly=Plainly.OPEN,
        authority=listing.authority,
        crl=stale.crl,
        leaf=listing.leaf,
        serial=listing.serial,
        delta=listing.delta,
    )

    with pytest.raises(ValueError, match="CRL has expired"):
        openssl_oracle.listing_verdict(case)
