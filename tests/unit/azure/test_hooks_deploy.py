"""After a deployment: the app itself says whether it gets from its vault to Exchange."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from functions import certificate_views
from infra.azure.hooks import after_deploy, tenants
from infra.azure.onboarding.patience import Patience
from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Report, Verdict, check
from tests.unit.azure.hook_world import APP_URL, FUNCTION_KEY, Machine

TENANT = "b1a70fd8-6e2f-4d0c-9d3a-5c1d0f6f7a11"
OTHER = "7f0e1c52-6d0b-4f0e-9a57-0a4b8ed1c001"
FINE = check("exchange", Verdict(says="Get-MobileDevice was answered"), 12)
DENIED = check("token", Verdict(Finding.CONSENT_MISSING), 3)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", made.environ["PATH"])
    made.environ["TENANTS"] = tenants.kept([{"tenant_id": TENANT}])
    return made


def a_report(tenant_id: str, grade: Grade = Grade.PASS) -> Report:
    return Report(
        tenant_id=tenant_id,
        at=datetime(2026, 11, 1, tzinfo=UTC),
        grade=grade,
        version=None,
        thumbprint=None,
        expires_in_days=None,
        checks=(FINE,) if grade is Grade.PASS else (DENIED,),
    )


def an_app(**grades: Grade) -> Callable[[httpx.Request], httpx.Response]:
    """Return an app that answers as the product does."""
    found = {TENANT: grades.get("tenant", Grade.PASS), OTHER: grades.get("other", Grade.PASS)}

    def app(request: httpx.Request) -> httpx.Response:
        assert request.url.copy_with(query=None) == f"{APP_URL}/api/certificate/validate"
        if request.headers["x-functions-key"] != FUNCTION_KEY:
            return httpx.Response(401)
        tenant_id = request.url.params["tenant_id"]
        reports = certificate_views.Reports([a_report(tenant_id, found[tenant_id])])
        return httpx.Response(200, content=msgspec.json.encode(reports))

    return app


def deployed(
    machine: Machine, app: Callable[[httpx.Request], httpx.Response]
) -> tuple[int, list[str]]:
    """Run the step; return its exit code and what it says."""
    said: list[str] = []
    patience = Patience(sleep=lambda _: None, tell=said.append, pauses=(10.0,) * 3, tries=4)
    with httpx.Client(transport=httpx.MockTransport(app)) as http:
        around = after_deploy.Around(environ=machine.environ, http=http, patience=patience)
        return after_deploy.complete(around), said


def test_a_working_app_says_so_link_by_link(machine: Machine) -> None:
    code, said = deployed(machine, an_app())

    assert code == 0
    assert said[0] == f"tenant {TENANT}"
    assert "Get-MobileDevice was answered" in said[1]
    assert said[2:] == ["the chain: pass"]


@pytest.mark.parametrize(("grade", "exit_code"), [(Grade.FAIL, 1), (Grade.UNKNOWN, 2)])
def test_what_fails_or_cannot_be_told_is_the_hooks_failure_with_its_remedy(
    machine: Machine, grade: Grade, exit_code: int
) -> None:
    code, said = deployed(machine, an_app(tenant=grade))

    assert code == exit_code
    assert DENIED.remedy
    assert DENIED.remedy in "\n".join(said)
    assert said[-1].endswith("azd hooks run postdeploy")


def test_each_tenant_is_asked_for_and_one_failure_counts(machine: Machine) -> None:
    machine.environ["TENANTS"] = tenants.kept([{"tenant_id": TENANT}, {"tenant_id": OTHER}])

    code, said = deployed(machine, an_app(other=Grade.FAIL))

    assert code == 1
    assert [line for line in said if line.startswith(("tenant", "the chain"))] == [
        *(f"tenant {TENANT}", "the chain: pass"),
        *(f"tenant {OTHER}", "the chain: fail"),
    ]


def test_an_app_without_tenants_is_no_failure_and_the_next_step_is_said(machine: Machine) -> None:
    machine.environ["TENANTS"] = ""

    code, said = deployed(machine, an_app())

    assert code == 0
    assert "serves nobody: TENANTS is empty" in said[0]
    assert said[0].endswith("azd hooks run postprovision")
    assert machine.calls("az") == []


@pytest.mark.parametrize("status", [404, 502, 503, 504])
def test_an_app_that_is_still_starting_is_waited_for(machine: Machine, status: int) -> None:
    calls: list[httpx.Request] = []

    def app(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        if len(calls) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(status) if len(calls) == 2 else an_app()(request)

    assert deployed(machine, app)[0] == 0
    assert len(calls) == 3


def test_an_app_that_never_starts_is_a_failure(machine: Machine) -> None:
    code, said = deployed(machine, lambda _: httpx.Response(503, text="Function host is down"))

    assert code == 1
    assert said[-2:] == [
        f"stopped: {APP_URL} answers 503: Function host is down",
        "when that is mended: azd hooks run postdeploy",
    ]


def test_a_refusal_is_a_failure_at_once(machine: Machine) -> None:
    answers: list[int] = []

    def app(_: httpx.Request) -> httpx.Response:
        answers.append(401)
        return httpx.Response(401)

    code, said = deployed(machine, app)

    assert (code, len(answers)) == (1, 1)
    assert f"stopped: {APP_URL} answers 401: " in said


def test_the_function_key_is_neither_said_nor_an_argument(machine: Machine) -> None:
    _, said = deployed(machine, an_app(tenant=Grade.FAIL))

    assert machine.calls("az")[0].startswith("functionapp keys list")
    assert FUNCTION_KEY not in "\n".join([*said, *machine.calls("az")])


def test_an_az_that_fails_is_a_failure_with_its_words(machine: Machine) -> None:
    machine.fail("az", "keys")

    code, said = deployed(machine, an_app())

    assert code == 1
    assert "stopped: az functionapp keys list failed: ERROR: it is down" in said
