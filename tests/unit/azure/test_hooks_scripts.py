"""The scripts that azd starts: they run, find a Python, and pass on how it ended."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.places import CHECKOUT
from tests.unit.azure.hook_world import HOOKS, Machine

STEPS = ("postprovision", "postdeploy")
SHELL = sorted(HOOKS.glob("*.sh"))
PROJECT: dict[str, Any] = yaml.safe_load((CHECKOUT / "azure.yaml").read_text())
# Makes the Python that it is asked for; whatever else it is given to do, it notes down.
PYTHON = """#!/bin/sh
printf '%s\\n' "$0 $*" >> "{log}"
if [ "$2" = venv ]; then mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi
case "$*" in *infra.azure*) exit 7 ;; *find_spec*) [ -f "{log}.packages" ] ;; esac
case "$*" in *"pip install"*) : > "{log}.packages" ;; esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "programs"
    folder.mkdir()
    made = Machine(folder)
    made.environ["HOOK_PYTHON"] = sys.executable
    return made


@pytest.mark.parametrize("step", STEPS)
def test_azure_yaml_names_a_script_for_either_kind_of_machine(step: str) -> None:
    hook = PROJECT["hooks"][step]
    assert (hook["posix"]["shell"], hook["windows"]["shell"]) == ("sh", "pwsh")
    for system, ending in (("posix", ".sh"), ("windows", ".ps1")):
        assert hook[system]["interactive"] is True
        assert "continueOnError" not in hook[system]  # a failure stays one
        script = CHECKOUT / hook[system]["run"]
        assert (script.is_file(), script.suffix) == (True, ending)


def test_azure_yaml_deploys_this_app_to_what_the_bicep_describes() -> None:
    [service] = PROJECT["services"].values()
    assert (service["project"], service["language"], service["host"]) == (".", "python", "function")
    assert service["remoteBuild"] is True
    infra = PROJECT["infra"]
    main = CHECKOUT / infra["path"] / infra["module"]
    assert main.with_suffix(".bicep").is_file()
    assert main.with_suffix(".parameters.json").is_file()
    described = "".join(file.read_text() for file in main.parent.rglob("*.bicep"))
    tagged = re.findall(r"'azd-service-name': '([^']*)'", described)
    assert tagged == list(PROJECT["services"])


@pytest.mark.parametrize("script", SHELL, ids=lambda script: script.name)
def test_the_shell_scripts_are_well_formed(script: Path) -> None:
    assert script.stat().st_mode & 0o111, "azd starts it as a program"
    subprocess.run(["sh", "-n", script], check=True)  # noqa: S607 - whichever sh there is
    if checker := shutil.which("shellcheck"):
        subprocess.run([checker, script], check=True)


def test_with_a_person_at_a_terminal_the_tenant_is_onboarded(machine: Machine) -> None:
    simulated = f"#!/bin/sh\nexec {sys.executable} -m tests.unit.azure.hook_world\n"
    machine.environ["HOOK_PYTHON"] = str(machine.install("python", simulated))

    code, said = machine.run_hook("postprovision", terminal=True)

    assert code == 0, said
    assert "enter the code" in said
    assert "Next: azd deploy" in said
    assert [entry["certificate_name"] for entry in machine.kept] == ["easgate"]
    assert machine.settings["TENANTS"].startswith('[{"tenant_id":')


def test_without_a_terminal_it_says_what_it_leaves_out(machine: Machine) -> None:
    code, said = machine.run_hook("postprovision", terminal=False)

    assert code == 0
    reason, standing = said.splitlines()
    assert reason.startswith("onboarding is left out: this is no terminal")
    assert reason.endswith("At one: azd hooks run postprovision")
    assert standing == "TENANTS is empty: the app serves nobody yet"


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_is_the_scripts_failure(machine: Machine, step: str) -> None:
    del machine.environ["APP_URL"]

    code, said = machine.run_hook(step, terminal=True)

    assert code == 1
    assert "stopped: the deployment does not tell APP_URL" in said
    assert f"azd hooks run {step}" in said


def test_a_machine_without_the_packages_gets_them_once(tmp_path: Path) -> None:
    """In a checkout that was never used; the exit code is that of the step itself."""
    shutil.copytree(HOOKS, tmp_path / "infra" / "azure" / "hooks")
    log = tmp_path / "calls"
    programs = tmp_path / "programs"
    programs.mkdir()
    machine = Machine(programs)
    machine.install("python3", PYTHON.format(log=log))

    def run() -> list[str]:
        log.unlink(missing_ok=True)
        hook = tmp_path / "infra" / "azure" / "hooks" / "postdeploy.sh"
        done = subprocess.run([hook], env=machine.environ, check=False, capture_output=True)
        assert done.returncode == 7, done.stderr
        return [" ".join(line.split()[1:4]) for line in log.read_text().splitlines()]

    assert run()[1:] == ["-m venv .venv", "-m pip install", "-m infra.azure postdeploy"]
    assert run()[1:] == ["-m infra.azure postdeploy"]


@pytest.mark.parametrize("step", STEPS)
def test_windows_does_the_same_as_far_as_reading_tells(step: str) -> None:
    """No PowerShell runs here: each program's exit code is looked at, and the last one is ours."""
    assert (HOOKS / f"{step}.ps1").read_text().splitlines() == [
        f'& "$PSScriptRoot/run.ps1" {step}',
        "exit $LASTEXITCODE",
    ]
    lines = (HOOKS / "run.ps1").read_text().splitlines()
    programs = [number for number, line in enumerate(lines) if line.strip().startswith("& ")]
    assert len(programs) == 5
    assert all("$LASTEXITCODE" in lines[number + 1] for number in programs)
    in_shell = (HOOKS / "run.sh").read_text()
    for word in ("-m infra.azure", "-m venv .venv", "-r requirements.txt", "(3, 11)"):
        assert word in in_shell
        assert word in "\n".join(lines)
