"""`python3 -m infra.local up`: the same world, kept running, with its addresses."""

import argparse
import sys
import threading
import uuid
from pathlib import Path

from infra.local import contoso, running
from infra.local.host.launch import HostStartError
from infra.local.world import World


def main(argv: list[str]) -> int:
    """Run the world until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.local up")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep storage in this folder")
    arguments = parser.parse_args(argv)
    try:
        made = World(keep=arguments.keep, guarded=True)
        made.mdm_schedule = EACH_MINUTE
        made.is_alerting = True
        with made as world, running.announced(world):
            print(_described(world), flush=True)
            try:
                while not threading.Event().wait(VAULT_PAUSE):
                    world.deliver_vault_events()
                    world.deliver_notifications()
            except KeyboardInterrupt:
                print("\nStopping.")
    except HostStartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


EACH_MINUTE = "0 * * * * *"  # the MDMs are asked more often than in earnest
VAULT_PAUSE = 2.0  # seconds between two looks at what the vault has to tell
THROTTLE = '{"fault": "throttled", "cmdlet": "Set-CASMailbox", "times": 3}'


def _described(world: World) -> str:
    key = f"-H 'x-functions-key: {world.function_key}'"
    order = (
        f'{{"schema": "easgate.command.v1", "command_id": "{uuid.uuid4()}", '
        f'"tenant_id": "{contoso.TENANT_ID}", "action": "block", "mailbox": "{contoso.MAILBOX}", '
        f'"device_id": "{contoso.PHONE}", "reason": "lost", "requested_by": "you"}}'
    )
    addresses = {"functions": f"{world.url}/api", **world.addresses}
    return "\n".join(
        [
            "The world is up. Ctrl-C stops it.",
            "",
            *(f"  {name:10} {address}" for name, address in addresses.items()),
            f"  {'storage':10} {world.connection_string}",
            "",
            f"  {world.url}/api/portal   # the page: sign in as whom you pick (not under `func`)",
            "",
            f"  mailbox {contoso.MAILBOX} has the device {contoso.PHONE}. Try:",
            "",
            f"  curl {key} {world.url}/api/health/dependencies",
            f"  curl {key} {world.url}/api/commands -d '{order}'",
            f"  curl {key} -X POST {world.url}/api/certificate/validate",
            "  python3 -m infra.local send jamf   # in another terminal; --help: what else",
            "  python3 -m infra.local sync        # likewise: takes the inventory; then:",
            f"  curl {key} {world.url}/api/devices",
            f"  curl {world.addresses['faults']} -d '{THROTTLE}'   # and without -d: what else",
        ]
    )
