"""A simulated MaaS360 with one customer, and a program that polls it."""

from typing import Any

import httpx

from infra.local.simulators.maas360 import Account, MaaS360
from tests.contract.exchange_world import Clock

BASE = "https://services.m3.maas360.com"
ACCOUNT = Account(
    billing_id="30012345",
    app_id="com.30012345.api",
    app_access_key="s3cr3tKey",
    user_name="poller",
    password="Correct Horse 1",
)
CREDENTIALS = {
    "billingID": "30012345",
    "platformID": "3",
    "appID": "com.30012345.api",
    "appVersion": "1.0",
    "appAccessKey": "s3cr3tKey",
    "userName": "poller",
    "password": "Correct Horse 1",
}
SIGN_IN = "/auth-apis/auth/1.0/authenticate/30012345"
SEARCH = "/device-apis/devices/2.0/search/customer/30012345"
ONE = "/device-apis/devices/1.0"


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.slept: list[float] = []
        self.maas = MaaS360(ACCOUNT, clock=self.clock, sleep=self.slept.append)
        self.client = httpx.Client(transport=httpx.MockTransport(self.maas), base_url=BASE)

    def sign_in(self, path: str = SIGN_IN, **changes: str) -> dict[str, Any]:
        """Send credentials, some of them changed, and return what is under authResponse."""
        body = {"authRequest": {"maaS360AdminAuth": CREDENTIALS | changes}}
        response = self.client.post(path, json=body, headers={"Accept": "application/json"})
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()["authResponse"]
        return answer

    def token(self) -> str:
        """Return a fresh token."""
        token: str = self.sign_in()["authToken"]
        return token

    def get(self, path: str, token: str, **query: str) -> httpx.Response:
        """Ask for JSON."""
        headers = {"Accept": "application/json", "Authorization": f'MaaS token="{token}"'}
        return self.client.get(path, params=query, headers=headers)

    def devices(self, **query: str) -> dict[str, Any]:
        """Search, and return what is under devices."""
        found: dict[str, Any] = self.get(SEARCH, self.token(), **query).json()["devices"]
        return found

    def ask(self, call: str, **query: str) -> dict[str, Any]:
        """Ask a call of version 1.0, and return the whole answer."""
        answer: dict[str, Any] = self.get(f"{ONE}/{call}/30012345", self.token(), **query).json()
        return answer

    def ids(self, **query: str) -> list[str]:
        """Search, and return which devices are on the page."""
        found = self.devices(**query).get("device", [])
        return [one["maas360DeviceID"] for one in (found if isinstance(found, list) else [found])]
