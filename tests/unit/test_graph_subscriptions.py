"""Each sender has one live subscription in Microsoft Graph, and what it missed is caught up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.devices.model import Posture
from shared.devices.subject import About, Counted, Report, Subject
from shared.errors import Contended, Misconfigured, Rejected, Retryable
from shared.flows import webhook_delivery
from shared.flows.graph_subscriptions import CATCHES_UP_AFTER, LIFE, TOGETHER
from shared.records.subscriptions import Chores
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable
from tests.unit.subscription_world import (
    ADDRESS,
    LISTENER,
    NEWEST,
    PREVIOUS,
    Death,
    World,
    a_person,
    a_secret,
    a_subscription,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_missing_subscription_is_made() -> None:
    """It is for changes of users, tells us of itself too, and carries the secret as it is heard."""
    world = World()
    assert world.look() == []
    (made,) = world.directory.held
    assert made == a_subscription(subscription_id="sub-1")
    assert world.directory.secrets == {"sub-1": f"of {NEWEST}"}


def test_everybody_disabled_before_is_reported() -> None:
    """As an owner, with all names: nobody need be asked again."""
    world = World()
    world.look()
    ann = a_person("ann")
    assert [report.subject.upn.partition("@")[0] for report in world.reports] == ["ann", "bob"]
    report = world.reports[0]
    assert report.subject == Subject(upn=ann.upn, mail=ann.mail, directory_id=ann.directory_id)
    assert (report.posture, report.about) == (Posture.RETIRED, About.OWNER)
    assert (report.tenant_id, report.sender, report.occurred_at) == (TENANT, "entra", NOW)
    assert report.trust is LISTENER.trust


def test_what_is_in_order_is_left_alone() -> None:
    """Timers tick often."""
    world = World().settled()
    for _ in range(3):
        world.clock.advance(DAY)
        assert world.look() == []
    assert (world.directory.deeds, world.reports) == ([], [])


def test_subscription_is_renewed_once_half_its_life_is_over() -> None:
    """Not before: and then for a whole life."""
    world = World().settled()
    world.clock.advance(LIFE / 2)
    world.chores.caught_up("entra", world.clock())
    world.look()
    assert world.directory.deeds == []
    world.clock.advance(MINUTE)
    world.look()
    assert world.directory.deeds == ["renew sub-1"]
    assert world.directory.held[0].expires_at == world.clock() + LIFE
    assert world.reports == []


def test_subscription_that_is_gone_when_it_is_renewed_is_made_anew() -> None:
    """Graph's listing lags behind; what was missed meanwhile is caught up."""
    world = World().settled()
    world.clock.advance(LIFE / 2 + MINUTE)
    listed = world.directory.subscriptions()
    world.directory.held.clear()
    world.directory.subscriptions = lambda: listed  # type: ignore[method-assign]
    assert world.look() == []
    assert world.directory.deeds == ["renew sub-1", "subscribe sub-2", "unsubscribe sub-1"]
    assert len(world.reports) == 2


