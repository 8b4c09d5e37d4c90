"""Whether two devices can be one by what they look like."""

import pytest

from shared.devices.likeness import (
    Likeness,
    contradiction,
    likeness,
    of_partnership,
    of_subject,
)
from shared.devices.subject import Subject
from tests.unit.match_cases_builders import ANNA, Kind, at

SAME, DIFFERENT, UNDECIDABLE = Likeness.SAME, Likeness.DIFFERENT, Likeness.UNDECIDABLE


def compared(said: str, shown: str, said_os: str = "17", shown_os: str = "17") -> Likeness:
    """Compare by model, with equal systems unless the test is about them."""
    subject = Subject(model=said, os=said_os)
    partnership = at(ANNA, "x", Kind(model=shown, os=shown_os))
    return likeness(of_subject(subject), of_partnership(partnership))


@pytest.mark.parametrize(
    ("said", "shown", "expected"),
    [
        ("iPhone14,2", "iPhone14C2", SAME),
        ("iPad13,1", "ipad13c1", SAME),
        ("iPhone14,2", "iPhone14C5", DIFFERENT),
        ("iPhone1,42", "iPhone14C2", DIFFERENT),
        ("iPhone 13 Pro", "iPhone14C2", UNDECIDABLE),
        ("iPhone 13 Pro", "iPhone 13 Pro", UNDECIDABLE),
        ("iPhone", "iPhone", UNDECIDABLE),
        ("iPhone 5C 16GB", "iPhone5C3", UNDECIDABLE),
        ("iPhone5C16GB", "iPhone5C3", UNDECIDABLE),
        ("SM-G991BXY", "SM-G991B", UNDECIDABLE),
        ("SM-G991B", "samsungSMG991B", SAME),
        ("SM-G991B", "Samsung SM-G991B/DS", SAME),
        ("samsung SM-A525F 5G", "SM-A525F", SAME),
        ("SM-G991B", "SM-G991U1", DIFFERENT),
        ("SM-G991B", "iPhone14C2", DIFFERENT),
        ("Galaxy S21", "Galaxy S21", UNDECIDABLE),
        ("Galaxy S21", "SM-G991B", UNDECIDABLE),
        ("Pixel 7", "Google Pixel 7", SAME),
        ("Pixel 7", "Pixel 7 Pro", UNDECIDABLE),
        ("moto", "moto", UNDECIDABLE),
        ("", "", UNDECIDABLE),
        ("iPhone14,2", "", UNDECIDABLE),
        ("iPhone14,2", "Outlook for iOS and Android", UNDECIDABLE),
    ],
)
def test_models_compare_by_their_numbers(said: str, shown: str, expected: Likeness) -> None:
    """Names for sale are not translated, and are no match among themselves."""
    assert compared(said, shown) is expected


@pytest.mark.parametrize(
    ("said", "shown", "expected"),
    [
        ("iOS 17.5.1", "iOS 17.5.1 21F90", SAME),
        ("17.5.1", "iOS 17.5.1 21F90", SAME),
        ("iPadOS 17.5.1", "iOS 17.5.1 21F90", SAME),
        ("iOS 17.5.0", "iOS 17.5", SAME),
        ("iOS 17.5", "iOS 17.5.1", UNDECIDABLE),
        ("iOS", "iOS", UNDECIDABLE),
        ("21F90", "21F90", UNDECIDABLE),
        ("", "", UNDECIDABLE),
        ("Android 14", "iOS 14", DIFFERENT),
        ("Windows 11", "Android 11", DIFFERENT),
    ],
)
def test_systems_compare_by_platform_and_version(said: str, shown: str, expected: Likeness) -> None:
    """Another version proves nothing, as one side may not know of an update yet."""
    assert compared("Pixel 7", "Pixel 7", said, shown) is expected


def test_the_user_agent_tells_the_model_that_exchange_does_not_show() -> None:
    """Old partnerships have no model."""
    shown = of_partnership(at(ANNA, "x", Kind(agent="Apple-iPhone14C2/1902.103")))
    assert shown.code == "iphone14,2"
    assert contradiction(of_subject(Subject(model="iPhone14,5")), shown).startswith("the models")
    assert contradiction(of_subject(Subject(os="Android 14")), shown).startswith("the platforms")


def test_what_is_not_said_contradicts_nothing() -> None:
    """A gap in what one side knows is no difference."""
    known = of_subject(Subject(model="iPhone14,2", os="iOS 17", imei="359092068173453"))
    assert contradiction(of_subject(Subject(imei="0", os="17")), known) == ""


def test_a_name_of_two_platforms_names_none() -> None:
    """Outlook says the same of itself on both."""
    shown = of_partnership(at(ANNA, "x", Kind(agent="Outlook-iOS-Android/1.0")))
    assert shown.platforms == frozenset()
