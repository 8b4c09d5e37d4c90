"""
Which request is which call, and under which root its answer stands.

Signing in at version 1.0 is known with the billing ID right behind authenticate, with or without
a slash after it; the address with customer in between is served as well, though nobody is
known to have got a token there.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from infra.local.simulators.maas360 import attributes, paging
from infra.local.simulators.maas360.actions import Actions
from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.devices import Devices
from infra.local.simulators.maas360.search import search
from infra.local.simulators.maas360.sign_in import SignIn
from infra.local.simulators.maas360.wire import Node

_BILLING_ID = "(?P<billing_id>[0-9A-Za-z]+)"
_AUTH = "/auth-apis/auth"
_DEVICES = "/device-apis/devices"


class Needs(Enum):
    """What a caller has to show."""

    NOTHING = "nothing"
    TOKEN = "token"  # noqa: S105 -- the word, not one


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    name: str
    method: str
    path: str  # a regular expression
    root: str
    handler: Callable[[Call], Node]
    needs: Needs = Needs.TOKEN

    def match(self, path: str) -> re.Match[str] | None:
        """Match the whole path, whatever the method."""
        return re.fullmatch(self.path, path)


def routes(sign_in: SignIn, devices: Devices, actions: Actions) -> Sequence[Route]:
    """Return every operation."""
    return [*_signing_in(sign_in), *_reading(devices), *_happened(actions)]


def _signing_in(sign_in: SignIn) -> list[Route]:
    first = f"{_AUTH}/1[.]0/authenticate/(?:customer/)?{_BILLING_ID}/?"
    second = f"{_AUTH}/2[.]0/authenticate/customer/{_BILLING_ID}"
    again = f"{_AUTH}/2[.]0/refreshToken/customer/{_BILLING_ID}"
    return [
        Route(name, "POST", path, "authResponse", handler, Needs.NOTHING)
        for name, path, handler in (
            ("authenticate", first, sign_in.authenticate),
            ("authenticate", second, sign_in.authenticate_twice_lasting),
            ("refreshToken", again, sign_in.refresh),
        )
    ]


def _reading(devices: Devices) -> list[Route]:
    found = f"{_DEVICES}/2[.]0/search/customer/{_BILLING_ID}"
    one = f"{_DEVICES}/1[.]0/core/{_BILLING_ID}"
    rules = f"{_DEVICES}/1[.]0/mdSecurityCompliance/{_BILLING_ID}"

    def search_devices(call: Call) -> Node:
        return paging.page(call, "device", search(call, devices.all()))

    def get_device(call: Call) -> Node:
        return attributes.core(call, devices)

    def get_compliance(call: Call) -> Node:
        return attributes.security_compliance(call, devices)

    return [
        Route("searchDevices", "GET", found, "devices", search_devices),
        Route("getDevice", "GET", one, "device", get_device),
        Route("getSecurityCompliance", "GET", rules, "securityCompliance", get_compliance),
    ]


def _happened(actions: Actions) -> list[Route]:
    history = f"{_DEVICES}/1[.]0/searchActionHistory/{_BILLING_ID}"
    status = f"{_DEVICES}/1[.]0/checkActionStatus/{_BILLING_ID}"
    events = f"{_DEVICES}/1[.]0/searchComplianceEvents/{_BILLING_ID}"
    return [
        Route("searchActionHistory", "GET", history, "actionHistory", actions.history),
        Route("checkActionStatus", "GET", status, "actionResponse", actions.status),
        Route("searchComplianceEvents", "GET", events, "complianceEvents", actions.events),
    ]