WRONG = [
    a_subscription(resource="groups"),
    a_subscription(change_types=frozenset({"updated", "deleted"})),
    a_subscription(lifecycle_address=""),
    a_subscription(with_content=True),
    a_subscription(expires_at=NOW),
    a_subscription(PREVIOUS),
    a_subscription(address=ADDRESS),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_subscription_is_replaced_without_a_gap(wrong: object) -> None:
    """The new one is there before the old one goes."""
    world = World()
    world.directory.held = [wrong]  # type: ignore[list-item]  # they are subscriptions
    assert world.look() == []
    assert world.directory.deeds == ["subscribe sub-1", "unsubscribe sub-0"]


def test_doubled_subscription_goes() -> None:
    """The one that lives longest stays."""
    world = World().settled()
    older, newer = (
        a_subscription(subscription_id=name, expires_at=NOW + LIFE + days * DAY)
        for name, days in (("older", -1), ("newer", 1))
    )
    world.directory.held += [older, newer]
    assert world.look() == []
    assert world.directory.deeds == ["unsubscribe sub-1", "unsubscribe older"]
    assert world.directory.held == [newer]


def test_subscriptions_of_others_are_left_alone() -> None:
    """Another sender, another deployment, another slot of this one."""
    world = World().settled()
    others = [
        a_subscription(address=f"{ADDRESS}-two?version={NEWEST}"),
        a_subscription(address="https://other.example/api/mdm/entra"),
    ]
    world.directory.held += others
    assert world.look() == []
    assert world.directory.held[1:] == others


def test_new_secret_takes_over_without_a_gap() -> None:
    """What came in while both were there may have proved nothing, so it is caught up."""
    world = World()
    world.secrets = [a_secret(PREVIOUS)]
    world.settled()
    world.secrets = [a_secret(NEWEST), a_secret(PREVIOUS)]
    assert world.look() == []
    assert world.directory.deeds == ["subscribe sub-2", "unsubscribe sub-1"]
    assert world.directory.secrets == {"sub-1": f"of {PREVIOUS}", "sub-2": f"of {NEWEST}"}
    assert len(world.reports) == 2


@pytest.mark.parametrize("value", ["too short", "x" * 129, " " * 200])
def test_secret_that_cannot_be_used_makes_no_subscription(value: str) -> None:
    """Graph would refuse it, or we would refuse what it sends."""
    world = World()
    world.secrets = [a_secret(value=value)]
    (failure,) = world.look()
    assert isinstance(failure, Misconfigured)
    assert value not in str(failure) or not value.strip()
    assert world.directory.deeds == []


def test_demand_to_reauthorize_renews_at_once() -> None:
    """Graph asks for it long before the end; to renew is to do both."""
    world = World().settled()
    world.chores.want("entra", "reauthorizationRequired")
    assert world.look() == world.look() == []
    assert (world.directory.deeds, world.open, world.reports) == (["renew sub-1"], [], [])


@pytest.mark.parametrize("event", ["missed", "subscriptionRemoved"])
def test_missed_notifications_are_caught_up_once(event: str) -> None:
    """Each time anew, under ids that no earlier report has."""
    world = World().settled()
    for _ in range(2):
        world.clock.advance(MINUTE)
        world.chores.want("entra", event)
        assert world.look() == world.look() == []
    assert (len(world.reports), len(world.reported), world.open) == (4, 4, [])


def test_removed_subscription_is_made_and_caught_up() -> None:
    """Whether Graph told us of it or not."""
    world = World().settled()
    world.directory.held.clear()
    assert world.look() == []
    assert world.directory.deeds == ["subscribe sub-2"]
    assert (len(world.reports), world.open) == (2, [])


def test_event_that_comes_while_catching_up_is_not_lost() -> None:
    """Whoever was disabled meanwhile may have been on a page already read."""
    world = World().settled()
    world.chores.want("entra", "missed")
    world.clock.advance(MINUTE)
    world.directory.meanwhile = lambda: world.chores.want("entra", "missed")
    world.look()
    assert world.open == ["missed"]
    world.directory.meanwhile = None
    world.look()
    assert (len(world.reports), len(world.reported), world.open) == (4, 4, [])


def test_it_catches_up_once_a_week_unasked() -> None:
    """Graph does not tell that it gave up on us: after four hours of silence it just did."""
    world = World().settled()
    for days in range(1, 22):
        world.clock.now = NOW + days * DAY
        assert world.look() == []
    weeks = timedelta(days=21) // CATCHES_UP_AFTER
    assert len(world.reported) == 2 * weeks == len(world.reports)


def test_listing_that_breaks_off_is_gone_through_again() -> None:
    """Who was reported is reported under the same id; nothing passes for complete."""
    world = World()
    world.directory.people = [a_person(f"person-{number}") for number in range(TOGETHER + 1)]
    world.directory.stops = Retryable("busy")
    (failure,) = world.look()
    assert isinstance(failure, Retryable)
    assert world.open == ["subscribed"]
    world.directory.stops = None
    world.clock.advance(MINUTE)
    assert world.look() == []
    assert {report.occurred_at for report in world.reports} == {NOW}
    numbers = (len(world.reports), len(world.reported))
    assert (numbers, world.open) == ((2 * TOGETHER + 1, TOGETHER + 1), [])


def test_many_people_are_all_reported() -> None:
    """However many batches that takes."""
    world = World()
    world.directory.people = [a_person(f"person-{number}") for number in range(2 * TOGETHER + 1)]
    assert world.look() == []
    assert len(world.reported) == len(world.reports) == 2 * TOGETHER + 1


def test_refused_subscription_floods_nobody() -> None:
    """While our address cannot be reached, every tick tries again; nobody is reported for it."""
    world = World()
    world.directory.refuses = Rejected("not validated")
    for _ in range(3):
        world.clock.advance(MINUTE)
        assert [str(failure) for failure in world.look()] == ["not validated"]
    assert (world.reports, world.directory.held) == ([], [])
    world.directory.refuses = None
    assert world.look() == []
    assert len(world.reports) == 2


def test_one_senders_trouble_does_not_hold_up_another() -> None:
    """Each is told of, and each is tried."""
    world = World()
    world.secrets = [a_secret(), a_secret(value="short")]
    other = replace(LISTENER, sender="other", address=f"{ADDRESS}-two")
    world.directory.refuses = Rejected("not validated")
    assert len(world.look(other, LISTENER)) == 2


def begun() -> World:
    """Return a world in which nothing is there yet."""
    return World()


def with_a_new_secret() -> World:
    """Return a world in which the secret has just changed."""
    world = World()
    world.secrets = [a_secret(PREVIOUS)]
    world.settled().secrets = [a_secret()]
    return world


def with_much_to_do() -> World:
    """Return a world with doubled, wrong and expiring subscriptions, and all events at once."""
    world = World().settled()
    world.clock.advance(LIFE / 2 + MINUTE)
    world.directory.held += [
        a_subscription(subscription_id="double"),
        a_subscription(PREVIOUS, subscription_id="wrong"),
    ]
    for event in ("missed", "subscriptionRemoved", "reauthorizationRequired"):
        world.chores.want("entra", event)
    return world


@pytest.mark.parametrize("make", [begun, with_a_new_secret, with_much_to_do])
def test_death_after_any_call_leaves_nothing_doubled_and_nothing_undone(
    make: Callable[[], World],
) -> None:
    """The next run ends as if the first had lived: one subscription, and each person reported."""
    deaths, lived = 0, False
    while not lived:
        deaths += 1
        world = make()
        try:
            lived = world.look(ends_after=deaths) == []
        except Death:
            world.clock.advance(MINUTE)
            assert world.look() == []
        assert len(world.directory.held) == 1
        assert world.directory.held[0].expires_at > world.clock() + LIFE / 2
        assert {upn.partition("@")[0] for upn, _ in world.reported} == {"ann", "bob"}
        assert world.open == []
        world.settled()
        assert world.look() == []
        assert (world.directory.deeds, world.reports) == ([], [])
    assert deaths > 10


def test_death_while_reporting_repeats_the_same_reports() -> None:
    """A report that was on the queue already is the same operation."""
    for calls in range(1, 40):
        world = World().settled()
        world.chores.want("entra", "missed")
        try:
            world.look(ends_after=calls)
        except Death:
            world.clock.advance(MINUTE)
            assert world.look() == []
        assert len(world.reported) == 2


def test_chore_that_two_workers_want_at_once_is_noted() -> None:
    """One of them finds the other's row."""
    table = FakeTable()
    chores, other = Chores(table, FakeClock()), Chores(table, FakeClock())

    class Overtaken(FakeTable):
        def get(self, partition: str, row: str) -> dict[str, object] | None:
            found = table.get(partition, row)
            other.want("entra", "missed")
            return found

        def insert(self, entity: object) -> str | None:
            return table.insert(entity)

        def replace(self, entity: object, etag: str) -> str:
            return table.replace(entity, etag)

    with pytest.raises(Contended):
        Chores(Overtaken(), FakeClock()).want("entra", "missed")
    assert [chore.what for chore in chores.of("entra")] == ["missed"]


@dataclass
class ADelivery:
    """What a sender sent."""

    reports: tuple[Report, ...] = ()
    unknown: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ("missed", "reauthorizationRequired")


def test_lifecycle_events_are_noted_before_graph_is_answered() -> None:
    """By the sender's name: other senders' subscriptions are none of its business."""
    chores = Chores(FakeTable(), FakeClock())
    taken = webhook_delivery.take_in(
        "entra", ADelivery(), queue=FakeQueue(), unheeded=Nobody(), chores=chores
    )
    assert taken == ()
    assert [chore.what for chore in chores.of("entra")] == ["missed", "reauthorizationRequired"]
    assert chores.of("other") == ()


class Nobody:
    """Counts nothing."""

    def count(self, sender: str, kind: str) -> None:
        """Refuse to."""
        raise AssertionError((sender, kind))

    def of(self, sender: str) -> list[Counted]:
        """Refuse to."""
        raise AssertionError(sender)
