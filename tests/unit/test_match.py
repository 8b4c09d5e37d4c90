"""Which partnerships a device is: what holds for all of them."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.match import Confidence, match
from shared.devices.subject import Partnership, Subject
from tests.unit.match_cases import CASES
from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    CARA,
    HEX1,
    ID1,
    ID2,
    IMEI1,
    IMEI2,
    IPAD,
    IPHONE,
    NOBODY,
    OUTLOOK1,
    PIXEL,
    SEC1,
    SERIAL1,
    UDID1,
    Case,
    Kind,
    Owner,
    at,
    outlook,
    says,
)

OWNERS = st.sampled_from((ANNA, BEN, CARA))
KINDS = st.sampled_from((IPHONE, IPAD, PIXEL))
IDS = st.sampled_from((ID1, ID2, HEX1, SEC1, f"Appl{SERIAL1}", UDID1, OUTLOOK1, "", "0", "null"))
IMEIS = st.sampled_from(("", "0", IMEI1, IMEI1[:14], IMEI2))
SUBJECTS = st.builds(
    says,
    st.sampled_from((ANNA, BEN, NOBODY)),
    IDS,
    KINDS,
    serial=st.sampled_from(("", "0", SERIAL1)),
    imei=IMEIS,
    udid=st.sampled_from(("", UDID1)),
)
PARTNERSHIPS = st.one_of(
    st.builds(at, OWNERS, IDS, KINDS, imei=IMEIS), st.builds(outlook, OWNERS, IDS, imei=IMEIS)
)
CANDIDATES = st.lists(PARTNERSHIPS, max_size=5).map(
    lambda found: [replace(one, guid=str(number)) for number, one in enumerate(found)]
)
STRANGER = Owner("stranger@contoso.example")
UNRELATED = st.builds(
    at,
    st.sampled_from((ANNA, BEN, STRANGER)),
    st.text("GHJKMNPQ", min_size=12, max_size=26),  # nothing is made of these letters alone
    KINDS,
)


@given(SUBJECTS, CANDIDATES, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(
    subject: Subject, candidates: list[Partnership], random: Random
) -> None:
    """Exchange lists devices in no order."""
    mixed = candidates.copy()
    random.shuffle(mixed)
    assert match(subject, mixed) == match(subject, candidates)


@given(SUBJECTS, CANDIDATES)
def test_a_candidate_listed_twice_counts_once(
    subject: Subject, candidates: list[Partnership]
) -> None:
    """A device found by its id and by its owner is the same one."""
    assert match(subject, [*candidates, *candidates]) == match(subject, candidates)


@given(SUBJECTS, CANDIDATES, UNRELATED)
def test_an_unrelated_candidate_never_makes_a_match_certain(
    subject: Subject, candidates: list[Partnership], unrelated: Partnership
) -> None:
    """Nor does it change what is certain already."""
    before = match(subject, candidates)
    after = match(subject, [*candidates, replace(unrelated, guid="unrelated")])
    if before.confidence is Confidence.CERTAIN:
        assert after == before
    else:
        assert after.confidence is not Confidence.CERTAIN


@given(OWNERS, KINDS, CANDIDATES)
def test_without_identifiers_nothing_is_certain(
    owner: Owner, kind: Kind, candidates: list[Partnership]
) -> None:
    """Looks are no identifier, however well they fit."""
    subject = says(owner, "", kind)
    assert match(subject, candidates).confidence is not Confidence.CERTAIN


@given(CANDIDATES)
def test_of_nothing_said_nothing_comes(candidates: list[Partnership]) -> None:
    """A report without identifiers and owner matches nothing at all."""
    assert match(Subject(), candidates).confidence is Confidence.NONE


@given(SUBJECTS, CANDIDATES)
def test_certain_partnerships_are_in_one_mailbox_and_the_named_owners(
    subject: Subject, candidates: list[Partnership]
) -> None:
    """What is done to another's mailbox cannot be undone by saying it was likely."""
    found = match(subject, candidates)
    if found.confidence is Confidence.CERTAIN:
        assert len({one.mailbox for one in found.partnerships}) == 1
        assert all(subject.upn in one.addresses for one in found.partnerships if subject.upn)


@given(SUBJECTS, CANDIDATES)
def test_a_match_names_partnerships_unless_there_is_none(
    subject: Subject, candidates: list[Partnership]
) -> None:
    """Whoever reads the partnerships alone is not misled; the reason is always said."""
    found = match(subject, candidates)
    assert bool(found.partnerships) is (found.confidence is not Confidence.NONE)
    assert set(found.partnerships) <= set(candidates)
    assert found.why


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.expected is Confidence.CERTAIN], ids=lambda c: c.name
)
def test_without_its_owners_mailbox_nothing_stays_certain(case: Case) -> None:
    """Somebody else's mailbox with the very same devices is not the owner's."""
    moved = [
        replace(one, mailbox=STRANGER.upn, addresses=frozenset({STRANGER.upn}))
        for one in case.candidates
    ]
    if case.subject.upn or case.subject.mail:
        assert match(case.subject, moved).confidence is not Confidence.CERTAIN


def test_without_an_owner_named_only_the_id_itself_is_believed() -> None:
    """
    A colleague's device can claim what follows from a serial number on a sticker.

    The id that the MDM read from the device is its owner's only to give away.
    """
    claimed = at(BEN, f"Appl{SERIAL1}")
    assert match(says(NOBODY, serial=SERIAL1), [claimed]).confidence is Confidence.PROBABLE
    assert match(says(ANNA, serial=SERIAL1), [claimed]).confidence is Confidence.PROBABLE
    assert match(says(NOBODY, f"Appl{SERIAL1}"), [claimed]).confidence is Confidence.CERTAIN


def test_what_nobody_can_tell_is_shown_to_a_person() -> None:
    """What is certain needs no look; what looks alike, or contradicts itself, does."""
    mine = at(ANNA, ID1, IPHONE)
    assert match(says(ANNA, ID1, IPHONE), [mine]).doubtful == ()
    assert match(says(ANNA, ID1, PIXEL), [mine]).doubtful == (mine,)
    assert match(says(ANNA, "", IPHONE), [mine]).doubtful == (mine,)
    assert match(says(ANNA, "", PIXEL), [mine]).doubtful == ()


def test_the_reason_names_what_was_found_and_where() -> None:
    """An administrator can check it."""
    found = match(says(ANNA, serial=SERIAL1), [at(BEN, f"Appl{SERIAL1}")])
    assert found.why == (
        f"DeviceID Appl{SERIAL1} is made of the serial number that was reported, "
        "but only in ben@contoso.example, which is not the owner's"
    )


def test_the_reason_names_what_speaks_against() -> None:
    """An administrator sees why an equal id was not enough."""
    found = match(says(ANNA, ID1, IPHONE), [at(ANNA, ID1, PIXEL)])
    assert found.why == (f"DeviceID {ID1} was reported, but the platforms differ (ios and android)")
