"""Every trouble of a revocation list is found, by itself, and says what to do next."""

from dataclasses import replace

import pytest
from cryptography import x509

from shared.trust import crl
from shared.trust.crl import Crl
from shared.trust.crl_judgement import of_base, of_delta
from shared.trust.crl_trouble import ADVICE, UNUSABLE, CrlTrouble
from tests.unit.trust.made import CA, DAY, NOON, SIGNS_NOTHING, Drawn, a_root, made

ROOT = a_root()
OTHER = a_root()
URL = "http://crl.contoso.com/root.crl"
T = CrlTrouble


def base(drawn: Drawn, *, last_number: int | None = None) -> list[CrlTrouble]:
    """Return what is wrong with a base list that the root has signed."""
    return judged(crl.read(drawn.by(ROOT)), last_number=last_number)


def judged(told: Crl, *, last_number: int | None = None) -> list[CrlTrouble]:
    found = list(of_base(told, ROOT.certificate, url=URL, at=NOON, last_number=last_number))
    assert all(len(each.says) < 220 for each in found)
    return [each.trouble for each in found]


def place(url: str, *, only_contains_ca_certs: bool = False) -> Drawn:
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=only_contains_ca_certs,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    return Drawn(said=((point, True),))


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


@pytest.mark.parametrize(
    ("drawn", "trouble"),
    [
        (Drawn(), []),
        (Drawn(issuer="CN=Root,O=Fabrikam"), [T.WRONG_ISSUER]),
        (Drawn(key_of=OTHER), [T.WRONG_KEY_ID]),
        (Drawn(names_key=False), [T.NO_KEY_ID]),
        (Drawn(number=None), [T.NO_NUMBER]),
        (Drawn(this_update=NOON + DAY), [T.NOT_YET_VALID]),
        (Drawn(this_update=NOON, next_update=NOON + DAY), []),
        (Drawn(next_update=NOON), [T.STALE]),
        (Drawn(this_update=NOON - 4 * DAY, next_update=NOON + DAY), [T.DUE]),
        (Drawn(this_update=NOON - 3.9 * DAY, next_update=NOON + DAY), []),
        (Drawn(delta_base=3), [T.BASE_IS_DELTA]),
        (Drawn(said=((UNKNOWN, True),)), [T.UNKNOWN_CRITICAL]),
        (Drawn(said=((UNKNOWN, False),)), []),
        (place(URL), []),
        (place("http://crl.contoso.com/2.crl"), [T.OTHER_POINT]),
        (place(URL, only_contains_ca_certs=True), [T.PARTIAL]),
    ],
)
def test_a_base_list_has_this_trouble_and_no_other(drawn: Drawn, trouble: list[CrlTrouble]) -> None:
    assert base(drawn) == trouble


def test_a_list_signed_with_another_key_of_the_same_name_is_not_believed() -> None:
    assert judged(crl.read(Drawn().by(OTHER))) == [T.WRONG_SIGNATURE]


def test_a_list_without_a_next_one_is_told() -> None:
    told = replace(crl.read(Drawn().by(ROOT)), next_update=None)
    assert judged(told) == [T.NO_NEXT_UPDATE]


def test_a_list_that_interactive_sign_in_refuses_is_told() -> None:
    told = crl.read(Drawn().by(ROOT))
    assert judged(replace(told, size=20_000_000)) == []
    assert judged(replace(told, size=20_000_001)) == [T.LARGE]


def test_a_number_that_was_higher_before_is_told() -> None:
    assert base(Drawn(number=7), last_number=8) == [T.NUMBER_WENT_BACK]
    assert base(Drawn(number=7), last_number=7) == []
    assert base(Drawn(number=7), last_number=6) == []


def test_an_authority_that_may_sign_no_lists_is_told() -> None:
    mute = made("CN=Mute", None, CA, SIGNS_NOTHING)
    found = of_base(
        crl.read(Drawn().by(mute)), mute.certificate, url=URL, at=NOON, last_number=None
    )
    assert [each.trouble for each in found] == [T.MAY_NOT_SIGN]


@pytest.mark.parametrize(
    ("drawn", "trouble"),
    [
        (Drawn(delta_base=5, number=8), []),
        (Drawn(delta_base=7, number=7), []),
        (Drawn(delta_base=8, number=9), [T.DELTA_OF_NEWER_BASE]),
        (Drawn(delta_base=5, number=6), [T.DELTA_OLDER_THAN_BASE]),
        (Drawn(delta_base=5, number=None), [T.NO_NUMBER]),
        (Drawn(), [T.DELTA_IS_BASE]),
        (Drawn(delta_base=5, number=8, next_update=NOON - DAY / 2), [T.DELTA_STALE]),
        (Drawn(delta_base=5, number=8, this_update=NOON + DAY), [T.NOT_YET_VALID]),
        (Drawn(delta_base=5, number=8, issuer="CN=Else"), [T.WRONG_ISSUER]),
    ],
)
def test_a_delta_has_this_trouble_and_no_other(drawn: Drawn, trouble: list[CrlTrouble]) -> None:
    whole = crl.read(Drawn(number=7).by(ROOT))
    delta = crl.read(drawn.by(ROOT))
    found = of_delta(delta, whole, ROOT.certificate, url=URL, at=NOON)
    assert [each.trouble for each in found] == trouble


def test_a_delta_to_a_base_without_a_number_goes_with_none() -> None:
    whole = crl.read(Drawn(number=None).by(ROOT))
    delta = crl.read(Drawn(delta_base=5).by(ROOT))
    found = of_delta(delta, whole, ROOT.certificate, url=URL, at=NOON)
    assert [each.trouble for each in found] == [T.DELTA_OF_NEWER_BASE]


def test_every_trouble_is_either_advice_or_shuts_users_out() -> None:
    assert set(CrlTrouble) == ADVICE | UNUSABLE
    assert not ADVICE & UNUSABLE
    assert T.STALE in UNUSABLE
    assert T.DUE in ADVICE
