"""What keeps an authority in a store from being used is named, one by one."""

from time import process_time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.trust.authority import Authority, Store
from shared.trust.chains import LONGEST, SAYS, Fault, completeness
from tests.unit.trust.made import (
    CA,
    DAY,
    NOON,
    SIGNS,
    SIGNS_NOTHING,
    Holder,
    a_key,
    a_root,
    an_intermediate,
    made,
)

ROOT = a_root()
ISSUING = an_intermediate(ROOT)


def faults(*authorities: Authority) -> list[tuple[int, Fault]]:
    """Return which of the authorities has which fault."""
    found = completeness(authorities)
    assert all(each.says and "{" not in each.says for each in found)
    return [
        (next(at for at, one in enumerate(authorities) if one is each.authority), each.fault)
        for each in found
    ]


def test_a_root_and_what_it_signed_are_complete_in_any_order() -> None:
    assert faults(ROOT.stored(is_root=True), ISSUING.stored()) == []
    assert faults(ISSUING.stored(), ROOT.stored(is_root=True)) == []
    assert faults() == []


def test_dates_are_told_elsewhere() -> None:
    old = made("CN=Old", ROOT, CA, SIGNS, ends=NOON - DAY / 2)
    assert faults(ROOT.stored(is_root=True), old.stored()) == []


def test_an_authority_without_its_issuer_is_told_whom_to_add() -> None:
    assert faults(ISSUING.stored()) == [(0, Fault.NO_ISSUER)]
    assert "CN=Root,O=Contoso" in completeness([ISSUING.stored()])[0].says


def test_an_issuer_of_the_same_name_with_another_key_is_told() -> None:
    assert faults(a_root().stored(is_root=True), ISSUING.stored()) == [(1, Fault.BAD_SIGNATURE)]


def test_of_two_issuers_of_one_name_the_one_that_signed_counts() -> None:
    both = (a_root().stored(is_root=True), ROOT.stored(is_root=True))
    assert faults(*both, ISSUING.stored()) == []


def test_a_mark_that_lies_is_told() -> None:
    assert faults(ROOT.stored(is_root=False)) == [(0, Fault.ROOT_UNMARKED)]
    assert faults(ROOT.stored(is_root=True), ISSUING.stored(is_root=True)) == [
        (1, Fault.NOT_A_ROOT)
    ]
    assert faults(ROOT.stored(is_root=False), ISSUING.stored()) == [
        (0, Fault.ROOT_UNMARKED),
        (1, Fault.NO_ROOT),
    ]


def test_a_gap_is_told_below_and_above_it() -> None:
    lower = an_intermediate(ISSUING, "CN=Lower")
    assert faults(ISSUING.stored(), lower.stored()) == [
        (0, Fault.NO_ISSUER),
        (1, Fault.NO_ROOT),
    ]


@pytest.mark.parametrize(
    ("holder", "found"),
    [
        (made("CN=A", ROOT, SIGNS), [Fault.NO_AUTHORITY]),
        (made("CN=A", ROOT, CA, SIGNS_NOTHING), [Fault.MAY_NOT_SIGN]),
        (made("CN=A", ROOT, CA), []),
        (
            made("CN=A", ROOT, CA, SIGNS, names_keys=False),
            [Fault.NO_SUBJECT_KEY_ID, Fault.NO_AUTHORITY_KEY_ID],
        ),
        (
            made("CN=A", ROOT, CA, key=rsa.generate_private_key(65537, 1024)),  # noqa: S505
            [Fault.WEAK],
        ),
        (made("CN=A", ROOT, CA, key=rsa.generate_private_key(65537, 2048)), []),
    ],
    ids=["no CA", "may not sign", "no key usage", "no key ids", "short key", "long key"],
)
def test_what_an_authority_lacks_is_told(holder: Holder, found: list[Fault]) -> None:
    assert faults(ROOT.stored(is_root=True), holder.stored()) == [(1, each) for each in found]


def test_a_root_need_not_name_its_issuers_key() -> None:
    plain = made(
        "CN=Plain",
        None,
        CA,
        SIGNS,
        (x509.SubjectKeyIdentifier(b"a name"), False),
        names_keys=False,
    )
    assert faults(plain.stored(is_root=True)) == []


def test_a_key_that_has_another_name_in_the_store_is_told() -> None:
    """The issuer was made anew with the same key, and another name for it."""
    renamed = made(
        "CN=Root,O=Contoso",
        None,
        CA,
        SIGNS,
        (x509.SubjectKeyIdentifier(b"another name"), False),
        key=ROOT.key,
        names_keys=False,
    )
    assert faults(renamed.stored(is_root=True), ISSUING.stored()) == [(1, Fault.WRONG_KEY_ID)]


def test_what_cannot_be_read_is_told_and_disturbs_no_other() -> None:
    broken = Authority(store=Store.PKI, certificate=b"no certificate", is_root=False)
    assert faults(broken, ROOT.stored(is_root=True)) == [(0, Fault.UNREADABLE)]


def test_one_certificate_twice_is_told_once() -> None:
    twice = (ROOT.stored(is_root=True), ROOT.stored(is_root=True))
    assert faults(*twice) == [(1, Fault.TWICE)]


def test_a_chain_is_as_long_as_entra_id_follows_it() -> None:
    line = [ROOT]
    for at in range(LONGEST):
        line.append(an_intermediate(line[-1], f"CN=Level {at}"))
    stored = [line[0].stored(is_root=True), *(each.stored() for each in line[1:])]
    assert faults(*stored[:LONGEST]) == []
    assert faults(*stored) == [(LONGEST, Fault.TOO_LONG)]


def test_authorities_that_vouch_for_each_other_reach_no_root() -> None:
    one, other = a_key(), a_key()
    first = made("CN=One", None, CA, key=one)
    second = made("CN=Other", first, CA, key=other)
    back = made("CN=One", second, CA, key=one)
    assert faults(second.stored(), back.stored()) == [(0, Fault.NO_ROOT), (1, Fault.NO_ROOT)]


def test_every_fault_says_what_to_do() -> None:
    assert set(SAYS) == set(Fault)


def test_many_authorities_of_one_name_are_judged_at_once() -> None:
    """Each key is tried once, and of namesakes some only: else this takes minutes."""
    ladder = [made("CN=Same,O=Contoso", None, CA, SIGNS)]
    for _ in range(200):
        ladder.append(made("CN=Same,O=Contoso", ladder[-1], CA, SIGNS, names_keys=False))
    began = process_time()
    found = completeness([each.stored() for each in ladder[1:]])
    assert process_time() - began < 5
    assert {each.fault for each in found} > {Fault.BAD_SIGNATURE}
