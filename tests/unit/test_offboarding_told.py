"""What others read of an offboarding: the audit names nobody, and alerts know the event."""

import json
from typing import get_args

from shared.alerts import kinds, wording
from shared.audit import operations
from shared.audit.pseudonyms import Pseudonyms
from shared.audit.record import Entry
from shared.devices.operation import State
from shared.devices.tenant_change import LongChange, action
from shared.events import catalogue
from tests.unit.app_world import Deployment
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT, a_device
from tests.unit.offboarding_world import PERSON, SERIAL, Case, leaves, lost, phones
from tests.unit.stand_ins import FakeExchange

NAMES = Pseudonyms(key=b"k" * 32)


def read(entry: Entry | None) -> str:
    assert entry is not None
    return json.dumps(entry.facts)


def test_the_audit_names_neither_person_nor_phone() -> None:
    """Neither in the order nor in the report, with a key or without one."""
    case = Case()
    order = lost(user=MAILBOX, serial_number=SERIAL, wipe="account")
    case.deliver(order)
    operation = case.operation(order)
    for names in (NAMES, None):
        for entry in (
            operations.opened(operation, NOW, names),
            operations.step(operation, NOW, names),
        ):
            told = read(entry)
            for private in (MAILBOX, DEVICE_ID, PERSON, SERIAL):
                assert private not in told
    assert NAMES.of("device", DEVICE_ID) in read(operations.step(operation, NOW, NAMES))
    assert NAMES.of("person", PERSON) in read(operations.step(operation, NOW, NAMES))
    assert NAMES.of("mailbox", MAILBOX) in read(operations.opened(operation, NOW, NAMES))


def test_phones_that_are_named_in_sentences_are_not_named_in_the_audit() -> None:
    """Exchange names them where it refuses something."""
    case = Case(a_device(device_id="ANOTHER"))
    case.mailbox.exchange = FakeExchange(phones(2))
    case.deliver(leaves())
    assert "PHONE1" in case.report(leaves())["devices"][0]["steps"]["block"]["says"]
    assert "PHONE1" not in read(operations.step(case.operation(leaves()), NOW, NAMES))


def test_none_of_many_phones_is_named_in_the_audit() -> None:
    """Not those either of which the report shows no more than their ids."""
    case = Case(*phones(12))
    case.deliver(leaves())
    ended = case.operation(leaves())
    given_up = ended.stepped(State.ABANDONED, "PHONE11 was in the way", NOW)
    told = read(operations.step(given_up, NOW, NAMES))
    assert "PHONE" not in told
    assert NAMES.of("device", "PHONE11") in told


def test_the_end_is_told_as_any_other_event_is() -> None:
    kind = kinds.short(catalogue.OFFBOARDED)
    assert kind in kinds.CALM
    assert kind in wording.TITLES


def test_every_order_of_many_steps_has_its_story() -> None:
    """Those that are wired, in the app as it is."""
    stories = Deployment().services.tenant_steps(TENANT).stories
    assert set(stories) == {str(kind.__struct_config__.tag) for kind in get_args(LongChange)}
    assert action(lost().change) in stories
