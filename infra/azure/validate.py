"""Try each link from the vault to Exchange, and say what each finding means and needs."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec
from azure.core.credentials import TokenCredential
from azure.identity import DefaultAzureCredential

from shared import assembly, azure_clients, config
from shared.config import Settings
from shared.credentials.findings import Grade
from shared.credentials.validation import Check, Report
from shared.errors import Failure, Misconfigured
from shared.flows.trust_examination import Asked
from shared.services import Services
from shared.trust.doctor.findings import Report as TrustReport

EXIT_CODES: Mapping[Grade, int] = {Grade.PASS: 0, Grade.FAIL: 1, Grade.UNKNOWN: 2}


class _File(msgspec.Struct, rename="pascal"):
    """A local.settings.json, as far as it holds app settings."""

    values: dict[str, str]


def run(
    settings_file: Path | None,
    tenant_id: str,
    out: TextIO,
    *,
    of_users: Asked | None = None,
) -> int:
    """
    Validate; returns 0 if all works, 1 if something fails, 2 if something cannot be told.

    With *of_users*, users' certificates are looked at in place of our own.
    """
    try:
        settings = _settings(settings_file)
        services = assembly.assemble(settings, _operator(), _now)
        tenants = [services.tenant(tenant_id).app.tenant_id] if tenant_id else services.tenants
    except Failure as failure:
        print(failure, file=out)
        return EXIT_CODES[Grade.FAIL]
    if of_users is None:
        return worst([_validated(services, each, out) for each in tenants])
    return worst([examined(services, each, of_users, out) for each in tenants])


def worst(reports: Iterable[Report | TrustReport]) -> int:
    """Return the exit code for these reports: a failure counts more than a doubt."""
    grades = {report.grade for report in reports}
    order = (Grade.FAIL, Grade.UNKNOWN)
    return EXIT_CODES[next((grade for grade in order if grade in grades), Grade.PASS)]


def shown(check: Check) -> str:
    """Return a check as lines to read."""
    code = f" {check.code}" if check.code else ""
    lines = [f"{check.grade:8}{check.name}{code} ({check.milliseconds:.0f} ms)"]
    lines += [f"        {each}" for each in (check.meaning, check.remedy and f"-> {check.remedy}")]
    return "\n".join(line for line in lines if line.strip())


def examined(services: Services, tenant_id: str, asked: Asked, out: TextIO) -> TrustReport:
    """Print what users' certificates rest on, row by row, and return it."""
    print(f"tenant {tenant_id}", file=out)
    report = services.trust.doctor(tenant_id).report(asked)
    for row in report.rows:
        print(f"{row.grade:8}{row.row} {row.title}", file=out)
        for each in row.details:
            about = " ".join(filter(None, (each.code, each.about)))
            says = ": ".join(filter(None, (about, each.meaning)))
            print(f"        {says}", file=out)
            if each.remedy:
                print(f"        -> {each.remedy}", file=out)
    print(f"users' certificates: {report.grade}", file=out)
    return report


def _validated(services: Services, tenant_id: str, out: TextIO) -> Report:
    print(f"tenant {tenant_id}", file=out)
    report = services.validation(tenant_id).report(
        lambda check: print(shown(check), file=out, flush=True)
    )
    print(f"the chain: {report.grade}", file=out)
    return report


def _settings(file: Path | None) -> Settings:
    if file is None:
        return config.from_environment()
    try:
        values = msgspec.json.decode(file.read_bytes(), type=_File).values
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise Misconfigured(f"{file} is no file of app settings: {error}") from error
    return config.read(values)


def _operator() -> TokenCredential:
    """Return who runs this: a signed-in person, or the identity of the machine."""
    return DefaultAzureCredential(**azure_clients.PATIENCE)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)
