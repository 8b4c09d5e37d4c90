"""Whose device it is: reports on all that a person has, and on devices of a person's id alone."""

from dataclasses import replace

import pytest

from shared.devices.operation import State
from shared.devices.subject import About, Partnership, Person, Report, Subject
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.recognition_world import (
    FIRST,
    OTHER_MAILBOX,
    PERSON_ID,
    SECOND,
    TWO_ALIKE,
    FakePeople,
    RecognitionWorld,
    a_partnership,
    a_report,
    listed,
)

UPN = "adele@contoso.onmicrosoft.com"
ADELE = Person(directory_id=PERSON_ID, upn=UPN, mail=MAILBOX, is_enabled=False)
BY_ID = a_report(about=About.OWNER, subject=Subject(directory_id=PERSON_ID))
BY_NAME = replace(BY_ID, subject=Subject(upn=UPN, mail=MAILBOX, directory_id=PERSON_ID))
BOTHS = frozenset({UPN, MAILBOX})
ADELES = tuple(replace(each, addresses=BOTHS) for each in TWO_ALIKE)
BOBS = a_partnership(mailbox=OTHER_MAILBOX, device_id="BOBSPHONE0123456")


def a_world(person: Person | None, known: tuple[Partnership, ...] = ADELES) -> RecognitionWorld:
    """Return a world with this person in the directory."""
    people = FakePeople({PERSON_ID: person} if person else {})
    return RecognitionWorld([*known, BOBS], people)


@pytest.mark.parametrize("report", [BY_ID, BY_NAME])
def test_report_on_an_owner_is_about_all_that_the_owner_has(report: Report) -> None:
    """Once each, although the owner goes by two names; nobody else's are touched."""
    world = a_world(ADELE)
    world.report(report)
    assert world.operation(report).matched == (FIRST, SECOND)
    assert len(world.queue.signals) == 2
    assert {each.mailbox for each in world.queue.signals} == {MAILBOX}


def test_whoever_is_named_alone_is_not_looked_up() -> None:
    """There is nothing to look up by; a directory that is down does not stand in the way."""
    named = a_report(about=About.OWNER, subject=Subject(upn=UPN, mail=MAILBOX))
    world = a_world(replace(ADELE, is_enabled=True))
    world.report(named)
    assert len(world.queue.signals) == 2


def test_whoever_was_enabled_again_is_left_alone() -> None:
    """The sender has looked; but that was before."""
    world = a_world(replace(ADELE, is_enabled=True))
    world.report(BY_NAME)
    assert world.queue.signals == []


def test_enabled_account_is_left_alone() -> None:
    """A change of any kind was told, by an id alone: the directory knows what it was."""
    world = a_world(replace(ADELE, is_enabled=True))
    world.report(BY_ID)
    assert (world.state(BY_ID), world.operation(BY_ID).matched) == (State.DONE, ())
    assert world.queue.signals == []
    assert any("the account is enabled" in s.note for s in world.operation(BY_ID).history)


def test_account_that_is_gone_is_done_without_a_word() -> None:
    """Its mailbox went with it."""
    world = a_world(None)
    world.report(BY_ID)
    assert (world.state(BY_ID), world.queue.signals) == (State.DONE, [])
    assert any("the account is gone" in s.note for s in world.operation(BY_ID).history)


def test_owner_without_a_device_is_done() -> None:
    """Most people who leave have none."""
    world = a_world(ADELE, known=())
    world.report(BY_ID)
    assert (world.state(BY_ID), world.queue.signals) == (State.DONE, [])


def test_owner_whom_exchange_cannot_tell_apart_is_held() -> None:
    """Two mailboxes go by that name: a person says which devices are meant."""
    world = a_world(ADELE)
    world.partnerships.refused[MAILBOX] = "it stands for 2 mailboxes"
    world.report(BY_NAME)
    assert (world.state(BY_NAME), world.note(BY_NAME)) == (State.HELD, "it stands for 2 mailboxes")
    world.link(BY_NAME, [FIRST])
    world.deliver()
    assert world.state(BY_NAME) is State.DONE
    assert [each.device_id for each in world.queue.signals] == [FIRST.device_id]


KNOWN_BY_ID = a_report(subject=Subject(directory_id=PERSON_ID, eas_device_id=DEVICE_ID))


def test_owner_of_a_device_is_looked_up_where_only_an_id_is_given() -> None:
    """The device is in that owner's mailbox: certain."""
    world = a_world(replace(ADELE, is_enabled=True))
    world.report(KNOWN_BY_ID)
    assert world.operation(KNOWN_BY_ID).matched == (FIRST,)


@pytest.mark.parametrize("person", [ADELE, None])
def test_device_in_anothers_mailbox_is_not_the_one_of_an_owner_named_by_an_id(
    person: Person | None,
) -> None:
    """Held, as it is where the owner is named by an address; also if nobody has the id now."""
    known = (a_partnership(mailbox=OTHER_MAILBOX),)
    world = a_world(person, known)
    world.report(KNOWN_BY_ID)
    assert world.state(KNOWN_BY_ID) is State.HELD
    assert world.operation(KNOWN_BY_ID).candidates == listed(known)
    assert world.queue.signals == []
