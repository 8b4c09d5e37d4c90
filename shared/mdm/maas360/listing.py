"""One customer's devices, page by page: what the polling asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import httpx

from shared.devices.model import Posture
from shared.errors import Rejected
from shared.mdm.maas360 import address
from shared.mdm.maas360.device import hear
from shared.mdm.maas360.history import History
from shared.mdm.maas360.posture import MEANINGS, Row
from shared.mdm.maas360.search import Search, Status, device_id
from shared.mdm.maas360.service import Service
from shared.mdm.maas360.session import Secrets, Session
from shared.mdm.maas360.walk import Place, step
from shared.mdm.maas360.wire import Wire
from shared.mdm.settings import SenderSettings
from shared.mdm.vendor import Heard

UNREADABLE: Final = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the list; `unknown` is what no one here understands."""

    heard: tuple[Heard, ...]
    unknown: tuple[str, ...]
    following: str | None
    verified_by: str


class Listing:
    """One customer's devices, page by page."""

    def __init__(
        self,
        *,
        search: Search,
        history: History,
        service: Service,
        events: Mapping[str, Posture | None],
    ) -> None:
        self._search = search
        self._history = history
        self._service = service
        self._events = events

    def page(self, since: datetime | None, place: str) -> Page:
        """Return the part at a place, of all devices or of those that have reported since."""
        here, found, parts = step(self._search, Place.read(place, since))
        following = here.following(found, since)
        rows = [row for part in parts for row in part.rows]
        return self._page(
            rows,
            is_whole=not any(part.unreadable for part in parts),
            following=following.written() if following else None,
        )

    def find(self, mdm_id: str) -> Page:
        """Return one device, alone on a page; nobody is on it if MaaS360 does not list it."""
        rows = [self._one(status, mdm_id) for status in Status]
        return self._page([row for row in rows if row is not None])

    def ping(self) -> None:
        """Raise a Failure unless MaaS360 lets us in; a token that is held will do."""
        self._service.proof()

    def _one(self, status: Status, mdm_id: str) -> Row | None:
        try:
            return self._search.one(status, mdm_id)
        except Rejected:
            return None  # it may be how MaaS360 says that there is no such device

    def _page(
        self, rows: Sequence[Row], *, is_whole: bool = True, following: str | None = None
    ) -> Page:
        wipes = self._history.wipes()
        heard = [hear(row, wipes.get(device_id(row))) for row in rows]
        told = [each for each in heard if each.subject.mdm_id]
        unknown = {each.kind for each in told} - MEANINGS.keys() - self._events.keys()
        if len(told) < len(heard) or not is_whole:
            unknown.add(UNREADABLE)
        return Page(
            heard=tuple(self._meant(each) for each in told),
            unknown=tuple(sorted(unknown)),
            following=following,
            verified_by=self._service.proof(),
        )

    def _meant(self, heard: Heard) -> Heard:
        """Return it with the meaning that the sender's settings give to its kind."""
        return replace(heard, posture=self._events.get(heard.kind, heard.posture))


def connect(
    settings: SenderSettings,
    *,
    http: httpx.Client,
    secrets: Secrets,
    clock: Callable[[], datetime],
) -> Listing:
    """Return the devices of one sender's account; nothing is called yet, and nothing fails."""
    account = settings.account or ""
    wire = Wire(http, base_url=lambda: address.base(account, settings.base_url), clock=clock)
    session = Session(
        wire, account=account, secrets=secrets, secret_name=settings.secret_name, clock=clock
    )
    service = Service(wire, session)
    return Listing(
        search=Search(service, account),
        history=History(service, account, clock),
        service=service,
        events={kind: meaning.posture for kind, meaning in settings.events.items()},
    )
