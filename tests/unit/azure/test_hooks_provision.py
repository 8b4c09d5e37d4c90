"""After provisioning: the tenant is onboarded once, and its entry reaches app and azd."""

import json
from pathlib import Path

import pytest

from infra.azure.hooks import after_provision, tenants
from tests.contract.onboarding_world import SCOPED, World
from tests.unit.azure.hook_world import Machine, an_around


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", made.environ["PATH"])
    return made


@pytest.fixture
def world(machine: Machine) -> World:
    made = World()
    machine.environ["AZURE_TENANT_ID"] = made.tenant_id
    return made


def provisioned(world: World, machine: Machine, *, is_terminal: bool = True) -> tuple[int, str]:
    """Run the step; return its exit code and what it says."""
    said: list[str] = []
    around = an_around(world, machine.environ, said, is_terminal=is_terminal)
    return after_provision.complete(around), "\n".join(said)


def carried_over(machine: Machine) -> None:
    """Let azd put what it keeps into the environment of the next run."""
    machine.environ["TENANTS"] = tenants.kept(machine.kept)


def test_the_entry_reaches_the_app_as_json_and_azd_in_base64(
    world: World, machine: Machine
) -> None:
    code, said = provisioned(world, machine)

    assert code == 0, said
    entry = {
        "tenant_id": world.tenant_id,
        "organization": world.domain,
        "client_id": world.application().client_id,
        "certificate_name": "easgate",
    }
    assert json.loads(machine.settings["TENANTS"]) == [entry]
    assert machine.kept == [entry]
    assert said.endswith("Next: azd deploy")
    az = machine.calls("az")[-1]
    assert az.startswith("functionapp config appsettings set --settings @")
    assert "--name easgate-test --resource-group rg-test --subscription 5d3c7ad8" in az


def test_a_second_run_signs_nobody_in_and_changes_nothing(world: World, machine: Machine) -> None:
    provisioned(world, machine)
    carried_over(machine)
    calls, state = machine.calls("azd"), world.state()
    world.screen.truncate(0)

    code, said = provisioned(world, machine)

    assert code == 0
    assert "is onboarded" in said
    assert (machine.calls("azd"), world.state()) == (calls, state)
    assert world.screen.getvalue() == ""


def test_a_vault_that_has_lost_the_certificate_is_onboarded_again(
    world: World, machine: Machine
) -> None:
    """The entry alone proves nothing: a vault can be deleted and made anew."""
    entry = {"tenant_id": world.tenant_id, "limits": {"repairs_per_run": 7}}
    other = {"tenant_id": "5f0c", "organization": "other.example", "client_id": "1"}
    machine.environ["TENANTS"] = tenants.kept([entry, other])

    code, said = provisioned(world, machine)

    assert code == 0, said
    kept = {each["tenant_id"]: each for each in machine.kept}
    assert kept["5f0c"] == other
    assert kept[world.tenant_id]["limits"] == {"repairs_per_run": 7}
    assert kept[world.tenant_id]["client_id"] == world.application().client_id


def test_what_the_operator_chose_by_azd_reaches_the_onboarding(
    world: World, machine: Machine
) -> None:
    machine.environ |= {"ONBOARD_SCOPE_FILTER": SCOPED[1], "ONBOARD_GRANT": "true"}
    machine.environ |= {"ONBOARD_NAME": "mail gate", "ONBOARD_TENANT": world.domain}
    machine.environ["AZURE_TENANT_ID"] = "of the vault"

    assert provisioned(world, machine)[0] == 0

    assert world.state()["scopes"] == ["mail gate managed mailboxes"]
    assert world.application().principals[world.tenant_id].app_roles


def test_without_leave_to_consent_the_rest_is_done_and_what_is_left_is_said(
    world: World, machine: Machine
) -> None:
    code, _ = provisioned(world, machine)

    assert code == 0
    assert "all is in place but this" in world.screen.getvalue()
    assert machine.kept


