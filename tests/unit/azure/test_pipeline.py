"""The pipeline for GitHub Actions: what it runs exists, and it may do no more than it has to."""

import contextlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.azure.__main__ import main
from infra.azure.hooks import deployment
from infra.local.places import CHECKOUT
from tests.unit.azure.hook_world import STAND_IN, Machine

PIPELINE = CHECKOUT / "infra" / "azure" / "pipeline.yml"
TEXT = PIPELINE.read_text()
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, Any] = WORKFLOW["jobs"]
TRIGGERS = WORKFLOW[True]  # to YAML, `on` is a truth value
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
RUNS = [(name, step["run"]) for name, step in STEPS if "run" in step]
BICEP = (CHECKOUT / "infra" / "azure" / "main.bicep").read_text()
OUTPUTS = re.findall(r"^output (\w+)", BICEP, re.MULTILINE)
NEITHER_SECRET_NOR_NUMBER = re.compile(r"^[a-z][a-z-]*/[a-z-]+@v\d+$")


def run_of(job: str, word: str) -> str:
    """Return the one script of a job that has this word in it."""
    [script] = [script for name, script in RUNS if name == job and word in script]
    return str(script)


def test_it_tests_packages_plans_and_deploys_in_this_order() -> None:
    assert list(JOBS) == ["build", "what-if", "deploy"]
    assert (JOBS["what-if"]["needs"], JOBS["deploy"]["needs"]) == ("build", "what-if")
    before_azure = [script for name, script in RUNS if name == "build"]
    assert before_azure == [".ci/run", ".venv/bin/python -m infra.azure package --output app.zip"]


def test_people_approve_between_the_plan_and_the_deployment() -> None:
    """GitHub asks for reviewers where an environment begins: so there are two."""
    assert "environment" not in JOBS["build"]
    assert JOBS["what-if"]["environment"] != JOBS["deploy"]["environment"]
    for each in ("what-if", "deploy"):
        assert f'"{JOBS[each]["environment"]}"' in TEXT.partition("name: deploy")[0]


def test_nothing_of_a_pull_request_reaches_azure() -> None:
    assert set(TRIGGERS) == {"push", "pull_request"}  # never pull_request_target
    assert TRIGGERS["push"]["branches"] == ["main"]
    assert JOBS["what-if"]["if"] == "github.event_name == 'push'"
    assert "if" not in JOBS["deploy"]  # it is left out with the job that it needs


def test_each_job_may_read_the_code_and_those_that_sign_in_prove_who_they_are() -> None:
    assert WORKFLOW["permissions"] == {}
    signing_in = {name for name, step in STEPS if step.get("uses", "").startswith("azure/login@")}
    assert signing_in == {"what-if", "deploy"}
    for name, job in JOBS.items():
        proof = {"id-token": "write"} if name in signing_in else {}
        assert job["permissions"] == {"contents": "read", **proof}


def test_signing_in_takes_no_secret() -> None:
    others = {"ALERT_WEBHOOK", "AUDIT_PSEUDONYMS"}  # an address may hold one; a key
    assert set(re.findall(r"secrets\.(\w+)", TEXT)) == others
    for _, step in STEPS:
        if step.get("uses", "").startswith("azure/login@"):
            names = ("client-id", "tenant-id", "subscription-id")
            wanted = {each: f"AZURE_{each.upper().replace('-', '_')}" for each in names}
            assert step["with"] == {key: f"${{{{ vars.{v} }}}}" for key, v in wanted.items()}


def test_the_code_is_fetched_without_leaving_a_token_behind() -> None:
    fetched = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(fetched) == len(JOBS)
    assert all(step["with"]["persist-credentials"] is False for step in fetched)


def test_every_action_is_pinned() -> None:
    used = [step["uses"] for _, step in STEPS if "uses" in step]
    assert used
    assert [each for each in used if not NEITHER_SECRET_NOR_NUMBER.match(each)] == []
    assert {each.split("/")[0] for each in used} == {"actions", "azure"}


def test_no_script_holds_an_expression() -> None:
    """What GitHub puts into a script's text is run by it; variables come by the environment."""
    assert [script for _, script in RUNS if "${{" in script] == []


def test_deployments_wait_for_one_another_and_no_job_runs_for_ever() -> None:
    assert "github.ref" in WORKFLOW["concurrency"]["group"]
    assert WORKFLOW["concurrency"]["cancel-in-progress"].endswith("== 'pull_request' }}")
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())


@pytest.mark.parametrize(("job", "script"), RUNS, ids=lambda value: value.split("\n")[0][:40])
def test_what_a_script_runs_of_ours_exists(job: str, script: str) -> None:
    del job
    for command, options in re.findall(r"-m infra\.azure (\w+)(.*)", script):
        said = io.StringIO()
        with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(said):
            main([command, "--help"])
        assert ended.value.code == 0
        for option in re.findall(r"--[\w-]+", options):
            assert option in said.getvalue()
    for file in re.findall(r"(?:^|\s)((?:\.ci|infra)/[\w./-]+)", script):
        assert (CHECKOUT / file).is_file(), file
    for program in re.findall(r"^(\.ci/\S+|infra/\S+\.sh)", script, re.MULTILINE):
        assert (CHECKOUT / program).stat().st_mode & 0o111, program


