"""Onboard the tenant in a new vault, and give the app its entry in TENANTS; safe to run again."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import msgspec
from azure.identity import DefaultAzureCredential

from infra.azure.hooks import deployment, programs, tenants
from infra.azure.hooks.deployment import Deployment
from infra.azure.hooks.tenants import Entry
from infra.azure.onboarding import arguments, command
from infra.azure.onboarding.certificate import CertificateVault
from infra.azure.onboarding.patience import Patience
from shared.errors import Failure, Misconfigured, NotPermitted

CERTIFICATE = "easgate"
# A role on the vault is granted by the deployment itself, and takes effect minutes later.
PAUSES = (15.0,) * 40
AGAIN = "azd hooks run postprovision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The person, if there is one, and what leads out of this process."""

    environ: Mapping[str, str]
    is_terminal: bool
    onboard: Callable[[Sequence[str]], int]  # with these arguments
    vault: Callable[[str], CertificateVault]  # by its address
    patience: Patience

    def tell(self, line: str) -> None:
        """Say it to whoever watches azd."""
        self.patience.tell(line)


def run(out: TextIO) -> int:
    """Run it for a person at a terminal; return the exit code."""

    def tell(line: str) -> None:
        print(line, file=out, flush=True)

    return complete(
        Around(
            environ=os.environ,  # noqa: TID251 - azd tells its hooks everything by this way
            is_terminal=sys.stdin.isatty(),
            onboard=lambda given: command.run(_parsed(given), out),
            vault=lambda url: CertificateVault(url, DefaultAzureCredential()),
            patience=Patience(sleep=time.sleep, tell=tell, pauses=PAUSES),
        )
    )


def complete(around: Around) -> int:
    """Do what is left to do; every failure is one line, and the exit code says so."""
    try:
        place = deployment.read(around.environ)
        known = tenants.read(place.tenants)
        if reason := _left_out(place, around):
            around.tell(f"onboarding is left out: {reason}")
            around.tell(_standing(known))
            return 0
        programs.call("az", "account", "show", "--subscription", place.subscription)
        _wait_for_vault(place, around)
        if tenants.named(known, place.tenant) and _certificate(place, around):
            around.tell(f"{place.tenant} is onboarded: it stands in TENANTS, with its certificate")
            return 0
        _keep(tenants.joined(known, _onboarded(place, around)), place)
    except Failure as failure:
        around.tell(f"stopped: {failure}")
        around.tell(f"when that is mended: {AGAIN}")
        return 1
    around.tell("TENANTS is set in the app, and kept by azd. Next: azd deploy")
    return 0


def _left_out(place: Deployment, around: Around) -> str:
    """Return why nobody is asked to sign in; empty if somebody is."""
    if not place.is_onboarding:
        return "ONBOARD says so"
    if setting := deployment.pipeline(around.environ):
        return f"{setting} is set, and it takes a person to sign in. At a terminal: {AGAIN}"
    if not around.is_terminal:
        return f"this is no terminal, and it takes a person to sign in. At one: {AGAIN}"
    return ""


def _standing(known: list[Entry]) -> str:
    if not known:
        return "TENANTS is empty: the app serves nobody yet"
    return f"TENANTS stays as it is, with {len(known)} in it"


def _wait_for_vault(place: Deployment, around: Around) -> None:
    denials: list[NotPermitted] = []

    def is_open() -> bool:
        try:
            around.patience.answered(lambda: _certificate(place, around))
        except NotPermitted as denial:
            if not denials:
                around.tell("waiting for your role on the vault to take effect, up to 10 minutes")
            denials.append(denial)
            return False
        return True

    if not around.patience.holds(is_open):
        raise denials[-1]


def _certificate(place: Deployment, around: Around) -> bytes | None:
    return around.vault(place.vault).public(CERTIFICATE)


def _onboarded(place: Deployment, around: Around) -> Entry:
    """Run the onboarding; return the tenant's entry in TENANTS."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "entry.json"
        around.onboard(_arguments(place, file))
        if not file.exists():
            raise Misconfigured("the onboarding has not come to its end: see the lines above")
        entry: Entry = msgspec.json.decode(file.read_bytes())
    return entry


def _arguments(place: Deployment, file: Path) -> list[str]:
    given = ["--tenant", place.tenant, "--name", place.name, "--cloud", place.cloud]
    given += ["--vault", place.vault, "--certificate", CERTIFICATE, "--entry-file", str(file)]
    given += ["--scope-filter", place.scope_filter] if place.scope_filter else []
    return [*given, *(["--grant"] if place.is_granting else [])]


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments.add(parser)
    return parser.parse_args(given)


def _keep(entries: list[Entry], place: Deployment) -> None:
    """Give the app its setting, and have azd give it again whenever it provisions."""
    setting = {"name": "TENANTS", "value": tenants.plain(entries), "slotSetting": False}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.json"
        file.write_bytes(msgspec.json.encode([setting]))
        change = ("functionapp", "config", "appsettings", "set", "--settings", f"@{file}")
        programs.call("az", *change, *place.addressed, "--output", "none")
    # Last: what stands in azd's environment is done, and is not done again.
    programs.call("azd", "env", "set", "TENANTS", tenants.kept(entries))