@pytest.mark.parametrize("setting", ["CI", "GITHUB_ACTIONS", "TF_BUILD", "AZD_NON_INTERACTIVE"])
def test_in_a_pipeline_nobody_is_asked_and_a_line_says_so(
    world: World, machine: Machine, setting: str
) -> None:
    machine.environ[setting] = "true"

    code, said = provisioned(world, machine)

    assert code == 0
    assert said.startswith(f"onboarding is left out: {setting} is set")
    assert "azd hooks run postprovision" in said
    assert "the app serves nobody yet" in said
    assert machine.calls("az") == machine.calls("azd") == world.writes == []


def test_without_a_terminal_nobody_is_asked_either(world: World, machine: Machine) -> None:
    machine.environ["TENANTS"] = '[{"tenant_id": "5f0c"}]'

    code, said = provisioned(world, machine, is_terminal=False)

    assert (code, world.writes) == (0, [])
    assert "this is no terminal" in said
    assert "TENANTS stays as it is, with 1 in it" in said


def test_onboarding_can_be_switched_off(world: World, machine: Machine) -> None:
    machine.environ["ONBOARD"] = "false"

    code, said = provisioned(world, machine)

    assert (code, world.writes) == (0, [])
    assert "ONBOARD says so" in said


def test_everything_that_the_deployment_does_not_tell_is_named_at_once(
    world: World, machine: Machine
) -> None:
    del machine.environ["KEY_VAULT_URL"], machine.environ["APP_NAME"]
    del machine.environ["AZURE_TENANT_ID"]

    code, said = provisioned(world, machine)

    assert code == 1
    assert "stopped: the deployment does not tell APP_NAME, KEY_VAULT_URL, AZURE_TENANT_ID" in said
    assert world.writes == []


def test_a_role_that_has_not_arrived_is_waited_for(world: World, machine: Machine) -> None:
    """The deployment itself grants it, seconds before."""
    role = "Key Vault Certificates Officer"
    world.vault.roles.revoke(world.officer.principal_id, role)
    nap = world.naps.append

    def arriving(seconds: float) -> None:
        nap(seconds)
        if len(world.naps) == 3:
            world.vault.roles.grant(world.officer.principal_id, role)

    said: list[str] = []
    around = an_around(world, machine.environ, said, sleep=arriving)

    assert after_provision.complete(around) == 0
    assert said[0] == "waiting for your role on the vault to take effect, up to 10 minutes"
    assert world.naps[:3] == [15.0] * 3


def test_a_role_that_never_arrives_ends_in_a_failure(world: World, machine: Machine) -> None:
    world.vault.roles.revoke(world.officer.principal_id, "Key Vault Certificates Officer")

    code, said = provisioned(world, machine)

    assert code == 1
    assert "Key Vault Certificates Officer" in said
    assert said.endswith("when that is mended: azd hooks run postprovision")
    assert machine.calls("azd") == []


def test_a_missing_az_is_said_before_anybody_signs_in(world: World, machine: Machine) -> None:
    (machine.folder / "az").unlink()

    code, said = provisioned(world, machine)

    assert code == 1
    assert "stopped: az is not installed" in said
    assert world.writes == []


def test_an_onboarding_that_fails_leaves_the_setting_alone(world: World, machine: Machine) -> None:
    world.person = world.someone()  # who may do nothing

    code, said = provisioned(world, machine)

    assert code == 1
    assert "the onboarding has not come to its end" in said
    assert machine.calls("azd") == []


def test_a_setting_that_az_could_not_set_is_set_by_the_next_run(
    world: World, machine: Machine
) -> None:
    machine.fail("az", "config")
    code, said = provisioned(world, machine)
    assert code == 1
    assert "az functionapp config appsettings failed: ERROR: it is down" in said
    assert machine.calls("azd") == []

    machine.fail("az", "")
    assert provisioned(world, machine)[0] == 0

    assert json.loads(machine.settings["TENANTS"]) == machine.kept


@pytest.mark.parametrize("kept", ["nonsense", "bm9uc2Vuc2U=", "{}", '["tenant"]'])
def test_a_setting_that_cannot_be_read_is_never_replaced(
    world: World, machine: Machine, kept: str
) -> None:
    machine.environ["TENANTS"] = kept

    code, said = provisioned(world, machine)

    assert code == 1
    assert "TENANTS is neither a JSON array nor its base64" in said
    assert world.writes == machine.calls("azd") == []
