"""The story of a lost phone, whose mail app signs in with a certificate of its user's."""

import uuid
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Protocol

from infra.local import contoso
from infra.local.simulators.certificate_authority import Authority, Issued
from infra.local.world import World

PHONE = "LOST-PHONE"
ROWS = 13  # X1 to X12, and X3b


class Fact(Protocol):
    """Prints words once they have come true."""

    def __call__(self, words: str, came_true: Callable[[], object]) -> object:
        """Print them."""
        ...


class Call(Protocol):
    """Asks one of the app's functions, with the key."""

    def __call__(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Return what it answers."""
        ...


class LostPhone:
    """A phone with a certificate, from the check before to the report after."""

    def __init__(self, fact: Fact, world: World, call: Call) -> None:
        self._fact, self._world, self._call = fact, world, call
        self._authority, self._certificate = _trusted(world)
        self._phone = world.tenant.add_device(world.mailbox, device_id=PHONE)
        self._id = str(uuid.uuid4())

    def tell(self) -> None:
        """Tell the story in five lines."""
        world = self._world
        self._fact(
            "the certificate on another phone was checked, X1 to X12: it is its user's, and is "
            "not revoked",
            self._is_checked,
        )
        self._call("POST", "commands", self._order())
        self._fact(
            "that phone was reported lost: blocked at once, then its mail account wiped",
            lambda: PHONE in world.mailbox.blocked_ids and self._phone.account_wipe.requested_at,
        )
        early = world.graph.count("revokeSessions")
        for _ in ("told to wipe", "confirms it"):
            world.tenant.contact(self._phone)
        self._fact(
            "it confirmed the wipe; only then were its user's sessions revoked, and once",
            lambda: (early, world.graph.count("revokeSessions")) == (0, 1),
        )
        self._fact(
            "its partnership is gone, and its id stays blocked",
            lambda: (
                self._phone.guid not in world.mailbox.devices and PHONE in world.mailbox.blocked_ids
            ),
        )
        self._fact(
            "the report says what is not certain: the CA has not revoked the certificate yet",
            lambda: self._certificate.serial in str(self._report().get("to_do")),
        )

    def _is_checked(self) -> bool:
        asked = {"user": contoso.MAILBOX, "certificate": b64encode(self._certificate.der).decode()}
        (report,) = self._call("POST", "user-certificates/validate", asked)["reports"]
        graded = {row["row"]: row["grade"] for row in report["rows"]}
        return len(graded) == ROWS and graded["X5"] == graded["X7"] == "pass"

    def _order(self) -> dict[str, object]:
        return {
            "schema": "easgate.command.v1",
            "command_id": self._id,
            "tenant_id": contoso.TENANT_ID,
            "action": "offboard_device",
            "mailbox": contoso.MAILBOX,
            "device_id": PHONE,
            "serial_number": self._certificate.serial,
            "reason": "left in a taxi",
            "requested_by": "helpdesk:jo",
        }

    def _report(self) -> dict[str, Any]:
        altered = self._call("GET", f"operations/{self._id}").get("altered") or {}
        report: dict[str, Any] = altered.get("after") or {}
        return report


def _trusted(world: World) -> tuple[Authority, Issued]:
    """Let the tenant trust an authority, and let it certify the mailbox's owner."""
    authority = world.authorities.root("contoso-root")
    graph = world.graph
    trusted = graph.trust.pki(contoso.TENANT_ID)
    graph.trust.add(trusted, authority.der, crl_url=authority.crl_url)
    graph.methods.put(
        contoso.TENANT_ID,
        state="enabled",
        certificateUserBindings=[
            {
                "x509CertificateField": "PrincipalName",
                "userProperty": "userPrincipalName",
                "priority": 1,
            }
        ],
    )
    issued = authority.user_certificate(upn=contoso.MAILBOX, email=contoso.MAILBOX)
    return authority, issued