def given(job: str) -> dict[str, str]:
    """Return what a job gives each parameter, in the manner of azd: ${NAME=default}."""
    as_said = re.findall(r'^\s+(\w+)="(.*)"', run_of(job, "az deployment sub"), re.MULTILINE)
    return {
        name: re.sub(r"^\$\{?(\w+)(?::[?-])?(.*?)}?$", r"${\1=\2}", value)
        for name, value in as_said
    }


@pytest.mark.parametrize("job", ["what-if", "deploy"])
def test_the_pipeline_gives_the_parameters_that_azd_gives(job: str) -> None:
    """What one of them forgot would fall back to its default, a closed network for one."""
    file = json.loads((CHECKOUT / "infra" / "azure" / "main.parameters.json").read_text())
    by_azd = {name: each["value"] for name, each in file["parameters"].items()}
    by_azd |= {name: f"{by_azd[name][:-1]}=}}" for name in ("environmentName", "location")}
    # Roles in the vault are for the person whose hooks make the certificate.
    assert given(job) == {
        name: value for name, value in by_azd.items() if not name.startswith("principal")
    }


@pytest.mark.parametrize("job", ["what-if", "deploy"])
def test_every_variable_that_a_step_uses_comes_from_the_environments_settings(job: str) -> None:
    [step] = [each for each in JOBS[job]["steps"] if "az deployment sub" in each.get("run", "")]
    environ = JOBS[job]["env"] | step["env"]
    used = set(re.findall(r"\$\{?([A-Z_]+)", step["run"])) - {"GITHUB_ENV", "GITHUB_STEP_SUMMARY"}
    assert used == set(environ)
    for name, value in environ.items():
        kept = "secrets" if name in {"ALERT_WEBHOOK", "AUDIT_PSEUDONYMS"} else "vars"
        assert value == f"${{{{ {kept}.{name} }}}}"


@pytest.mark.parametrize("missing", ["AZURE_ENV_NAME", "AZURE_LOCATION", "TENANTS", "MDM_SENDERS"])
@pytest.mark.parametrize("job", ["what-if", "deploy"])
def test_a_forgotten_variable_fails_the_step_before_azure_is_asked(
    job: str, missing: str, tmp_path: Path
) -> None:
    """Empty is what GitHub makes of a variable that nobody has set."""
    machine = Machine(tmp_path)
    environ = dict.fromkeys(JOBS[job]["env"], "set")
    environ |= {"PATH": machine.environ["PATH"], "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    code = _bash(run_of(job, "az deployment sub"), environ | {missing: ""}, tmp_path)

    assert code != 0
    assert machine.calls("az") == []


def test_a_plan_that_fails_fails_the_job(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.fail("az", "sub")
    environ = dict.fromkeys(JOBS["what-if"]["env"], "set")
    environ |= {"PATH": machine.environ["PATH"], "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    assert _bash(run_of("what-if", "az deployment sub"), environ, tmp_path) != 0
    assert len(machine.calls("az")) == 1


@pytest.mark.skipif(not shutil.which("jq"), reason="GitHub's machines have jq, this one has not")
def test_the_deployments_outputs_reach_the_last_step(tmp_path: Path) -> None:
    """In the case that Azure gives them: the first letters small."""
    machine = Machine(tmp_path)
    told = {f"{name[:5].lower()}{name[5:]}": {"value": f"<{name}>"} for name in OUTPUTS}
    (tmp_path / "told.json").write_text(json.dumps(told))
    machine.install("az", f"{STAND_IN}cat {tmp_path / 'told.json'}\n")
    environ = dict.fromkeys(JOBS["deploy"]["env"], "set")
    environ |= {"PATH": machine.environ["PATH"], "GITHUB_ENV": str(tmp_path / "env")}

    assert _bash(run_of("deploy", "az deployment sub"), environ, tmp_path) == 0

    passed_on = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert passed_on == {name: f"<{name}>" for name in OUTPUTS}
    last = JOBS["deploy"]["steps"][-1]
    place = deployment.read(environ | passed_on | last["env"])
    assert (place.app, place.app_url) == ("<APP_NAME>", "<APP_URL>")


def _bash(script: str, environ: dict[str, str], folder: Path) -> int:
    """Run a script as GitHub would with `shell: bash`; return its exit code."""
    assert WORKFLOW["defaults"]["run"]["shell"].split()[0] == "bash"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607
        cwd=folder,
        env=environ,
        capture_output=True,
        check=False,
    )
    return done.returncode
