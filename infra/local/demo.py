"""`python3 -m infra.local demo`: the main job, told in about 30 lines, each one observed."""

import argparse
import json
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.hashes import SHA256

from infra.local import contoso, facts, people
from infra.local.host.launch import HostStartError
from infra.local.lost_phone import LostPhone
from infra.local.story import NotSoError, Story
from infra.local.world import World

LASTS = timedelta(days=20)  # so that there is something to warn of
SETTLE = 2.0  # seconds, in place of minutes, until what Exchange does not show is not there
WRITES = 2  # one to block, one to allow
OK, TAKEN, NOT_FOUND = 200, 202, 404


def main(argv: list[str]) -> int:
    """Tell the story; 0 only if every line of it was observed."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.local demo")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep storage in this folder")
    arguments = parser.parse_args(argv)
    story = Story()
    world = World(keep=arguments.keep, lasts=LASTS, wipe_settle=SETTLE, guarded=True)
    try:
        with world, httpx.Client(timeout=30.0) as client:
            return _told(_Demo(story, world, client))
    except HostStartError as error:
        print(f"\nThe story broke off: {error}", file=sys.stderr)
        return 1


def _told(demo: "_Demo") -> int:
    try:
        demo.tell()
    except (NotSoError, httpx.HTTPError) as error:
        print(f"\nThe story broke off: {error}\nThe app's log ends:", file=sys.stderr)
        print(demo.world.log_text()[-4000:], file=sys.stderr)  # it ends with the world
        return 1
    print("\nEvery line above was observed. Next: python3 -m infra.local up")
    return 0


class _Demo:
    """The chapters of the story."""

    def __init__(self, story: Story, world: World, client: httpx.Client) -> None:
        self.fact = story.fact
        self.world = world
        self.client = client
        self.mdm = world.mdm(client)

    def tell(self) -> None:
        """Tell all chapters, in order."""
        self.start()
        report = self.mdm.payload(
            "device.noncompliant", mailbox=contoso.MAILBOX, device_id=contoso.PHONE
        )
        self.block(report)
        self.allow()
        self.distrust(report)
        self.certificate()
        self.rotate()
        LostPhone(self.fact, self.world, self.call).tell()

    def start(self) -> None:
        """Look at what stands ready."""
        world = self.world
        self.fact("Azurite, the simulated services and the function host are up", self.ready)
        self.fact(
            "a certificate was made in the vault; its private key cannot be exported",
            lambda: facts.key_stays(world),
        )
        self.fact("its public part is registered on the app in Entra ID", self.registered)
        self.fact(
            "the phone may sync: Exchange's default access level allows it",
            lambda: world.phone.access_state == "Allowed",
        )

    def block(self, report: bytes) -> None:
        """Follow the MDM's webhook to the event."""
        world = self.world
        answer = self.mdm.send(report, message_id="msg_demo")
        self.fact(
            "the MDM reports the phone noncompliant: signature checked, delivery stored, 202",
            lambda: answer.status_code == TAKEN,
        )
        operation_id = answer.json()["operation_id"]
        self.fact("the signal was taken from the queue and written down", self.known(operation_id))
        self.fact(
            "a token was earned with an assertion signed inside the vault (PS256)",
            lambda: (
                world.vault.signatures > 0
                and world.entra.last_assertion
                and world.entra.last_assertion.header["alg"] == "PS256"
            ),
        )
        self.fact(
            "Exchange now shows the phone Blocked", lambda: world.phone.access_state == "Blocked"
        )
        self.fact(
            "the event easgate.device.access_changed.v1 arrived at the topic",
            self.event("easgate.device.access_changed.v1", operation_id=operation_id),
        )
        self.fact(
            "the operation is recorded as done, with before and after", self.done(operation_id)
        )

    def allow(self) -> None:
        """Take another system's order, a raw queue message."""
        command_id = str(uuid.uuid4())
        order = {
            "schema": "easgate.command.v1",
            "command_id": command_id,
            "tenant_id": contoso.TENANT_ID,
            "action": "allow",
            "mailbox": contoso.MAILBOX,
            "device_id": contoso.PHONE,
            "reason": "back in line",
            "requested_by": "helpdesk:jo",
        }
        self.world.put("device-commands", json.dumps(order))
        self.fact(
            "another system ordered allow on the queue: the phone is Allowed again",
            lambda: self.world.phone.access_state == "Allowed",
        )
        self.fact("its id left the blocked list in the same write", self.moved_in_one_write)
        self.fact("that operation is done too", self.done(command_id))
        self.fact(
            "and announced",
            self.event("easgate.device.access_changed.v1", operation_id=command_id),
        )

    def distrust(self, report: bytes) -> None:
        """Meet repeats, forgeries and delays."""
        before = len(self.world.exchange.calls)
        again = self.mdm.send(report, message_id="msg_demo")
        self.fact(
            "the first webhook delivered again: same answer, nothing sent to Exchange",
            lambda: again.status_code == TAKEN and len(self.world.exchange.calls) == before,
        )
        forged = self.mdm.send_forged(report)
        self.fact("a forged webhook: 401, no detail", lambda: facts.refused(forged))
        stale = self.mdm.send_stale(report)
        self.fact("a webhook from six minutes ago: 401", lambda: facts.refused(stale))

    def certificate(self) -> None:
        """Watch the certificate, and validate it."""
        started = self.client.post(
            f"{self.world.url}/admin/functions/on_certificate_schedule",
            json={"input": ""},
            headers={"x-functions-key": self.world.master_key},
        )
        self.fact("the certificate watch was started by hand", lambda: started.status_code == TAKEN)
        self.fact(
            "it found 20 days left: easgate.certificate.expiring.v1 arrived",
            self.event("easgate.certificate.expiring.v1", stage_days=30),
        )
        reports = self.call("POST", "certificate/validate")["reports"]
        self.fact(
            f"the certificate was validated from vault to Exchange: {len(reports[0]['checks'])} "
            "checks, all passed",
            lambda: (
                reports[0]["grade"] == "pass"
                and all(facts.passed(each) for each in reports[0]["checks"])
            ),
        )

    def rotate(self) -> None:
        """Have a new certificate made, and the old one go."""
        old = self.registered_keys()
        ordered = self.call("POST", "certificate/rotate", {"requested_by": "the demo"})
        operation_id = ordered["operation_id"]
        self.fact(
            "a new certificate was ordered with a function key: held until a person approves",
            lambda: self.operation(operation_id)["state"] == "held",
        )
        approved = people.says(self.world.url, "approver", operation_id, "approve")
        self.fact("an approver signed in and let it go on", lambda: approved in {OK, TAKEN})
        self.fact(
            "the new one's registration is proved with the old key",
            lambda: len(self.registered_keys() - old) == 1,
        )
        self.fact(
            "three tokens were earned with it, the app signs in with it, and the old key has gone",
            lambda: (
                self.operation(operation_id)["state"] == "done" and not self.registered_keys() & old
            ),
        )
        self.fact(
            "the event easgate.certificate.rotated.v1 arrived",
            self.event("easgate.certificate.rotated.v1", asked_by="the demo"),
        )
        self.fact(
            "each step is in the audit, whose chain was checked",
            lambda: facts.is_audited(self.world, self.client),
        )

    def registered_keys(self) -> set[str]:
        application = self.world.entra.directory.application(contoso.CLIENT_ID)
        return {each.key_id for each in application.certificates} if application else set()

    def ready(self) -> bool:
        return self.client.get(f"{self.world.url}/api/health").status_code == OK

    def registered(self) -> bool:
        application = self.world.entra.directory.application(contoso.CLIENT_ID)
        shown = self.call("GET", "certificate")["certificates"][0]["thumbprint_sha256"]
        return application is not None and shown in {
            each.certificate.fingerprint(SHA256()).hex() for each in application.certificates
        }

    def moved_in_one_write(self) -> bool:
        mailbox = self.world.mailbox
        writes = [call for call in self.world.exchange.calls if call.cmdlet == "Set-CASMailbox"]
        return (
            len(writes) == WRITES
            and contoso.PHONE in mailbox.allowed_ids
            and contoso.PHONE not in mailbox.blocked_ids
        )

    def known(self, operation_id: str) -> Callable[[], bool]:
        return lambda: self.operation(operation_id).get("decision") is not None

    def done(self, operation_id: str) -> Callable[[], bool]:
        def is_done() -> bool:
            operation = self.operation(operation_id)
            return operation.get("state") == "done" and operation["after"] is not None

        return is_done

    def event(self, kind: str, **data: object) -> Callable[[], bool]:
        def has_arrived() -> bool:
            return any(facts.matches(event, kind, data) for event in tuple(self.world.topic.events))

        return has_arrived

    def operation(self, operation_id: str) -> dict[str, Any]:
        return self.call("GET", f"operations/{operation_id}")

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Call one of the app's functions with the key; what is not there yet reads as empty."""
        answer = self.client.request(
            method,
            f"{self.world.url}/api/{path}",
            json=body,
            headers={"x-functions-key": self.world.function_key},
        )
        if answer.status_code == NOT_FOUND:
            return {}
        answered: dict[str, Any] = answer.raise_for_status().json()
        return answered
