"""A simulated MaaS360, polled as the app polls it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Trust
from shared.flows.mdm_poll import Polling, Trouble
from shared.flows.poll_ports import PolledSender
from shared.mdm.maas360 import listing
from shared.mdm.settings import SenderSettings
from shared.records.polled import Polled
from shared.records.tables import Table
from shared.records.unheeded import Unheeded
from tests.contract.exchange_world import TENANT_ID
from tests.contract.maas360_world import ACCOUNT, BASE, World
from tests.unit.stand_ins import FakeQueue, FakeTable

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CREDENTIALS = {
    "user_name": ACCOUNT.user_name,
    "password": ACCOUNT.password,
    "app_id": ACCOUNT.app_id,
    "app_access_key": ACCOUNT.app_access_key,
}


class PolledWorld(World):
    """One sender, asked again and again."""

    def __init__(self, table: Table | None = None) -> None:
        super().__init__()
        self.secret = LiveSecret(name="maas", version="v1", value=json.dumps(CREDENTIALS))
        self.queue = FakeQueue()
        self.unheeded = Unheeded(FakeTable(), self.clock)
        self.polled = Polled(table or FakeTable())
        self.connect(self.client, BASE)

    def live(self, name: str) -> Sequence[LiveSecret]:
        """Return the credentials, as the vault would."""
        assert name == self.secret.name
        return (self.secret,)

    def connect(self, http: httpx.Client, base_url: str) -> None:
        """Ask the service at this address from now on."""
        settings = SenderSettings(
            vendor="maas360",
            tenant_id=UUID(TENANT_ID),
            secret_name="maas",
            account=ACCOUNT.billing_id,
            base_url=base_url,
        )
        devices = listing.connect(settings, http=http, secrets=self, clock=self.clock)
        sender = PolledSender(name="maas", tenant_id=TENANT_ID, trust=Trust.FULL, listing=devices)
        self.polling = Polling(
            senders=[sender],
            polled=self.polled,
            queue=self.queue,
            unheeded=self.unheeded,
            clock=self.clock,
        )

    def poll(self, by: timedelta = timedelta()) -> list[Trouble]:
        """Run the timer, after a while."""
        self.clock.now += by
        return self.polling.run()

    def told(self) -> list[tuple[str, str]]:
        """Return what was reported since the last look."""
        found = [(each.subject.mdm_id, str(each.posture)) for each in self.queue.reports]
        self.queue.reports.clear()
        return found

    def fleet(self, count: int) -> list[str]:
        """Enrol devices that have reported one minute after the other, the last of them now."""
        start = self.clock() - count * MINUTE
        return [self._add(lastReported=start + place * MINUTE) for place in range(count)]

    def _add(self, **facts: Any) -> str:  # noqa: ANN401 - whatever the simulator takes
        return self.maas.add_device(installedDate=self.clock() - 24 * 30 * HOUR, **facts)
