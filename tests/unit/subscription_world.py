"""A tenant's Graph, vault and records in memory, and a watch that can die after any call."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.credentials.subscription import Subscription
from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Signal, Trust
from shared.devices.subject import Person, Report
from shared.errors import Failure, NotFound
from shared.flows.graph_subscriptions import LIFE, TOGETHER, GraphSubscriptions
from shared.flows.subscription_ports import Listener
from shared.records.subscriptions import Chores
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeClock, FakeTable

ADDRESS = "https://easgate.example/api/mdm/entra"
NEWEST, PREVIOUS = "b" * 32, "a" * 32
LISTENER = Listener(
    sender="entra",
    tenant_id=TENANT,
    trust=Trust.TIGHTEN,
    secret_name="graph-secret",
    address=ADDRESS,
)


class Death(Exception):  # noqa: N818 - no failure of ours, which anybody would catch
    """The worker is gone."""


def a_secret(version: str = NEWEST, value: str = "") -> LiveSecret:
    """Return one version of the sender's secret."""
    return LiveSecret(name="graph-secret", version=version, value=value or f"of {version}\n")


def a_subscription(version: str = NEWEST, **changes: object) -> Subscription:
    """Return a subscription as it should be, begun now."""
    address = f"{ADDRESS}?version={version}"
    subscription = Subscription(
        address=address,
        lifecycle_address=address,
        resource="users",
        change_types=frozenset({"updated"}),
        expires_at=NOW + LIFE,
        subscription_id="sub-0",
    )
    return replace(subscription, **changes)  # type: ignore[arg-type]  # named fields only


def a_person(name: str) -> Person:
    """Return somebody whose account is disabled."""
    return Person(
        directory_id=f"id-of-{name}",
        upn=f"{name}@contoso.onmicrosoft.com",
        mail=f"{name}@contoso.com",
        is_enabled=False,
    )


@dataclass
class FakeDirectory:
    """One tenant's Graph: it holds subscriptions, and says in which order they changed."""

    held: list[Subscription] = field(default_factory=list)
    people: list[Person] = field(default_factory=lambda: [a_person("ann"), a_person("bob")])
    secrets: dict[str, str] = field(default_factory=dict)  # by subscription
    deeds: list[str] = field(default_factory=list)
    refuses: Failure | None = None  # to subscribe
    stops: Failure | None = None  # in the midst of the listing of people
    meanwhile: Callable[[], None] | None = None  # happens while people are listed

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return all."""
        return tuple(self.held)

    def subscribe(self, wanted: Subscription, secret: str) -> Subscription:
        """Add one."""
        if self.refuses:
            raise self.refuses
        made = replace(wanted, subscription_id=f"sub-{len(self.secrets) + 1}")
        self.secrets[made.subscription_id] = secret
        self.held.append(made)
        self.deeds.append(f"subscribe {made.subscription_id}")
        return made

    def renew(self, subscription_id: str, expires_at: datetime) -> None:
        """Let one live longer."""
        self.deeds.append(f"renew {subscription_id}")
        if all(each.subscription_id != subscription_id for each in self.held):
            raise NotFound("gone")
        self.held = [
            replace(each, expires_at=expires_at)
            if each.subscription_id == subscription_id
            else each
            for each in self.held
        ]

    def unsubscribe(self, subscription_id: str) -> None:
        """End one."""
        self.deeds.append(f"unsubscribe {subscription_id}")
        self.held = [each for each in self.held if each.subscription_id != subscription_id]

    def disabled(self) -> Iterator[Person]:
        """Yield people, and fail before the end is told."""
        for person in self.people:
            yield person
            if self.meanwhile:
                self.meanwhile()
        if self.stops:
            raise self.stops


class Mortal:
    """Does what another does, and dies after one of the calls to any of its kind."""

    def __init__(self, target: object, life: "Life") -> None:
        self._target, self._life = target, life

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the target has
        return partial(self._life.call, getattr(self._target, name))


@dataclass
class Life:
    """How many calls a worker has made, and with which it ends."""

    ends_after: int | None = None
    calls: int = 0

    def call(self, method: Callable[..., Any], *given: object, **named: object) -> Any:  # noqa: ANN401 - as the method
        """Make the call, and die if it was the last one."""
        result: object = method(*given, **named)
        self.calls += 1
        if self.calls == self.ends_after:
            raise Death
        return result


@dataclass
class World:
    """All of it."""

    clock: FakeClock = field(default_factory=FakeClock)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    secrets: list[LiveSecret] = field(default_factory=lambda: [a_secret()])
    reports: list[Report] = field(default_factory=list)
    table: FakeTable = field(default_factory=FakeTable)

    @property
    def chores(self) -> Chores:
        """The records."""
        return Chores(self.table, self.clock)

    @property
    def open(self) -> list[str]:
        """What is still to be done."""
        return [chore.what for chore in self.chores.of("entra")]

    @property
    def reported(self) -> set[tuple[str, str]]:
        """Who was reported, and under which id; repeats do not show."""
        return {(report.subject.upn, report.report_id) for report in self.reports}

    def live(self, name: str, at_most: timedelta) -> tuple[LiveSecret, ...]:
        """Return the secrets, as they are now."""
        assert (name, at_most) == ("graph-secret", timedelta())
        return tuple(self.secrets)

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Take reports, as many as people are listed at once."""
        assert 0 < len(words) <= TOGETHER
        self.reports += [word for word in words if isinstance(word, Report)]

    def look(self, *listeners: Listener, ends_after: int | None = None) -> list[Failure]:
        """Run the story once."""
        life = Life(ends_after)
        story = GraphSubscriptions(
            directory=lambda _: Mortal(self.directory, life),
            secrets=Mortal(self, life),
            chores=Mortal(self.chores, life),
            queue=Mortal(self, life),
            clock=self.clock,
        )
        return story.look(listeners or (LISTENER,))

    def settled(self) -> "World":
        """Return the world after all is in order and quiet."""
        assert self.look() == []
        self.reports.clear()
        self.directory.deeds.clear()
        return self
