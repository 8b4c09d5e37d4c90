"""`python3 -m infra.azure onboard | validate`: what an operator runs against a real tenant."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.azure import validate
from infra.azure.onboarding import arguments as onboarding
from infra.azure.onboarding import command as onboard


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.azure", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("validate", help=validate.__doc__)
    command.add_argument(
        "--settings",
        type=Path,
        help="a file like local.settings.json; without it the environment holds the app settings",
    )
    command.add_argument("--tenant", default="", help="one tenant id; all of them by default")
    onboarding.add(commands.add_parser("onboard", help=onboard.__doc__))
    chosen = parser.parse_args(arguments)
    if chosen.command == "onboard":
        return onboard.run(chosen, sys.stdout)
    return validate.run(chosen.settings, chosen.tenant, sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
