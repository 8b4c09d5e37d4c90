"""Senders with a vault of their own, and what the portal sends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.credentials.webhook_secret import LiveSecret
from shared.mdm.call import Call
from shared.mdm.senders import Sender, Senders
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.signing import DELIVERY_ID, SECRET, a_secret, a_sender, signed
from tests.unit.stand_ins import FakeClock

YESTERDAY = "2026-05-03T10:00:00Z"
LIVE = (a_secret(SECRET),)


@dataclass
class FakeSecrets:
    """The vault's secrets, and an older memory of them."""

    current: tuple[LiveSecret, ...] = LIVE
    remembered: tuple[LiveSecret, ...] = LIVE
    asked: list[timedelta] = field(default_factory=list)
    down: Exception | None = None

    def live(self, name: str, at_most: timedelta = timedelta(minutes=5)) -> tuple[LiveSecret, ...]:
        """Return what is remembered, or what is true if asked for now."""
        assert name == "portal-secret"
        self.asked.append(at_most)
        if self.down:
            raise self.down
        return self.remembered if at_most else self.current

    def expires_at(self, name: str) -> None:
        """Say that none carries a date."""
        assert name in {"portal-secret", "other-secret"}


def senders(secrets: FakeSecrets | None = None, /, **settings: object) -> Senders:
    """Return the portal as the only sender."""
    return of({"portal": a_sender(**settings)}, secrets)


def of(known: Mapping[str, Sender], secrets: FakeSecrets | None = None) -> Senders:
    """Return these senders."""
    return Senders(senders=known, secrets=secrets or FakeSecrets(), clock=FakeClock())


def event(kind: str = "device.lost", timestamp: str = YESTERDAY, /, **data: object) -> bytes:
    """Return a body."""
    fields = {"mailbox": MAILBOX, "device_id": DEVICE_ID, **data}
    return json.dumps({"type": kind, "timestamp": timestamp, "data": fields}).encode()


def delivery(
    body: bytes, *, delivery_id: str = DELIVERY_ID, secret: str = SECRET, **headers: str
) -> Call:
    """Return the signed call that brings a body; headers replace what was signed."""
    proof = signed(body, delivery_id=delivery_id, secret=secret)
    replaced = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(method="POST", headers={**proof, **replaced}, query={}, body=body)
