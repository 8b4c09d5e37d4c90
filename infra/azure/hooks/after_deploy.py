"""Ask the app itself whether it gets from its vault to Exchange, now that it is deployed."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TextIO

import httpx
import msgspec

from infra.azure import validate
from infra.azure.hooks import deployment, programs, tenants
from infra.azure.hooks.deployment import Deployment
from infra.azure.onboarding.patience import Patience
from shared.credentials.validation import Report
from shared.errors import Failure, Misconfigured, Retryable

# Longer than the platform lets a call take.
TIMEOUT = httpx.Timeout(240.0, connect=10.0)
PAUSES = (10.0,) * 18  # a new app is there within a minute, mostly
STARTING = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
AGAIN = "azd hooks run postdeploy"


class _Reports(msgspec.Struct):
    reports: list[Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What azd tells us, and what leads out of this process."""

    environ: Mapping[str, str]
    http: httpx.Client
    patience: Patience

    def tell(self, line: str) -> None:
        """Say it to whoever watches azd."""
        self.patience.tell(line)


def run(out: TextIO) -> int:
    """Run it after a deployment; return the exit code."""

    def tell(line: str) -> None:
        print(line, file=out, flush=True)

    with httpx.Client(timeout=TIMEOUT) as http:
        return complete(
            Around(
                environ=os.environ,  # noqa: TID251 - azd tells its hooks everything by this way
                http=http,
                patience=Patience(
                    sleep=time.sleep, tell=tell, pauses=PAUSES, tries=len(PAUSES) + 1
                ),
            )
        )


def complete(around: Around) -> int:
    """Validate each tenant; 0 if all works, 1 if something fails, 2 if it cannot be told."""
    try:
        place = deployment.read(around.environ)
        entries = tenants.read(place.tenants)
        if not entries:
            around.tell(f"{place.app} runs, and serves nobody: TENANTS is empty. {_onboarding()}")
            return 0
        key = _key(place)
        reports = [_validated(str(entry.get("tenant_id")), key, place, around) for entry in entries]
    except Failure as failure:
        around.tell(f"stopped: {failure}")
        around.tell(f"when that is mended: {AGAIN}")
        return 1
    code = validate.worst(reports)
    if code:
        around.tell(f"roles and consent take up to two hours to arrive everywhere; then: {AGAIN}")
    return code


def _onboarding() -> str:
    return "At a terminal: azd hooks run postprovision"


def _key(place: Deployment) -> str:
    listing = ("functionapp", "keys", "list", "--query", "functionKeys.default", "--output", "tsv")
    key = programs.call("az", *listing, *place.addressed)
    if not key:
        raise Misconfigured(f"{place.app} has no function key named default")
    return key


def _validated(tenant_id: str, key: str, place: Deployment, around: Around) -> Report:
    around.tell(f"tenant {tenant_id}")
    report = around.patience.answered(lambda: _asked(tenant_id, key, place, around))
    for check in report.checks:
        around.tell(validate.shown(check))
    around.tell(f"the chain: {report.grade}")
    return report


def _asked(tenant_id: str, key: str, place: Deployment, around: Around) -> Report:
    try:
        answer = around.http.post(
            f"{place.app_url.rstrip('/')}/api/certificate/validate",
            params={"tenant_id": tenant_id},
            headers={"x-functions-key": key},
        )
    except httpx.TransportError as error:
        raise Retryable(f"{place.app_url} cannot be reached: {type(error).__name__}") from error
    if answer.status_code in STARTING:
        raise Retryable(f"{place.app_url} answers {answer.status_code}: {answer.text[:300]}")
    if not answer.is_success:
        raise Misconfigured(f"{place.app_url} answers {answer.status_code}: {answer.text[:300]}")
    [report] = msgspec.json.decode(answer.content, type=_Reports).reports
    return report
