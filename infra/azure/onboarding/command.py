"""`onboard`: sign in, look, plan, do, and say what to paste where."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx
from azure.identity import DefaultAzureCredential

from infra.azure.onboarding import carrying_out, certificate, powershell, settings
from infra.azure.onboarding.assembly import Parts, Reach, assembled
from infra.azure.onboarding.certificate import CertificateVault
from infra.azure.onboarding.exchange import CHANGING, TAKING_BACK
from infra.azure.onboarding.patience import Patience
from infra.azure.onboarding.permissions import UserCertificates
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import Wanted
from shared.errors import Failure, Rejected

DONE, FAILED, LEFT_TO_YOU = 0, 1, 2
TIMEOUT = httpx.Timeout(60.0, connect=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The person, the network and the clock."""

    out: TextIO
    ask: Callable[[str], str]
    http: httpx.Client
    vault: Callable[[str], CertificateVault]  # by its address
    sleep: Callable[[float], None]

    def tell(self, line: str) -> None:
        """Print a line at once."""
        print(line, file=self.out, flush=True)

    @property
    def patience(self) -> Patience:
        """How long to wait for what was made just now."""
        return Patience(sleep=self.sleep, tell=self.tell)


def run(chosen: argparse.Namespace, out: TextIO) -> int:
    """Run it for a person at a terminal; return the exit code."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as http:
        around = Surroundings(
            out=out,
            ask=input,
            http=http,
            vault=lambda url: CertificateVault(url, DefaultAzureCredential()),
            sleep=time.sleep,
        )
        return onboard(chosen, around)


def onboard(chosen: argparse.Namespace, around: Surroundings) -> int:
    """Do what the arguments say; every failure is one line."""
    wanted = Wanted(
        name=chosen.name,
        client_id=chosen.client_id,
        scope_filter=chosen.scope_filter,
        grants=chosen.grant,
        user_certificates=tuple(map(UserCertificates, chosen.user_certificates)),
    )
    try:
        wanted.check()
        if chosen.powershell:
            around.tell(_script(chosen, wanted))
            return DONE
        reach = Reach(http=around.http, vault=around.vault, patience=around.patience)
        parts = assembled(chosen, wanted, reach)
        around.tell(f"tenant {parts.tenant.organization} ({parts.tenant.tenant_id})")
        if chosen.undo:
            return _undone(chosen, parts, around)
        return _set_up(chosen, parts, around)
    except Failure as failure:
        around.tell(f"stopped: {failure}")
        return FAILED


def _set_up(chosen: argparse.Namespace, parts: Parts, around: Surroundings) -> int:
    planned = carrying_out.plan(parts.steps, around.tell)
    around.tell("")
    if chosen.plan:
        return DONE
    _check_rights(chosen, parts, planned)
    ended = carrying_out.apply(parts.steps, parts.known, patience=around.patience, tell=around.tell)
    left = [standing for standing in ended if standing.kind is Kind.OPEN]
    around.tell("all is in place" if not left else "all is in place but this:")
    for standing in left:
        around.tell(carrying_out.shown(standing))
    entry = settings.entry(parts.tenant, parts.known, chosen.certificate)
    around.tell("add this to the app setting TENANTS:")
    around.tell(entry)
    if chosen.user_certificates:
        around.tell('and "watch_user_certificates": true to its limits, for the daily watch')
    if chosen.entry_file is not None:
        _write(entry, chosen.entry_file)
    around.tell(f"and try the whole chain: {settings.next_step(parts.tenant)}")
    return LEFT_TO_YOU if left else DONE


def _write(entry: str, file: Path) -> None:
    try:
        file.write_text(entry)
    except OSError as error:
        raise Rejected(f"{file} cannot be written: {error.strerror}") from error


def _check_rights(chosen: argparse.Namespace, parts: Parts, planned: list[Standing]) -> None:
    """Raise NotPermitted before anything is done, rather than halfway through."""
    in_exchange = planned[-len(parts.in_exchange) :]
    if all(standing.is_settled for standing in in_exchange):
        return
    scoped = bool(chosen.scope_filter)
    parts.cmdlets.check(*(each for each in CHANGING if scoped or "Scope" not in each))


def _undone(chosen: argparse.Namespace, parts: Parts, around: Surroundings) -> int:
    going = carrying_out.leftovers(parts.steps, around.tell)
    if not going:
        around.tell("nothing stands here that this has made")
    if chosen.plan or not going:
        return DONE
    if any(step in parts.in_exchange for step in going):
        parts.cmdlets.check(*TAKING_BACK)
    if not chosen.yes:
        _confirm(parts.tenant.organization, around)
    for step in going:
        step.undo()
    around.tell("all of it is gone; Entra ID and the vault can bring theirs back for a while")
    return DONE


def _confirm(name: str, around: Surroundings) -> None:
    try:
        typed = around.ask(f"type {name} to remove all this: ").strip()
    except EOFError:  # nobody is there
        typed = ""
    if typed != name:
        raise Rejected(f"that is not {name}; nothing was removed")


def _script(chosen: argparse.Namespace, wanted: Wanted) -> str:
    if chosen.undo:
        raise Rejected("there are no PowerShell lines for --undo: run it, or look at --undo --plan")
    if chosen.certificate_file is not None:
        lines = powershell.from_file(certificate.read(chosen.certificate_file))
    else:
        lines = powershell.from_vault(chosen.vault, chosen.certificate)
    return powershell.script(wanted, tenant=chosen.tenant, certificate=lines)
