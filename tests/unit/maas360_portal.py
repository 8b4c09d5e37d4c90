"""A MaaS360 in a few lines: pages of rows that a test changes between any two calls."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from shared.credentials.webhook_secret import LiveSecret
from shared.devices.subject import Subject
from shared.mdm.maas360 import listing
from shared.mdm.maas360.listing import Listing, Page
from shared.mdm.settings import Meaning, SenderSettings
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeClock

SAMPLES = Path(__file__).parents[1] / "samples" / "maas360"
CREDENTIALS = {
    "user_name": "poller",
    "password": "pass word",
    "app_id": "app",
    "app_access_key": "k",
}
SECRET = LiveSecret(name="maas", version="v1", value=json.dumps(CREDENTIALS))
ACCOUNT = "30012345"
DAY = timedelta(days=1)

Row = dict[str, Any]
Reply = Callable[[httpx.Request], httpx.Response | None]


def sample(name: str) -> dict[str, Any]:
    """Return an answer as MaaS360 gives it."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return found


def a_row(number: int = 1, /, **changes: object) -> Row:
    """Return a managed device in compliance, which reported after those of smaller numbers."""
    row: Row = dict(sample("search_one")["devices"]["device"])
    told_apart = {
        "maas360DeviceID": f"Appl{number:04d}",
        "lastReportedInEpochms": milliseconds(NOW - DAY) + number * 10_000,
    }
    return row | told_apart | changes


def milliseconds(moment: datetime) -> int:
    """Return a moment as the service writes it."""
    return int(moment.timestamp() * 1000)


@dataclass
class Vault:
    """Holds the credentials."""

    versions: Sequence[LiveSecret] = (SECRET,)

    def live(self, name: str) -> Sequence[LiveSecret]:
        """Return the live versions."""
        assert name == "maas"
        return self.versions


@dataclass
class Portal:
    """Answers a listing's requests; `before` may change the rows, `reply` may answer instead."""

    rows: list[Row] = field(default_factory=list)
    history: object = None
    before: Callable[["Portal"], None] = lambda _: None
    reply: Reply = lambda _: None
    clock: FakeClock = field(default_factory=FakeClock)
    vault: Vault = field(default_factory=Vault)
    asked: list[httpx.Request] = field(default_factory=list)
    tokens: int = 0
    largest: int = 250  # what is served to who asks for more
    is_simple: bool = False  # lists as it likes: by name, and all

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(request)
        self.before(self)
        instead = self.reply(request)
        if instead is not None:
            return instead
        if "/auth-apis/" in request.url.path:
            self.tokens += 1
            told = {"authResponse": {"errorCode": 0, "authToken": f"token-{self.tokens}"}}
            return httpx.Response(200, json=told)
        if "searchActionHistory" in request.url.path:
            return httpx.Response(200, json=self.history or {"actionHistory": {"count": 0}})
        return httpx.Response(200, json={"devices": self._page(request.url.params)})

    def listing(self, **settings: object) -> Listing:
        """Return the listing, as a sender with these settings has it."""
        given: dict[str, Any] = {"account": ACCOUNT, "secret_name": "maas", **settings}
        return listing.connect(
            SenderSettings(vendor="maas360", tenant_id=UUID(TENANT), **given),
            http=httpx.Client(transport=httpx.MockTransport(self)),
            secrets=self.vault,
            clock=self.clock,
        )

    def searches(self) -> list[Mapping[str, str]]:
        """Return the queries of all searches so far."""
        return [each.url.params for each in self.asked if "/search/" in each.url.path]

    def signed_in(self) -> int:
        """Return how often somebody tried to sign in."""
        return sum("/auth-apis/" in each.url.path for each in self.asked)

    def _page(self, query: Mapping[str, str]) -> Row:
        number, size = int(query["pageNumber"]), min(int(query["pageSize"]), self.largest)
        found = sorted(self.rows, key=lambda row: str(row["maas360DeviceID"]))
        found = [row for row in found if row["deviceStatus"] == query["deviceStatus"]]
        if "sortAttribute" in query and not self.is_simple:
            assert (query["sortAttribute"], query["sortOrder"]) == ("lastReported", "asc")
            after = int(query.get("lastReportedAfterInEpochms", -1))
            found.sort(key=_reported)
            found = [row for row in found if _reported(row) > after]
        shown = found[(number - 1) * size : number * size]
        page: Row = {"count": len(found), "pageNumber": number, "pageSize": len(shown)}
        if shown:
            page["device"] = shown if len(shown) > 1 else shown[0]
        return page


def _reported(row: Row) -> int:
    return int(row["lastReportedInEpochms"] or 0)


def pages(devices: Listing, at_most: int = 1000) -> list[Page]:
    """Walk to the end."""
    found, place = [devices.page(None, "")], ""
    while (following := found[-1].following) is not None:
        place = following
        found.append(devices.page(None, place))
        assert len(found) < at_most
    return found


def walk(devices: Listing) -> list[Subject]:
    """Return whom a walk to the end has met, in order, some of them twice."""
    return [heard.subject for page in pages(devices) for heard in page.heard]


def events(**meanings: str) -> dict[str, Meaning]:
    """Return what an administrator says of kinds; underscores stand for spaces."""
    return {kind.replace("_", " "): Meaning(meaning) for kind, meaning in meanings.items()}
