"""How an authority's lists stand: what is fetched, what is found, and who is on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from cryptography import x509

from shared.errors import Retryable
from shared.flows.crl_check import CrlCheck, CrlReport
from shared.trust.authority import Authority, Store
from shared.trust.crl_trouble import CrlTrouble, Unfetched
from tests.unit.trust.made import DAY, NOON, Drawn, a_root

BASE, DELTA = "http://crl.contoso.com/root.crl", "http://crl.contoso.com/root-delta.crl"
ROOT = a_root()
HELD = x509.ReasonFlags.certificate_hold
FREED = x509.ReasonFlags.remove_from_crl
T = CrlTrouble


@dataclass
class Web:
    """What stands at addresses: bytes, or what is in the way."""

    found: Mapping[str, bytes | CrlTrouble]
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        """Return what stands there."""
        self.asked.append(url)
        here = self.found[url]
        if isinstance(here, CrlTrouble):
            raise Unfetched(here, "it is not there")
        return here


def look(
    base: Drawn | bytes | CrlTrouble = Drawn(),  # noqa: B008 - frozen
    delta: Drawn | bytes | CrlTrouble | None = None,
    *,
    last_number: int | None = None,
) -> CrlReport:
    """Look at the root's lists, of which it has a delta only if one is given."""
    stand = {BASE: base, DELTA: delta}
    found = {
        url: each.by(ROOT) if isinstance(each, Drawn) else each
        for url, each in stand.items()
        if each is not None
    }
    authority = ROOT.stored(
        is_root=True, crl_url=BASE, delta_crl_url=DELTA if delta is not None else ""
    )
    return CrlCheck(source=Web(found), clock=lambda: NOON).look(authority, last_number=last_number)


def troubles(report: CrlReport) -> list[CrlTrouble]:
    return [each.trouble for each in report.troubles]


def a_delta(**revoked: x509.ReasonFlags | None) -> Drawn:
    """Return a delta to base number 7, newer than it."""
    return Drawn(delta_base=7, number=8, next_update=NOON + DAY, revoked=serials(revoked))


def serials(revoked: Mapping[str, x509.ReasonFlags | None]) -> dict[int, x509.ReasonFlags | None]:
    return {int(each, 16): reason for each, reason in revoked.items()}


def test_lists_that_are_right_are_usable() -> None:
    report = look()
    assert (troubles(report), report.is_usable) == ([], True)
    assert report.next_update == NOON + 6 * DAY
    report = look(delta=a_delta())
    assert (troubles(report), report.is_usable) == ([], True)
    assert report.next_update == NOON + DAY


def test_an_authority_without_an_address_is_told_and_nothing_is_fetched() -> None:
    web = Web({})
    report = CrlCheck(source=web, clock=lambda: NOON).look(ROOT.stored(is_root=True))
    assert (troubles(report), report.is_usable) == ([T.NOT_CONFIGURED], False)
    assert (web.asked, report.listed("1"), report.next_update) == ([], None, None)


@pytest.mark.parametrize("trouble", [T.UNREACHABLE, T.TOO_SLOW, T.TOO_LARGE, T.REDIRECTS])
def test_what_is_in_the_way_is_told_of_either_list(trouble: CrlTrouble) -> None:
    report = look(trouble)
    assert (troubles(report), report.is_usable, report.base) == ([trouble], False, None)
    assert report.troubles[0].says == "base CRL: it is not there"
    report = look(delta=trouble)
    assert (troubles(report), report.is_usable, report.delta) == ([trouble], False, None)


def test_what_is_no_list_is_told() -> None:
    assert troubles(look(b"<html>")) == [T.UNREADABLE]
    assert troubles(look(delta=b"<html>")) == [T.UNREADABLE]


def test_an_authority_that_cannot_be_read_is_told_and_nothing_is_fetched() -> None:
    web = Web({})
    broken = Authority(store=Store.PKI, certificate=b"none", is_root=True, crl_url=BASE)
    report = CrlCheck(source=web, clock=lambda: NOON).look(broken)
    assert (troubles(report), web.asked) == ([T.UNREADABLE], [])


def test_one_address_for_both_lists_is_told_and_asked_once() -> None:
    web = Web({BASE: Drawn().by(ROOT)})
    both = ROOT.stored(is_root=True, crl_url=BASE, delta_crl_url=BASE)
    report = CrlCheck(source=web, clock=lambda: NOON).look(both)
    assert (troubles(report), web.asked) == ([T.DELTA_SAME_ADDRESS], [BASE])


