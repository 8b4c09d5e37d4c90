"""Microsoft Graph notifies us: handshake, notifications, lifecycle, and what we read ourselves."""

from datetime import timedelta

import httpx
import pytest

from infra.local.simulators.graph.notifications.messages import Lifecycle
from shared.devices.model import Posture
from shared.devices.subject import About, Subject
from shared.errors import Misconfigured, NotPermitted, Rejected
from shared.flows.graph_subscriptions import LIFE
from tests.contract.graph_notifications_world import ADELE, Receiver
from tests.contract.graph_receiving_world import ADDRESS, Receiving


@pytest.fixture
def world() -> Receiving:
    return Receiving()


def test_graph_takes_our_subscription_and_calls_us(world: Receiving) -> None:
    """Both handshakes, then notifications with the secret; all are answered as Graph wants it."""
    world.settled()
    world.graph.users.disable(world.adele.object_id)
    assert world.delivered() == [202]
    (report,) = world.reports
    assert (report.posture, report.about) == (Posture.RETIRED, About.OWNER)
    assert report.subject == Subject(directory_id=world.adele.object_id)
    person = world.ours.person(report.subject.directory_id)
    assert person is not None
    assert (person.upn, person.is_enabled) == (ADELE, False)
    assert world.webhook.refused == []


def test_the_directory_says_what_a_change_was(world: Receiving) -> None:
    """A new title leaves the account enabled; a deleted user is not found."""
    world.settled()
    world.graph.users.update(world.adele.object_id, jobTitle="Chair")
    world.delivered()
    person = world.ours.person(world.reports[0].subject.directory_id)
    assert person is not None
    assert person.is_enabled
    world.clock.now += timedelta(seconds=1)
    world.graph.users.delete(world.adele.object_id)
    world.graph.users.purge(world.adele.object_id)
    world.delivered()
    assert world.ours.person(world.adele.object_id) is None
    assert len({report.report_id for report in world.reports}) == len(world.reports)


def test_repeated_delivery_carries_the_same_report(world: Receiving) -> None:
    """Graph tries again when an answer was lost."""
    world.settled()
    world.graph.users.disable(world.adele.object_id)
    world.delivered()
    (attempt,) = world.graph.notifications.attempts[-1:]
    (again,) = world.webhook.requests[-1:]
    world.webhook(again)
    assert attempt.delivered
    assert len(world.reports) == 2
    assert len({report.report_id for report in world.reports}) == 1


def test_everybody_disabled_before_is_found_on_all_pages(world: Receiving) -> None:
    """More than Graph puts on one page."""
    names = {f"user-{number}@contoso.example" for number in range(1100)}
    for name in names:
        world.graph.users.add(world.tenant, name, enabled=False)
    assert {person.upn for person in world.ours.disabled()} == names
    assert world.look() == []
    assert {report.subject.upn for report in world.reports} == names


def test_subscription_lives_as_long_as_the_timer_ticks(world: Receiving) -> None:
    """Over half a year of days, there is always one, and it is renewed twice in its life."""
    world.settled()
    first = world.subscription_id()
    for _ in range(180):
        world.clock.now += timedelta(days=1)
        assert world.look() == []
    (only,) = world.ours.subscriptions()
    assert (only.subscription_id, only.address.partition("?")[0]) == (first, ADDRESS)


def test_long_sleep_is_caught_up(world: Receiving) -> None:
    """The subscription has expired, and nobody has told us."""
    world.settled()
    world.clock.now += LIFE + timedelta(days=1)
    world.graph.users.disable(world.adele.object_id)
    assert world.look() == []
    assert [report.subject.upn for report in world.reports] == [ADELE]
    assert len(world.ours.subscriptions()) == 1


def test_demand_to_reauthorize_is_heeded(world: Receiving) -> None:
    """Otherwise Graph would fall silent."""
    world.settled()
    world.graph.notifications.lifecycle(Lifecycle.REAUTHORIZATION_REQUIRED, world.subscription_id())
    assert world.delivered() == [202]
    assert world.look() == []
    world.clock.now += timedelta(hours=2)
    world.graph.users.disable(world.adele.object_id)
    assert world.delivered() == [202]
    assert len(world.reports) == 1


@pytest.mark.parametrize("event", [Lifecycle.MISSED, Lifecycle.SUBSCRIPTION_REMOVED])
def test_what_graph_did_not_tell_is_read(world: Receiving, event: Lifecycle) -> None:
    """Each disabled person once, and one subscription from then on."""
    world.settled()
    world.graph.users.add(world.tenant, "bob@contoso.example", enabled=False)
    world.graph.notifications.lifecycle(event, world.subscription_id())
    world.delivered()
    world.reports.clear()
    assert world.look() == world.look() == []
    assert [report.subject.upn for report in world.reports] == ["bob@contoso.example"]
    assert len(world.ours.subscriptions()) == 1


def test_new_secret_takes_over(world: Receiving) -> None:
    """What was sent with the old one is still read, and the next comes with the new one."""
    world.settled()
    old = world.subscription_id()
    world.graph.users.disable(world.adele.object_id)
    world.secrets.rotate()
    assert world.delivered() == [202]
    assert world.look() == []
    assert world.subscription_id() != old
    world.graph.users.enable(world.adele.object_id)
    assert world.delivered() == [202]
    newest = world.secrets.versions[0]
    assert world.reports[-1].verified_by == f"graph-secret/{newest.version}"
    assert world.webhook.refused == []


def test_graph_that_cannot_reach_us_is_told_of(world: Receiving) -> None:
    """The administrator learns what must be so."""
    world.receiver = Receiver(world.clock, echo=lambda _: httpx.Response(404))
    (failure,) = world.look()
    assert isinstance(failure, Rejected)
    assert "public address" in str(failure)


def test_missing_permission_is_named(world: Receiving) -> None:
    """The least that does it."""
    world.roles = ()
    (failure,) = world.look()
    assert isinstance(failure, NotPermitted)
    assert "User.Read.All" in str(failure)
    with pytest.raises(Misconfigured, match=r"User\.Read\.All"):
        world.ours.person(world.adele.object_id)
