"""A system topic: turns a vault's events into messages and puts them on a Storage queue."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from infra.local.simulators.vault import CertificateEvent

Put = Callable[[str, str], object]  # a queue's name, and the text exactly as it shall lie there


class Schema(StrEnum):
    """The form of a message; one event in each."""

    EVENT_GRID = "an Event Grid event"
    EVENT_GRID_ARRAY = "an array around an Event Grid event, as over HTTP"
    CLOUD_EVENTS = "a CloudEvent 1.0"


class Oddity(StrEnum):
    """Something in the data by which documents disagree with each other."""

    SPACE_AFTER_OBJECT_NAME = "the key `ObjectName ` ends in a space"
    SPACE_BEFORE_VERSION = "the value of Version begins with a space"
    TIMES_AS_TEXT = "NBF and EXP are digits in quotes"
    CAMEL_CASE = "keys are those of the published definition: id, objectName, nbf"
    NO_EXPIRY = "there is no EXP"


class Encoding(StrEnum):
    """How a message lies on the queue."""

    BASE64 = "base64"
    PLAIN = "JSON as it is"


class Order(StrEnum):
    """In which order events that wait together arrive; nobody promises any."""

    AS_HAPPENED = "as they happened"
    REVERSED = "the other way round"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What an event subscription to a queue settles, and how its deliveries misbehave."""

    queue: str
    schema: Schema = Schema.EVENT_GRID
    encoding: Encoding = Encoding.BASE64
    oddities: Collection[Oddity] = ()
    copies: int = 1  # how often each event is delivered
    order: Order = Order.AS_HAPPENED


class VaultTopic:
    """
    The system topic of one vault: give it to `Vault.subscribe`.

    An event waits here until *put* has returned; `subscription` may be replaced at any time.
    """

    def __init__(
        self, put: Put, *, vault_url: str, source: str, subscription: Subscription
    ) -> None:
        self.subscription = subscription
        self.waiting: list[tuple[str, CertificateEvent]] = []  # with the id each copy bears
        self._put = put
        self._vault_url = vault_url.rstrip("/")
        self._source = source  # the vault's resource id
        self._lock = threading.Lock()

    def __call__(self, event: CertificateEvent) -> None:
        """Take an event; it is delivered by `deliver`."""
        with self._lock:
            self.waiting.append((str(uuid.uuid4()), event))

    def deliver(self) -> int:
        """Deliver what waits and return the number of messages; an error of *put* passes through.

        What was not delivered then waits for the next call, and may come twice.
        """
        done = 0
        with self._lock:
            if self.subscription.order is Order.REVERSED:
                self.waiting.reverse()
            while self.waiting:
                event_id, event = self.waiting[0]
                for _ in range(self.subscription.copies):
                    self._put(self.subscription.queue, self._text(event_id, event))
                    done += 1
                del self.waiting[0]
        return done

    def _text(self, event_id: str, event: CertificateEvent) -> str:
        said = json.dumps(self._message(event_id, event))
        if self.subscription.encoding is Encoding.PLAIN:
            return said
        return base64.b64encode(said.encode()).decode()

    def _message(self, event_id: str, event: CertificateEvent) -> object:
        shared = {"id": event_id, "subject": event.name, "data": self._data(event)}
        if self.subscription.schema is Schema.CLOUD_EVENTS:
            said = {"specversion": "1.0", "type": event.kind, "source": self._source}
            return {**shared, **said, "time": _instant(event.noticed)}
        versions = {"dataVersion": "1", "metadataVersion": "1"}
        said = {"topic": self._source, "eventType": event.kind, **versions}
        whole = {**shared, **said, "eventTime": _instant(event.noticed)}
        return [whole] if self.subscription.schema is Schema.EVENT_GRID_ARRAY else whole

    def _data(self, event: CertificateEvent) -> dict[str, Any]:
        odd = self.subscription.oddities
        number = str if Oddity.TIMES_AS_TEXT in odd else int
        space = " " if Oddity.SPACE_BEFORE_VERSION in odd else ""
        data = {
            "Id": f"{self._vault_url}/certificates/{event.name}/{event.version}",
            "VaultName": self._source.rpartition("/")[2],
            "ObjectType": "Certificate",
            "ObjectName": event.name,
            "Version": f"{space}{event.version}",
            "NBF": number(int(event.starts.timestamp())),
            "EXP": number(int(event.ends.timestamp())),
        }
        if Oddity.NO_EXPIRY in odd:
            del data["EXP"]
        return {_key(name, odd): value for name, value in data.items()}


def _key(name: str, odd: Collection[Oddity]) -> str:
    space = " " if name == "ObjectName" and Oddity.SPACE_AFTER_OBJECT_NAME in odd else ""
    if Oddity.CAMEL_CASE not in odd:
        return name + space
    plain = name.lower() if name.isupper() else name[0].lower() + name[1:]
    return plain + space


def _instant(moment: datetime) -> str:
    """Return the form 2026-05-01T00:00:00.0000000Z: seven decimals."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
