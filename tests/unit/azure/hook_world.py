"""A deployment for the hooks: stand-in az and azd on the path, and the onboarding's simulators."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.azure.hooks import after_provision, tenants
from infra.azure.hooks.after_provision import Around
from infra.azure.onboarding.certificate import CertificateVault
from infra.azure.onboarding.patience import Patience
from infra.local.places import CHECKOUT
from tests.contract.azure_in_memory import transport_to
from tests.contract.onboarding_world import VAULT, World

HOOKS = CHECKOUT / "infra" / "azure" / "hooks"
APP_URL = "https://easgate-test.azurewebsites.net"
FUNCTION_KEY = "a-function-key"
# Notes down how it was called, fails if a file says so, and keeps the settings it was given.
STAND_IN = f"""#!/bin/sh
printf '%s\\n' "$*" >> "$0.calls"
if [ -f "$0.fails" ] && [ "$2" = "$(cat "$0.fails")" ]; then
    echo "some warning" >&2
    echo "ERROR: it is down" >&2
    exit 3
fi
for each in "$@"; do
    case "$each" in @*) cp "${{each#@}}" "$0.settings" ;; esac
done
if [ "$2" = keys ]; then echo "{FUNCTION_KEY}"; fi
"""


@dataclass
class Machine:
    """An operator's machine: its programs, and the environment that azd gives a hook."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("az", "azd"):
            self.install(name, STAND_IN)
        self.environ |= {
            "PATH": f"{self.folder}{os.pathsep}{os.defpath}",
            "AZURE_ENV_NAME": "test",
            "AZURE_SUBSCRIPTION_ID": "5d3c7ad8-9c43-4a43-8c2e-2b0fbd1d4001",
            "AZURE_RESOURCE_GROUP": "rg-test",
            "AZURE_TENANT_ID": "b1a70fd8-6e2f-4d0c-9d3a-5c1d0f6f7a11",
            "APP_NAME": "easgate-test",
            "APP_URL": APP_URL,
            "KEY_VAULT_URL": VAULT,
            "CLOUD": "public",
        }

    def install(self, name: str, text: str) -> Path:
        """Put a program on the path."""
        program = self.folder / name
        program.write_text(text)
        program.chmod(0o755)
        return program

    def fail(self, name: str, word: str) -> None:
        """Let a program fail whenever *word* is its second one; empty: never again."""
        (self.folder / f"{name}.fails").write_text(word)

    def calls(self, name: str) -> list[str]:
        """Return how a program was called."""
        log = self.folder / f"{name}.calls"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def settings(self) -> dict[str, str]:
        """Return the app settings that az was given."""
        listed = json.loads((self.folder / "az.settings").read_text())
        return {each["name"]: each["value"] for each in listed}

    @property
    def kept(self) -> list[Any]:
        """Return TENANTS as azd was told to keep it."""
        *_, last = [call for call in self.calls("azd") if call.startswith("env set TENANTS ")]
        return list(tenants.read(last.rpartition(" ")[2]))

    def run_hook(self, step: str, *, terminal: bool) -> tuple[int, str]:
        """Run the shell hook, as azd would; return its exit code and all it says."""
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [HOOKS / f"{step}.sh"],
            cwd=self.folder,
            env=self.environ,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        os.close(ours)
        os.close(theirs)
        return done.returncode, done.stdout


def an_around(
    world: World,
    environ: Mapping[str, str],
    said: list[str],
    *,
    is_terminal: bool = True,
    sleep: Callable[[float], None] | None = None,
) -> Around:
    """Return what the hook reaches: the simulators, and a person who signs in when told to."""
    return Around(
        environ=environ,
        is_terminal=is_terminal,
        onboard=lambda given: world.run_with(*given),
        vault=lambda url: CertificateVault(
            url, world.officer, **transport_to(world.reach), retry_total=0
        ),
        patience=Patience(sleep=sleep or world.naps.append, tell=said.append, pauses=(15.0,) * 4),
    )


def main() -> int:
    """Play `python3 -m infra.azure postprovision` for the shell hook, with simulators around it."""
    world = World()
    said: list[str] = []
    environ = {**os.environ, "AZURE_TENANT_ID": world.tenant_id}  # noqa: TID251 - what azd would give
    around = an_around(world, environ, said, is_terminal=sys.stdin.isatty())
    code = after_provision.complete(around)
    print(world.screen.getvalue(), *said, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
