"""Alerts on their way to receivers that answer as they are told to."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec

from shared import messages
from shared.alerts import message, told
from shared.alerts.call import Answer, Call
from shared.alerts.delivery import Delivery, Undelivered
from shared.alerts.settings import ReceiverSettings
from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Failure
from shared.records.alerts import Alerts
from tests.unit.alert_examples import published
from tests.unit.signing import SECRET
from tests.unit.stand_ins import FakeClock, FakeTable

KEY = "e93facc04764012d7bfb002500d5d1a6"
FLOW = "https://flow.example/invoke?sig=TOP-SECRET"
WEBHOOK = {"kind": "webhook", "secret_name": "portal", "url": "https://portal.example/hook"}
RECEIVERS: dict[str, dict[str, object]] = {
    "portal": {**WEBHOOK},
    "channel": {"kind": "teams", "secret_name": "channel"},
    "on-call": {"kind": "pagerduty", "secret_name": "on-call"},
}


@dataclass
class Vault:
    """The receivers' secrets."""

    values: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"portal": (SECRET,), "channel": (FLOW,), "on-call": (KEY,)}
    )
    down: Failure | None = None

    def live(self, name: str) -> tuple[LiveSecret, ...]:
        """Return the live versions of a secret."""
        if self.down:
            raise self.down
        return tuple(
            LiveSecret(name=name, version=str(at), value=value)
            for at, value in enumerate(self.values[name])
        )


@dataclass
class AlertWorld:
    """A delivery, and everything around it."""

    answers: list[Answer | Failure] = field(default_factory=list)  # the next; then 202
    calls: list[Call] = field(default_factory=list)
    announced: list[Undelivered] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)
    clock: FakeClock = field(default_factory=FakeClock)
    table: FakeTable = field(default_factory=FakeTable)
    receivers: dict[str, ReceiverSettings] = field(
        default_factory=lambda: {
            name: msgspec.convert(each, ReceiverSettings) for name, each in RECEIVERS.items()
        }
    )

    @property
    def delivery(self) -> Delivery:
        """Return what takes alerts off the queue."""
        return Delivery(
            receivers=self.receivers,
            secrets=self.vault,
            records=Alerts(self.table),
            post=self._post,
            announce=self.announced.append,
            clock=self.clock,
        )

    def refit(self, name: str, **changes: object) -> None:
        """Give a receiver other settings."""
        self.receivers[name] = msgspec.convert({**RECEIVERS[name], **changes}, ReceiverSettings)

    def _post(self, call: Call, *, allow_private: bool) -> Answer:
        assert not allow_private
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else Answer(status=202)
        if isinstance(answer, Failure):
            raise answer
        return answer


def an_alert(receiver: str = "portal", kind: str = "operation.held") -> bytes:
    """Return a message of the queue."""
    event = published(kind)
    return message.write(receiver, event, told.read(event))


def waited(body: bytes, clock: FakeClock, by: timedelta) -> bytes:
    """Return the message as it is after it was put back, so much later."""
    put_off = messages.put_off(body, clock())
    clock.advance(by)
    return put_off


def busy(status: int = 503, after: timedelta | None = None) -> Answer:
    """Return an answer that is no success."""
    return replace(Answer(status=status), retry_after=after)