def test_a_delta_without_a_base_is_told() -> None:
    assert troubles(look(T.UNREACHABLE, a_delta())) == [T.UNREACHABLE, T.DELTA_WITHOUT_BASE]
    only = ROOT.stored(is_root=True, delta_crl_url=DELTA)
    web = Web({DELTA: a_delta().by(ROOT)})
    report = CrlCheck(source=web, clock=lambda: NOON).look(only)
    assert troubles(report) == [T.NOT_CONFIGURED, T.DELTA_WITHOUT_BASE]


def test_https_is_taken_and_advised_against() -> None:
    url = BASE.replace("http:", "HTTPS:")
    web = Web({url: Drawn().by(ROOT)})
    report = CrlCheck(source=web, clock=lambda: NOON).look(ROOT.stored(crl_url=url))
    assert (troubles(report), report.is_usable) == ([T.OVER_HTTPS], True)


def test_what_was_seen_before_is_compared() -> None:
    report = look(last_number=8)
    assert (troubles(report), report.is_usable) == ([T.NUMBER_WENT_BACK], False)
    assert look(last_number=7).is_usable


def test_advice_makes_no_list_unusable() -> None:
    report = look(Drawn(names_key=False, number=None))
    assert (troubles(report), report.is_usable) == ([T.NO_KEY_ID, T.NO_NUMBER], True)


def test_a_delta_is_compared_with_its_base() -> None:
    assert troubles(look(delta=Drawn(delta_base=9, number=10))) == [T.DELTA_OF_NEWER_BASE]


def test_who_is_on_either_list_is_listed() -> None:
    report = look(Drawn(revoked=serials({"0A": None})), a_delta(**{"0B": HELD}))
    held = report.listed("0B")
    assert held is not None
    assert held.reason == "certificateHold"
    assert report.listed("a") is not None
    assert report.listed("0C") is None


def test_a_newer_delta_takes_a_hold_away() -> None:
    held = Drawn(revoked=serials({"0A": HELD}))
    assert look(held).listed("0A") is not None
    assert look(held, a_delta(**{"0A": FREED})).listed("0A") is None


@pytest.mark.parametrize("number", [6, 7])
def test_a_delta_that_is_no_newer_takes_no_hold_away(number: int) -> None:
    """It was put on hold again since, or the two contradict each other."""
    held = Drawn(revoked=serials({"0A": HELD}), number=7)
    delta = Drawn(revoked=serials({"0A": FREED}), number=number, delta_base=5)
    assert look(held, delta).listed("0A") is not None


def test_without_numbers_the_time_says_which_is_newer() -> None:
    held = Drawn(revoked=serials({"0A": HELD}), number=None, this_update=NOON - DAY)
    for begun, is_listed in ((NOON - DAY / 2, False), (NOON - 2 * DAY, True)):
        delta = Drawn(revoked=serials({"0A": FREED}), delta_base=5, this_update=begun)
        assert (look(held, delta).listed("0A") is not None) is is_listed


def test_a_delta_alone_still_lists() -> None:
    assert look(T.UNREACHABLE, a_delta(**{"0B": None})).listed("0B") is not None


def test_what_another_hand_has_signed_lists_nobody() -> None:
    """Whoever answers at the address may have written it."""
    theirs = Drawn(revoked=serials({"0A": None})).by(a_root())
    report = look(theirs)
    assert (troubles(report), report.listed("0A")) == ([T.WRONG_SIGNATURE], None)


def test_a_delta_with_an_endless_number_is_unreadable_and_nothing_else() -> None:
    report = look(delta=Drawn(delta_base=1 << 16_000, number=8).by(a_root()))
    assert (troubles(report), report.base is None) == ([T.UNREADABLE], False)


def test_what_a_list_says_of_itself_is_quoted_in_short() -> None:
    issuer = ",".join(f"OU=part {number}" for number in range(1000))
    said = tuple(
        (x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.2.3.{number}"), b"\5\0"), True)
        for number in range(500)
    )
    point = x509.UniformResourceIdentifier("http://" + "a" * 50_000)
    place = x509.IssuingDistributionPoint([point], None, False, False, None, False, False)  # noqa: FBT003 - as it takes them
    for drawn in (Drawn(issuer=issuer), Drawn(said=said), Drawn(said=((place, True),))):
        [found] = look(drawn).troubles
        assert len(found.says) < 500


def test_lists_are_looked_at_a_few_at_a_time() -> None:
    """Each may take a hundred megabytes: whoever comes too late comes again."""
    turns = BoundedSemaphore(1)
    check = CrlCheck(source=Web({}), clock=lambda: NOON, turns=turns, a_turn=timedelta())
    with turns, pytest.raises(Retryable):
        check.look(ROOT.stored(is_root=True))
    for _ in range(2):
        assert check.look(ROOT.stored(is_root=True)).base is None
