"""What a sender that may only tighten access can bring about: never access, never a wipe."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Action, Device, Ownership, Posture, Trust
from shared.devices.subject import About, Link, Subject
from tests.unit.builders import (
    MAILBOX,
    TENANT,
)
from tests.unit.recognition_world import (
    OTHER_MAILBOX,
    a_report,
)
from tests.unit.tiers import DEVICES, ZERO, Tiers

LINKS = [Link(mailbox=each.mailbox, device_id=each.device_id) for each in DEVICES]
SUBJECTS = [
    *(Subject(mail=each.mailbox, eas_device_id=each.device_id) for each in DEVICES),  # by itself
    *(Subject(upn=each.mailbox, eas_device_id=each.device_id, mdm_id="7") for each in DEVICES),
    *(Subject(eas_device_id=each.device_id, udid="device") for each in DEVICES),
    Subject(upn=MAILBOX, model="iPhone14,2", os="iOS 17.5.1", mdm_id="8"),  # one of two: held
    Subject(upn=OTHER_MAILBOX, mdm_id="9"),
]
BY_TIGHTEN = Trust.TIGHTEN


Deed = Callable[[Tiers], None]


def events(*trusts: Trust) -> st.SearchStrategy[tuple[Trust, Deed]]:
    """Return any event of senders of these kinds, early, late or dated to the future."""
    drawn = st.builds(
        lambda trust, sender, minutes, **said: a_report(
            trust=trust,
            sender=f"{trust}-{sender}",
            occurred_at=ZERO + timedelta(minutes=minutes),
            **said,
        ),
        trust=st.sampled_from(trusts),
        sender=st.sampled_from("ab"),
        minutes=st.integers(-5, 5),
        posture=st.sampled_from(Posture),
        ownership=st.sampled_from(Ownership),
        subject=st.sampled_from(SUBJECTS),
        about=st.sampled_from(About),
    )
    return drawn.map(lambda report: (report.trust, lambda tiers: tiers.event(report)))


def links(*trusts: Trust) -> st.SearchStrategy[tuple[Trust, Deed]]:
    """Return a person's word on the first report that waits, of senders of these kinds."""

    def deed(trust: Trust, chosen: list[Link]) -> tuple[Trust, Deed]:
        def link(tiers: Tiers) -> None:
            for report in tiers.held(trust)[:1]:
                tiers.link(report, *chosen)

        return trust, link

    return st.builds(deed, st.sampled_from(trusts), st.lists(st.sampled_from(LINKS), max_size=3))


def orders(*actions: Action) -> st.SearchStrategy[tuple[None, Deed]]:
    """Return any of these orders on any device."""

    def deed(action: Action, device: Device) -> tuple[None, Deed]:
        def order(tiers: Tiers) -> None:
            tiers.order(action, device)

        return None, order

    return st.builds(deed, st.sampled_from(actions), st.sampled_from(DEVICES))


def loosened(before: list[Device], after: list[Device]) -> list[str]:
    """Return the devices that came nearer to mail."""
    stood = {each.guid: each for each in before}
    return [
        each.guid
        for each in after
        if (each.on_allowed_list and not stood[each.guid].on_allowed_list)
        or (stood[each.guid].on_blocked_list and not each.on_blocked_list)
    ]


def whose(tiers: Tiers) -> list[Ownership]:
    """Return whose the devices are, as far as an order to wipe goes by it."""
    return [
        tiers.world.postures.ownership(TENANT, each.mailbox, device_id=each.device_id)
        for each in DEVICES
    ]


TIGHTENING = st.lists(
    st.one_of(
        events(BY_TIGHTEN),
        links(BY_TIGHTEN),
        orders(Action.BLOCK, Action.WIPE_DEVICE, Action.CANCEL_WIPE),
    ),
    min_size=1,
    max_size=12,
)


@given(TIGHTENING)
def test_while_all_events_are_of_such_senders_nothing_is_allowed_or_wiped(
    deeds: list[tuple[Trust | None, Deed]],
) -> None:
    """Whatever they say of whatever device, at whatever time, and whatever people link it to."""
    tiers = Tiers()
    for _, deed in deeds:
        before = tiers.devices
        deed(tiers)
        assert loosened(before, tiers.devices) == []
    assert len(tiers.devices) == len(DEVICES)
    assert tiers.world.exchange.wiped == []
    assert set(tiers.world.exchange.applied) <= {Action.BLOCK}


@given(TIGHTENING)
def test_ownership_said_by_such_a_sender_never_makes_a_reset_possible(
    deeds: list[tuple[Trust | None, Deed]],
) -> None:
    """Every device's reset is refused after every event, although they call all of them ours."""
    tiers = Tiers()
    for _, deed in deeds:
        deed(tiers)
        assert whose(tiers) == [Ownership.UNKNOWN] * len(DEVICES)
    for device in DEVICES:
        assert not tiers.order(Action.WIPE_DEVICE, device)


@given(
    st.lists(
        st.one_of(
            events(*Trust),
            links(*Trust),
            orders(*(set(Action) - {Action.REMOVE})),
        ),
        min_size=2,
        max_size=12,
    )
)
def test_among_others_such_a_sender_loosens_nothing_either(
    deeds: list[tuple[Trust | None, Deed]],
) -> None:
    """What others and people bring about in between is theirs; its own deeds only tighten."""
    tiers = Tiers()
    for trust, deed in deeds:
        before, owners, wiped = tiers.devices, whose(tiers), len(tiers.world.exchange.wiped)
        done = len(tiers.world.exchange.applied)
        deed(tiers)
        if trust is BY_TIGHTEN:
            assert loosened(before, tiers.devices) == []
            assert len(tiers.world.exchange.wiped) == wiped
            assert set(tiers.world.exchange.applied[done:]) <= {Action.BLOCK}
            assert whose(tiers) == owners


def test_a_sender_of_full_trust_can_do_what_such_a_sender_cannot() -> None:
    """Else the above would hold of a world in which nothing works."""
    for trust in Trust:
        is_full = trust is Trust.FULL
        said = a_report(trust=trust, subject=SUBJECTS[3], ownership=Ownership.CORPORATE)
        tiers = Tiers()
        tiers.event(replace(said, posture=Posture.COMPLIANT))
        assert tiers.devices[0].on_allowed_list is is_full
        tiers.event(replace(said, posture=Posture.NONCOMPLIANT))
        assert tiers.devices[0].on_blocked_list
        assert tiers.order(Action.WIPE_DEVICE, DEVICES[0]) is is_full
        tiers = Tiers()
        tiers.event(replace(said, posture=Posture.LOST))
        assert len(tiers.world.exchange.wiped) == is_full
        assert tiers.devices[0].on_blocked_list is not is_full


def test_link_of_such_a_senders_report_is_carried_out_and_no_more_than_that() -> None:
    """A person says which device it is, not what becomes of it."""
    tiers = Tiers()
    report = a_report(
        report_id="00000001-0000-4000-8000-000000000000",
        trust=BY_TIGHTEN,
        posture=Posture.LOST,
        subject=SUBJECTS[9],
    )
    tiers.event(report)
    assert len(tiers.held(BY_TIGHTEN)) == 1
    tiers.link(report, *LINKS[:2])
    assert [each.on_blocked_list for each in tiers.devices] == [True, True, False]
    assert tiers.world.exchange.wiped == []
