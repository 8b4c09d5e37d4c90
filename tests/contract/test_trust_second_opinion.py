"""
Our verdicts on the corpus are OpenSSL's.

Where they differ, the case stands in a table with the reason, and it differs in just that way.
"""

from dataclasses import dataclass

import pytest

from shared.errors import Rejected
from shared.flows.crl_check import CrlCheck, CrlReport
from shared.trust import chains
from shared.trust.authority import Authority, Store
from shared.trust.chain import chain
from shared.trust.crl_trouble import CrlTrouble
from tests.contract import openssl_oracle
from tests.contract.trust_corpus import (
    CHAINS,
    CRLS,
    LISTINGS,
    ChainCase,
    CrlCase,
    ListingCase,
)

BASE, DELTA = "http://crl.contoso.test/base.crl", "http://crl.contoso.test/delta.crl"


@dataclass(frozen=True)
class Apart:
    """A case on which we say another thing, and what of ours says why."""

    ours: bool
    says: str
    because: str


CHAINS_APART = {
    "the root itself": Apart(
        ours=False, says="not a user's", because="a user signs in with a certificate of his own"
    ),
    "an authority as the leaf": Apart(
        ours=False, says="not a user's", because="a user signs in with a certificate of his own"
    ),
    "cross-signed, the strange one first": Apart(
        ours=True, says="", because="OpenSSL follows the first issuer only; there is a way"
    ),
    "issuer's name in other letters and with more spaces": Apart(
        ours=False,
        says="not in the store",
        because="names are compared as they are: Entra ID goes by the names of keys, and what it "
        "makes of other letters is not documented",
    ),
    "root whose own signature is wrong": Apart(
        ours=False, says="no root", because="a damaged root should be added anew, and not used"
    ),
}
CRLS_APART = {
    "more bytes after its end": Apart(
        ours=False, says=CrlTrouble.UNREADABLE, because="strict DER: something is wrong with it"
    ),
    "a delta in its place": Apart(
        ours=False, says=CrlTrouble.BASE_IS_DELTA, because="a delta does not name all"
    ),
    "of another address": Apart(
        ours=True,
        says=CrlTrouble.OTHER_POINT,
        because="OpenSSL compares with the address in the certificate; who has only the "
        "authority cannot, and a list may well be offered at a second address: it is advice",
    ),
    "an entry's critical extension that nobody knows": Apart(
        ours=True,
        says="",
        because="entries are not gone through: a list may hold a million. Who is on it counts "
        "as revoked, whatever else his entry says",
    ),
}
LISTINGS_APART = {
    "delta to a base that nobody has": Apart(
        ours=True,
        says=CrlTrouble.DELTA_OF_NEWER_BASE,
        because="whom a signed delta names is revoked, though who it does not name may be, too: "
        "the report is not usable",
    ),
}


def name(case: ChainCase | CrlCase | ListingCase) -> str:
    return case.name


def stored(der: bytes, *, is_root: bool, crl_url: str = "", delta_crl_url: str = "") -> Authority:
    return Authority(
        store=Store.PKI,
        certificate=der,
        is_root=is_root,
        crl_url=crl_url,
        delta_crl_url=delta_crl_url,
    )


def way(case: ChainCase) -> str:
    """Return why there is no chain; "" if there is one."""
    store = [
        *(stored(each, is_root=False) for each in case.untrusted),
        *(stored(each, is_root=True) for each in case.roots),
    ]
    try:
        found = chain(case.leaf, store, case.at)
    except Rejected as refusal:
        return str(refusal)
    assert found[-1].certificate in case.roots
    return ""


def looked(case: CrlCase | ListingCase, delta: bytes | None = None) -> CrlReport:
    @dataclass(frozen=True)
    class Web:
        found: dict[str, bytes]

        def fetch(self, url: str) -> bytes:
            """Return what stands there."""
            return self.found[url]

    web = Web({BASE: case.crl} | ({DELTA: delta} if delta else {}))
    authority = stored(
        case.authority, is_root=True, crl_url=BASE, delta_crl_url=DELTA if delta else ""
    )
    return CrlCheck(source=web, clock=lambda: case.at).look(authority)


