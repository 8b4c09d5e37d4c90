"""The watch ends in time, and no tenant keeps another waiting."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from shared.flows.trust_watch import PATIENCE
from shared.trust.authority import Authority
from tests.unit.builders import NOW
from tests.unit.certificates import an_app
from tests.unit.stand_ins import FakeClock
from tests.unit.trust_watch_world import DAY, FakeStores, Trusting, an_authority, url_of

OTHER = "2c5b0f0a-0d35-4c8e-9f0c-4f8e3f6e9b02"


@dataclass
class SlowStores(FakeStores):
    """Stores that take long to answer."""

    takes: ClassVar = timedelta(seconds=30)
    clock: FakeClock = field(default_factory=FakeClock)

    def authorities(self) -> tuple[Authority, ...]:
        """Return the PKI store, late."""
        self.clock.advance(self.takes)
        return super().authorities()


def publishing(*names: str) -> Trusting:
    """Return a tenant whose authorities have published just now."""
    world = Trusting()
    for name in names:
        world.stores.pki.append(an_authority(name))
        world.crls.publish(name)
    return world


def test_a_tenant_with_many_slow_lists_keeps_no_other_waiting() -> None:
    world = publishing(*(f"ca{number:02}" for number in range(60)))
    world.others[OTHER] = FakeStores(pki=[an_authority("theirs")])
    world.crls.publish("theirs")
    world.crls.takes = timedelta(seconds=10)
    for day in range(1, 4):
        world.look(an_app(), an_app(tenant_id=OTHER))
        assert world.crls.asked.count(url_of("theirs")) == day
        world.clock.advance(DAY)


def test_reading_the_stores_ends_in_time_as_well() -> None:
    """Where Microsoft Graph hangs, each tenant takes half a minute."""
    world = publishing("root")
    slow = SlowStores(pki=[an_authority("theirs")], clock=world.clock)
    names = [f"{number:08}-0000-4000-8000-000000000000" for number in range(20)]
    world.others |= dict.fromkeys(names, slow)
    failures = world.look(*(an_app(tenant_id=name) for name in names), an_app(tenant_id="stranger"))
    assert world.clock.now - NOW <= PATIENCE + SlowStores.takes
    late = [str(each) for each in failures if str(each).startswith("tenant ")]
    assert [each.split()[1].rstrip(":") for each in late] == names[8:]
