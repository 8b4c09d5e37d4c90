"""Somebody has lost a phone, or leaves; and workers that may die while they shut him out."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared import tenant_messages
from shared.devices.model import Device
from shared.devices.offboarding import Step
from shared.devices.operation import Operation
from shared.devices.policy import Assignment
from shared.devices.tenant_change import TenantCommand
from shared.errors import Failure, HeldBack, Misconfigured, NotFound, Retryable
from shared.flows.crl_check import CrlReport
from shared.flows.offboarding import OffboardingStory
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.tenant_command import TenantSteps
from shared.records.offboardings import Offboardings
from shared.records.tenant_orders import TenantOrders
from shared.trust.account import Account
from shared.trust.authority import Authority, Store
from shared.trust.crl import Crl, Listed
from shared.trust.crl_trouble import CrlTrouble, Found
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT, a_device
from tests.unit.stand_ins import FakeClock, FakeExchange, FakeQueue, FakeTable
from tests.unit.world import ETERNAL, Died, Life, World, mortal

PERSON = "5b2c1d0e-0000-4000-8000-00000000ade1"
ISSUING = Authority(
    store=Store.PKI,
    certificate=b"issuing",
    is_root=False,
    name="Contoso Issuing",
    crl_url="http://crl.contoso.test/issuing.crl",
)
SERIAL = "7A01"


ADELE = Account(
    directory_id=PERSON,
    upn=MAILBOX,
    is_enabled=True,
    sessions_valid_from=NOW - timedelta(days=30),
)


@dataclass
class FakeDirectory:
    """Adele's account, and the authorities; *down* has what cannot be done, by method."""

    clock: FakeClock
    person: Account = ADELE
    stores: tuple[tuple[Authority, ...], tuple[Authority, ...]] = ((ISSUING,), ())
    down: dict[str, Failure] = field(default_factory=dict)
    revoked: int = 0
    told: list[str] = field(default_factory=list)  # what was changed, in order
    before_change: Callable[[], None] = lambda: None

    def account(self, user: str) -> Account:
        """Return Adele."""
        self._check("account")
        if user not in {PERSON, MAILBOX}:
            raise NotFound(f"the directory has no {user}")
        return self.person

    def revoke_sessions(self, directory_id: str) -> None:
        """Revoke hers."""
        assert directory_id == PERSON
        self._check("revoke_sessions")
        self.before_change()
        self.told.append("sessions")
        self.revoked += 1
        self.person = replace(self.person, sessions_valid_from=self.clock())

    def set_enabled(self, directory_id: str, *, enabled: bool) -> None:
        """Let her sign in or not."""
        assert directory_id == PERSON
        self._check("set_enabled")
        self.before_change()
        self.told.append("sign_in")
        self.person = replace(self.person, is_enabled=enabled)

    def authorities(self) -> tuple[Authority, ...]:
        """Return the PKI store."""
        self._check("authorities")
        return self.stores[0]

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return the classic store."""
        self._check("classic_authorities")
        return self.stores[1]

    def _check(self, name: str) -> None:
        if name in self.down:
            raise self.down[name]


@dataclass
class FakeMailbox:
    """Whose the mailbox is, which devices it has, and its policy."""

    exchange: FakeExchange
    owner: str = PERSON
    policy: str = "Strict"
    is_inherited: bool = False
    reverted: int = 0
    down: dict[str, Failure] = field(default_factory=dict)
    is_there: bool = True

    def directory_id(self, mailbox: str) -> str:
        """Return the owner."""
        self._check("directory_id", mailbox)
        return self.owner

    def device_ids(self, mailbox: str) -> tuple[str, ...]:
        """Return what Exchange has."""
        self._check("device_ids", mailbox)
        return tuple(each.device_id for each in self.exchange.devices)

    def assignment(self, mailbox: str) -> Assignment:
        """Return the policy."""
        self._check("assignment", mailbox)
        return Assignment(mailbox=mailbox, policy=self.policy, is_inherited=self.is_inherited)

    def revert(self, mailbox: str) -> Assignment:
        """Take it off."""
        self._check("revert", mailbox)
        self.reverted += 1
        self.is_inherited = True
        return self.assignment(mailbox)

    def _check(self, name: str, mailbox: str) -> None:
        assert mailbox == MAILBOX
        if name in self.down:
            raise self.down[name]
        if not self.is_there:
            raise NotFound(f"Exchange knows no mailbox {mailbox}")


@dataclass
class FakeLists:
    """The revocation list of the only authority."""

    made_at: datetime = NOW
    next_update: datetime | None = NOW + timedelta(days=7)
    serials: dict[str, datetime] = field(default_factory=dict)
    trouble: CrlTrouble | None = None

    def look(self, authority: Authority) -> CrlReport:
        """Return how it stands."""
        troubles = (Found(self.trouble, f"it is {self.trouble}"),) if self.trouble else ()
        return _Report(
            authority=authority, base=self._list(), delta=None, troubles=troubles, lists=self
        )

    def _list(self) -> Crl:
        absent: Any = None
        return Crl(
            this_update=self.made_at,
            next_update=self.next_update,
            number=1,
            delta_base=None,
            issuer="CN=Contoso Issuing",
            authority_key_id="",
            size=1000,
            content=absent,
        )


@dataclass(frozen=True, kw_only=True)
class _Report(CrlReport):
    lists: FakeLists

    def listed(self, serial_number: str) -> Listed | None:
        """Look in the stand-in."""
        at = self.lists.serials.get(serial_number)
        return Listed(revoked_at=at) if at else None


class Case:
    """Everything that outlives a worker."""

    def __init__(self, *devices: Device, **world: Any) -> None:  # noqa: ANN401 - as World has them
        self.world = World(list(devices or [a_device()]), **world)
        self.clock, self.exchange = self.world.clock, self.world.exchange
        self.directory = FakeDirectory(self.clock)
        self.mailbox = FakeMailbox(self.exchange)
        self.lists = FakeLists()
        self.runs = Offboardings(self.world.records.offboardings)
        self.orders = TenantOrders(FakeTable())
        self.queue = FakeQueue()
        self.enough = timedelta(minutes=2)
        self.before_look: Callable[[], None] = lambda: None

    def steps(self, calls: int = ETERNAL) -> TenantSteps:
        """Return the steps of a worker that dies after so many calls."""
        life = Life(calls)
        absent: Any = None
        mailbox, directory = mortal(self.mailbox, life), mortal(self.directory, life)
        story = OffboardingStory(
            ports=OffboardingPorts(
                runs=mortal(self.runs, life),
                owners=mailbox,
                policies=mailbox,
                sessions=directory,
                authorities=directory,
                revocations=mortal(self.lists, life),
            ),
            phone=OffboardedPhone(
                orders=mortal(self.world.orders, life),
                postures=mortal(self.world.postures, life),
                steps=self.world.steps(life),
            ),
            enough=self.enough,
        )
        return TenantSteps(
            require=self.exchange.require,
            changing=absent,
            stories={"offboard_device": story, "offboard_user": story},
            orders=mortal(self.orders, life),
            journal=mortal(self.world.journal, life),
            events=mortal(self.world.events, life),
            clock=self.clock,
            guard=self.world.brake(life).guard(TENANT),
        )

    def deliver(self, command: TenantCommand, *deaths: int, confirms: bool = True) -> None:
        """Deliver the message until it is done with; the phone is on and obeys, or is not."""
        lives = iter(deaths)
        for _ in range(600):
            if confirms:
                self.exchange.confirm()
            self.before_look()
            try:
                self.steps(next(lives, ETERNAL)).handle(command)
            except Died:
                continue
            except Retryable as failure:
                self.clock.advance(failure.after or timedelta(minutes=5))
            except Misconfigured:
                self.clock.advance(timedelta(minutes=15))
            except HeldBack:
                return
            else:
                return
        raise AssertionError("the story does not come to an end")

    def operation(self, command: TenantCommand) -> Operation:
        """Return what the journal says."""
        return self.world.operation(command.command_id)

    def report(self, command: TenantCommand) -> dict[str, Any]:
        """Return what the order ended with."""
        altered = self.operation(command).altered
        assert altered is not None
        assert altered.after is not None
        return altered.after

    def outcomes_so_far(self, command: TenantCommand) -> dict[str, dict[str, int]]:
        """Return how often each outcome came of each step."""
        counts: dict[str, dict[str, int]] = self.report(command)["counts"]
        return counts

    def outcomes(self, command: TenantCommand) -> dict[str, str]:
        """Return what came of each step, of a single phone."""
        counts = self.report(command)["counts"]
        assert [*counts] == [step.value for step in Step]
        return {step: "/".join(counted) for step, counted in counts.items()}


def lost(number: int = 1, /, **fields: object) -> TenantCommand:
    """Return an order to shut the lost phone out."""
    return _order("offboard_device", number, {"device_id": DEVICE_ID, **fields})


def leaves(number: int = 1, /, **fields: object) -> TenantCommand:
    """Return an order to shut out every phone of somebody who leaves."""
    return _order("offboard_user", number, fields)


def _order(action: str, number: int, fields: dict[str, object]) -> TenantCommand:
    return tenant_messages.read(
        {
            "schema": tenant_messages.COMMAND,
            "command_id": str(uuid.UUID(int=number)),
            "tenant_id": TENANT,
            "reason": "left on a train",
            "requested_by": "helpdesk:jo",
            "action": action,
            "mailbox": MAILBOX,
            **fields,
        }
    )


def phones(count: int, **changes: object) -> list[Device]:
    """Return some phones of the mailbox."""
    return [
        a_device(device_id=f"PHONE{number}", guid=str(uuid.UUID(int=number)), **changes)
        for number in range(1, count + 1)
    ]