def said(report: CrlReport) -> str:
    return " ".join(each.trouble for each in report.troubles)


@pytest.mark.parametrize("case", CHAINS, ids=name)
def test_chains_are_judged_as_openssl_judges_them(case: ChainCase) -> None:
    ours, verdict = way(case), openssl_oracle.chain_verdict(case)
    apart = CHAINS_APART.get(case.name)
    assert ((not ours) is verdict.ok) is (apart is None), f"{ours} | {verdict.says}"
    if apart:
        assert (not ours) is apart.ours
        assert apart.says in ours


@pytest.mark.parametrize("case", CRLS, ids=name)
def test_lists_are_relied_on_as_openssl_relies_on_them(case: CrlCase) -> None:
    report, verdict = looked(case), openssl_oracle.reliance_verdict(case)
    apart = CRLS_APART.get(case.name)
    assert (report.is_usable is verdict.ok) is (apart is None), f"{said(report)} | {verdict.says}"
    if apart:
        assert report.is_usable is apart.ours
        assert said(report) == apart.says


SIGNER = {CrlTrouble.UNREADABLE, CrlTrouble.WRONG_ISSUER, CrlTrouble.WRONG_SIGNATURE}
DATES = {CrlTrouble.STALE, CrlTrouble.NOT_YET_VALID}
SIGNED_APART = {
    "more bytes after its end": "strict DER",
    "NextUpdate is this second": "NextUpdate is when the next one is there: OpenSSL's two "
    "commands differ on this, and `openssl verify` agrees with us",
}


@pytest.mark.parametrize("case", CRLS, ids=name)
def test_signature_and_dates_of_lists_are_judged_as_openssl_judges_them(case: CrlCase) -> None:
    found = {each.trouble for each in looked(case).troubles}
    verdict = openssl_oracle.crl_verdict(case)
    is_same = (not found & (SIGNER | DATES)) is verdict.ok
    assert is_same is (case.name not in SIGNED_APART), f"{found} | {verdict.says}"


@pytest.mark.parametrize("case", LISTINGS, ids=name)
def test_who_is_listed_is_who_openssl_finds(case: ListingCase) -> None:
    report, verdict = looked(case, case.delta), openssl_oracle.listing_verdict(case)
    listed = report.listed(f"{case.serial:X}")
    apart = LISTINGS_APART.get(case.name)
    assert ((listed is not None) is verdict.ok) is (apart is None), verdict.says
    if apart:
        assert (listed is not None) is apart.ours
        assert apart.says in said(report)
        assert not report.is_usable


@pytest.mark.parametrize("case", [each for each in LISTINGS if not each.delta], ids=name)
def test_the_reason_is_the_one_that_openssl_reads(case: ListingCase) -> None:
    listed = looked(case).listed(f"{case.serial:X}")
    theirs = openssl_oracle.listing_verdict(case).says
    ours = listed.reason if listed else ""
    assert ours.lower() == theirs.replace(" ", "").lower()


def test_every_case_that_is_apart_is_in_the_corpus() -> None:
    for apart, cases in (
        (CHAINS_APART, CHAINS),
        (CRLS_APART, CRLS),
        (LISTINGS_APART, LISTINGS),
        (SIGNED_APART, CRLS),
    ):
        assert set(apart) <= {each.name for each in cases}


def test_an_old_root_that_signed_itself_by_sha_1_is_complete() -> None:
    """It is its key that is trusted; an authority below it is another matter."""
    case = next(each for each in CHAINS if each.name == "root signed by SHA-1")
    assert chains.completeness([stored(each, is_root=True) for each in case.roots]) == ()
    case = next(each for each in CHAINS if each.name == "intermediate signed by SHA-1")
    store = [
        *(stored(each, is_root=True) for each in case.roots),
        *(stored(each, is_root=False) for each in case.untrusted),
    ]
    assert {each.fault for each in chains.completeness(store)} == {chains.Fault.WEAK}
