"""
A tenant whose default access level is changed, with faults at any request or record.

After every single request the truth is looked at: the default is Allow, or everyone whom it
let in is let in by something else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from infra.local.simulators.exchange import access
from infra.local.simulators.exchange.devices import Device
from shared.devices.coverage import Cover, DefaultAccessChange, Phase
from shared.devices.model import AccessLevel
from shared.errors import Contended, Misconfigured, Retryable
from shared.exchange.default_access import DefaultAccess
from shared.exchange.transport import Transport
from shared.flows import default_access
from tests.contract.exchange_world import BASE, TENANT_ID, World, a_token

if TYPE_CHECKING:
    from shared.flows.tenant_ports import DefaultAccessChanges

ALLOW, BLOCK, QUARANTINE = AccessLevel.ALLOW, AccessLevel.BLOCK, AccessLevel.QUARANTINE
SET_DEFAULT = "Set-ActiveSyncOrganizationSettings"
Handler = Callable[[httpx.Request], httpx.Response]


class Died(BaseException):
    """Our process ended."""


def died(request: httpx.Request) -> httpx.Response:
    """End our process."""
    raise Died(request.url)


def dropped(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("no answer", request=request)


def answered(status: int, body: str = "", **headers: str) -> Handler:
    stream = httpx.ByteStream(body.encode())
    return lambda _: httpx.Response(status, headers=headers, stream=stream)


FAULTS: dict[str, Handler] = {
    "503": answered(503),
    "429": answered(429, **{"Retry-After": "60"}),
    "403": answered(403),
    "no answer": dropped,
    "death": died,
}


@dataclass
class Records:
    """The change in memory, guarded like a table's; the nth write may fail."""

    kept: DefaultAccessChange | None = None
    covers: dict[str, set[str]] = field(default_factory=dict)  # noted for good
    waiting: list[Cover] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    writes: int = 0
    fault_at: int = 0
    fault: BaseException | None = None
    after_effect: bool = False

    def open(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Keep the change, or return the one kept."""
        self.kept = self.kept or replace(change, etag="0")
        return self.kept

    def refuse(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Keep a change that has ended, or return the one kept."""
        return self.open(change)

    def find(self, tenant_id: str, change_id: str) -> DefaultAccessChange | None:
        """Return the change, if it is the one kept."""
        kept = self.kept
        return kept if kept and (kept.tenant_id, kept.change_id) == (tenant_id, change_id) else None

    def save(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Keep a step, if it follows on the one kept."""

        def write() -> None:
            assert self.kept is not None
            if change.etag != self.kept.etag:
                raise Contended("another worker has changed the record meanwhile")
            self.kept = replace(change, etag=str(int(change.etag) + 1))
            self.phases.append(change.phase)

        self._written(write)
        assert self.kept is not None
        return self.kept

    def plan(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """Add to what is noted."""
        del change
        for cover in covers:
            noted = self.covers.setdefault(cover.mailbox, set())
            noted.update(cover.device_ids)
            self.waiting = [each for each in self.waiting if each.mailbox != cover.mailbox]
            self.waiting.append(Cover(mailbox=cover.mailbox, device_ids=tuple(noted)))

    def planned(self, change: DefaultAccessChange, at_most: int) -> tuple[Cover, ...]:
        """Return what waits longest."""
        del change
        return tuple(self.waiting[:at_most])

    def dealt_with(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """Let these wait no longer."""
        del change
        left = [each for each in self.waiting if each not in covers]
        self._written(lambda: setattr(self, "waiting", left))

    def _written(self, write: Callable[[], object]) -> None:
        self.writes += 1
        is_met = self.writes == self.fault_at and self.fault is not None
        if not is_met or self.after_effect:
            write()
        if is_met and self.fault:
            raise self.fault


class Scene:
    """A tenant with devices let in by the default, by a list and by a rule, and held ones."""

    def __init__(self) -> None:
        self.world = World()
        self.tenant, self.clock = self.world.tenant, self.world.clock
        self.records = Records()
        self.changes: DefaultAccessChanges | None = None  # the true record, in place of these
        self.requests = 0
        self.looks = True
        self.faults: dict[int, Handler] = {}
        self.after_effect = False
        self.before_request: Callable[[int], None] = lambda _: None
        self.may_be_shut_out: set[str] = set()
        self._token, self._token_since = "", datetime.min.replace(tzinfo=self.clock().tzinfo)
        client = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.exchange = DefaultAccess(
            Transport(client, base_url=BASE, tenant_id=TENANT_ID, bearer=self),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
        )
        self._settle()
        self.let_in = self.let_in_now()
        self.held = {each.device_id for each in self.devices()} - {
            each.device_id for each in self.let_in
        }

    def _settle(self) -> None:
        self.tenant.add_rule("DeviceModel", "Pixel 9", "Allow")
        self.tenant.add_rule("DeviceType", "Toaster", "Block")
        self.tenant.add_mailbox("bob@contoso.com", allowed_ids=["LISTED", "BOTH"])
        self.tenant.find_mailbox("bob@contoso.com").blocked_ids = ["both", "BLOCKED"]
        self.tenant.add_mailbox("empty@contoso.com")
        for owner, device_id in (("adele", "A1"), ("adele", "a2"), ("bob", "B1")):
            self.tenant.add_device(f"{owner}@contoso.com", device_id=device_id)
        for device_id in ("LISTED", "BOTH", "BLOCKED"):
            self.tenant.add_device("bob@contoso.com", device_id=device_id)
        self.tenant.add_device("bob@contoso.com", device_id="RULED", model="Pixel 9")
        self.tenant.add_device("adele@contoso.com", device_id="HELD", device_type="Toaster")
        self.clock.advance(hours=1)

    def text(self) -> str:
        """Return a token, made anew only when it gets old: making one takes long."""
        if self.clock() - self._token_since > timedelta(minutes=30):
            self._token, self._token_since = a_token(self.clock()), self.clock()
        return self._token

    def renewed(self, refused: str) -> str:
        """Fail: a good token is never refused."""
        raise AssertionError(refused)

    @property
    def default(self) -> str:
        """The true default access level."""
        return self.tenant.organization.default_access_level

    @property
    def cmdlets(self) -> list[str]:
        """What has reached Exchange, in order."""
        return [call.cmdlet for call in self.world.exchange.calls]

    def devices(self) -> Iterator[Device]:
        """Yield every device there is."""
        for mailbox in self.tenant.mailboxes.values():
            yield from mailbox.devices.values()

    def change(
        self, wanted: AccessLevel = BLOCK, *, at_once: int = 2, again: bool = False
    ) -> DefaultAccessChange:
        """Deliver the order's message, as the queue does, until it is done with."""
        if again:
            self.records = Records()
        order = an_order(wanted, self.clock())
        for _ in range(100):
            try:
                return self.step(order, at_once)
            except Retryable as failure:
                self.clock.now += failure.after or timedelta(seconds=30)
            except (Misconfigured, Died):
                self.clock.advance(seconds=30)
        raise AssertionError(f"comes to no end: {self.records.kept}")

    def step(self, order: DefaultAccessChange, at_once: int = 2) -> DefaultAccessChange:
        """Deliver the message once."""
        return default_access.handle(
            order,
            exchange=self.exchange,
            changes=self.changes or self.records,
            clock=self.clock,
            at_once=at_once,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.default == ALLOW and self.looks:
            self.let_in = self.let_in_now()
        self.before_request(self.requests)
        fault = self.faults.get(self.requests)
        try:
            if fault and not self.after_effect:
                return fault(request)
            response = self.world.exchange(request)
            return fault(request) if fault else response
        finally:
            if self.looks:
                self.look()

    def look(self) -> None:
        """Fail if anyone is shut out, or let in who was held."""
        shut_out = {
            each.device_id
            for each in self.let_in
            if access.decide(each).state is not access.AccessState.ALLOWED
        }
        assert shut_out <= self.may_be_shut_out, (shut_out, self.default, self.requests)
        for each in self.devices():
            if each.device_id in self.held:
                assert access.decide(each).state is access.AccessState.BLOCKED, each.device_id

    def let_in_now(self) -> list[Device]:
        """Return the devices that would get mail now."""
        return [d for d in self.devices() if access.decide(d).state is access.AccessState.ALLOWED]


def an_order(wanted: AccessLevel, at: datetime) -> DefaultAccessChange:
    return DefaultAccessChange(
        change_id="5b2c1d0e-0000-4000-8000-00000000000c",
        tenant_id=TENANT_ID,
        wanted=wanted,
        started_at=at,
    )


def assert_consistent(scene: Scene, change: DefaultAccessChange) -> None:
    """Fail unless the record tells the truth about the default."""
    assert {Phase.DONE: BLOCK, Phase.ROLLED_BACK: ALLOW}[change.phase] == scene.default, change
    assert scene.records.kept == change


def requests_without_fault() -> int:
    scene = Scene()
    assert scene.change().phase is Phase.DONE
    return scene.requests
