"""`python3 -m infra.azure COMMAND`: what deploys the app, and sets up a real tenant."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from infra.azure import validate
from infra.azure.auditing import command as auditing
from infra.azure.hooks import after_deploy, after_provision
from infra.azure.onboarding import arguments as onboarding
from infra.azure.onboarding import command as onboard
from infra.local.places import CHECKOUT
from shared.flows.trust_examination import Asked

Commands = Any  # argparse does not publish what add_subparsers returns


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.azure", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _set_up(commands)
    _deployment(commands)
    chosen = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    return run(chosen)


def _set_up(commands: Commands) -> None:
    """Describe what is run against a real tenant."""
    command = commands.add_parser("onboard", help=onboard.__doc__)
    onboarding.add(command)
    command.set_defaults(run=lambda chosen: onboard.run(chosen, sys.stdout))
    command = commands.add_parser("validate", help=validate.__doc__)
    command.add_argument(
        "--settings",
        type=Path,
        help="a file like local.settings.json; without it the environment holds the app settings",
    )
    command.add_argument("--tenant", default="", help="one tenant id; all of them by default")
    command.add_argument(
        "--user-certificates",
        action="store_true",
        help="look at what users' certificates rest on, in place of the app's own",
    )
    command.add_argument("--user", default="", help="the UPN of whom that is to be about")
    command.set_defaults(run=_validate)


def _deployment(commands: Commands) -> None:
    """Describe what builds, checks and completes a deployment."""
    command = commands.add_parser("package", help="build the zip that is deployed")
    command.add_argument("--output", type=Path, default=Path("app.zip"))
    command.set_defaults(run=_package)
    command = commands.add_parser("check", help="check the Bicep templates offline")
    command.add_argument("folder", type=Path, nargs="?", default=CHECKOUT / "infra" / "azure")
    command.set_defaults(run=_check)
    command = commands.add_parser("audit", help=auditing.__doc__)
    auditing.add(command)
    command.set_defaults(run=lambda chosen: auditing.run(chosen, sys.stdout))
    for name, hook in (("postprovision", after_provision), ("postdeploy", after_deploy)):
        command = commands.add_parser(name, help=hook.__doc__)
        command.set_defaults(run=lambda _, hook=hook: hook.run(sys.stdout))


def _validate(chosen: argparse.Namespace) -> int:
    of_users = Asked(user=chosen.user) if chosen.user_certificates else None
    return validate.run(chosen.settings, chosen.tenant, sys.stdout, of_users=of_users)


def _package(chosen: argparse.Namespace) -> int:
    from infra.azure import package  # noqa: PLC0415 - onboarding does without what this needs

    return package.run(CHECKOUT, chosen.output, sys.stdout)


def _check(chosen: argparse.Namespace) -> int:
    from infra.azure.gate import check  # noqa: PLC0415 - onboarding does without what this needs

    return check.run(chosen.folder, sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
