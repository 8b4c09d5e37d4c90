"""Queues, routes, roles, events and metrics go by one name each, wherever they are named."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from functions import openapi
from infra.azure.gate.nodes import at, literal, text
from infra.azure.hooks import after_deploy
from infra.azure.onboarding import wanted
from infra.local import contoso
from infra.local.places import CHECKOUT
from shared import inventory_messages, messages, vault_events
from shared.alerts import message as alert_message
from shared.alerts.settings import ReceiverSettings
from shared.mdm.settings import SenderSettings
from shared.records import audit_log, auditing
from tests.unit.azure import described
from tests.unit.azure.described import Assignment
from tests.unit.indexing import index

README = (CHECKOUT / "README.md").read_text()
STORAGE = "Microsoft.Storage/storageAccounts"
SUBSCRIPTION = "Microsoft.EventGrid/systemTopics/eventSubscriptions"
POISON = "-poison"
# What the app needs in Azure; the vault's roles are those that the local world runs it with.
NEEDS = {
    "Storage Queue Data Contributor": STORAGE,
    "Storage Table Data Contributor": STORAGE,
    "EventGrid Data Sender": "Microsoft.EventGrid/topics",
}
# What host and exporter need besides: leases, keys and the package; and telemetry.
HOST_NEEDS = {
    "Storage Blob Data Owner": STORAGE,
    "Monitoring Metrics Publisher": "Microsoft.Insights/components",
}
VAULT = "Microsoft.KeyVault/vaults"


def queues() -> set[str]:
    """Return the queues that functions listen to, without those for poison."""
    found = {
        str(binding["queueName"])
        for bindings in index().functions.values()
        for binding in bindings
        if binding["type"] == "queueTrigger"
    }
    return {name for name in found if not name.endswith(POISON)}


def subscription() -> Any:  # noqa: ANN401 - a syntax tree's node
    """Return the event subscription's properties."""
    [found] = described.resources(SUBSCRIPTION)
    return at(found.value, "properties")


def of(principal: str) -> set[Assignment]:
    """Return the roles of one principal."""
    return {each for each in described.assignments() if each.principal == principal}


def test_azure_has_the_queues_that_functions_listen_to() -> None:
    """The host makes the poison queues; those that we send to, and Event Grid, must be there."""
    [made] = described.resources(f"{STORAGE}/queueServices/queues")
    assert made.is_loop
    assert set(described.values("bicep/storage.bicep", "queueNames")) == queues()


def test_what_is_sent_goes_to_queues_that_functions_listen_to() -> None:
    sent = {messages.COMMANDS, messages.SIGNALS, inventory_messages.QUEUE, vault_events.QUEUE}
    sent.add(alert_message.QUEUE)
    assert sent == queues()


def test_the_vaults_events_go_to_the_queue_that_is_listened_to() -> None:
    symbols = described.template("bicep/vault_events.bicep").symbols
    destination = at(subscription(), "deliveryWithResourceIdentity", "destination", "properties")
    queue = at(destination, "queueName")
    assert queue is not None
    named = described.named(symbols[text(queue).removesuffix(".name")])
    assert named == vault_events.QUEUE == contoso.VAULT_EVENTS


def test_the_vaults_events_are_those_that_make_us_look() -> None:
    included = described.texts(at(subscription(), "filter", "includedEventTypes"))
    assert {each.lower() for each in included} == vault_events.TYPES


def test_dead_letters_and_package_go_to_containers_that_are_made() -> None:
    made = {
        described.named(each) for each in described.resources(f"{STORAGE}/blobServices/containers")
    }
    symbols = described.template("bicep/vault_events.bicep").symbols
    properties = ("deadLetterDestination", "properties", "blobContainerName")
    container = at(subscription(), "deadLetterWithResourceIdentity", *properties)
    assert container is not None
    assert described.named(symbols[text(container).removesuffix(".name")]) in made
    assert "${package.name}" in (described.FOLDER / "bicep" / "storage.bicep").read_text()


def test_the_runtime_has_the_roles_that_the_app_is_tested_with_and_no_more() -> None:
    needed = {
        Assignment("runtimePrincipalId", role, on) for role, on in (NEEDS | HOST_NEEDS).items()
    }
    for role in contoso.VAULT_ROLES:
        # On single secrets: on the vault it would give out private keys that can be exported.
        on = f"{VAULT}/secrets" if "Secrets" in role else VAULT
        needed.add(Assignment("runtimePrincipalId", role, on))
    assert of("runtimePrincipalId") == needed


def test_the_rotator_has_the_role_that_rotation_is_tested_with_and_no_more() -> None:
    assert of("rotatorPrincipalId") == {
        Assignment("rotatorPrincipalId", contoso.ROTATOR_ROLE, VAULT)
    }


def test_nobody_else_has_a_role_but_event_grid_and_who_deploys() -> None:
    others = described.assignments() - of("runtimePrincipalId") - of("rotatorPrincipalId")
    assert {each.principal for each in others} == {"systemTopicPrincipalId", "principalId"}
    # Whoever could sign would set off the alert for signatures by others than the app.
    assert [each for each in others if "Crypto" in each.role] == []


def test_the_readme_names_the_roles() -> None:
    sentence = " ".join(README[README.index("The app's managed identity needs") :].split())
    sentence = sentence.partition("Global Administrator")[0]
    for role in (*contoso.VAULT_ROLES, contoso.ROTATOR_ROLE, "EventGrid Data Sender"):
        assert role in sentence
    assert "Storage Queue and Table Data Contributor" in sentence


def test_exchange_roles_are_the_same_in_onboarding_local_world_and_readme() -> None:
    assert set(wanted.ROLES) == set(contoso.MANAGEMENT_ROLES)
    sentence = " ".join(README[README.index("and an Exchange role group with") :].split())
    for role in wanted.ROLES:
        assert role in sentence.partition(".")[0] or role.startswith("View-Only")
    assert "the two view-only roles" in sentence
    assert sum(role.startswith("View-Only") for role in wanted.ROLES) == 2


def test_the_readme_names_the_routes_and_the_hook_asks_one_of_them() -> None:
    """What answers there is the business of test_openapi."""
    paths = set(openapi.document()["paths"])
    _, _, table = README.partition("| Route (below `/api`) |")
    cells = [line.split(" | ")[0] for line in table.split("\n\n")[0].splitlines()[2:]]
    told = {f"/{each.split('?')[0]}" for cell in cells for each in re.findall("`(.+?)`", cell)}
    assert told == paths
    asked = re.findall(r'}/api(/[\w/]+)"', Path(after_deploy.__file__).read_text())
    assert asked
    assert set(asked) <= paths


def test_secrets_are_found_by_the_senders_own_field() -> None:
    """The runtime may read what `secret_name` names: in the template, and in the setting."""
    symbols = described.template("bicep/easgate.bicep").symbols
    for name, one in (("secretNames", "sender"), ("receiverSecretNames", "receiver")):
        loop = symbols[name].value
        assert loop is not None
        assert text(loop).endswith(f"{one}.value.secret_name]")
    for entry in (SenderSettings, ReceiverSettings):
        assert "secret_name" in {each.name for each in msgspec.structs.fields(entry)}


def test_the_audit_goes_to_a_container_that_keeps_it_and_its_key_is_made() -> None:
    containers = f"{STORAGE}/blobServices/containers"
    [policy] = described.resources(f"{containers}/immutabilityPolicies")
    kept = at(policy.value, "parent")
    assert kept is not None
    symbols = described.template("bicep/storage.bicep").symbols
    assert described.named(symbols[text(kept)]) == audit_log.CONTAINER
    assert described.values("bicep/easgate.bicep", "pseudonymsName") == [auditing.SECRET]
    assert contoso.PSEUDONYMS == auditing.SECRET


def test_queries_ask_for_metrics_that_are_sent() -> None:
    sent = set(re.findall(r'"(easgate\.[\w.]+)"', _read("shared/telemetry/measures.py")))
    asked = {
        name
        for file in sorted((described.FOLDER / "queries").glob("*.kql"))
        for name in re.findall(r"Name\s*(?:==|=~)\s*[\"'](easgate\.[\w.]+)[\"']", file.read_text())
    }
    assert asked
    assert asked - sent == set()


def test_the_pipeline_tests_on_the_python_that_azure_runs() -> None:
    pipeline = yaml.safe_load(_read("infra/azure/pipeline.yml"))
    tested = {
        step["with"]["python-version"]
        for job in pipeline["jobs"].values()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/setup-python@")
    }
    assert tested == {described.default("main.bicep", "pythonVersion")}


@pytest.mark.parametrize("version", described.parameters("main.bicep")["pythonVersion"].allowed)
def test_azure_offers_only_pythons_that_the_app_takes(version: str) -> None:
    lowest = re.findall(r'requires-python = ">=([\d.]+)"', _read("pyproject.toml"))[0]
    assert [int(part) for part in version.split(".")] >= [int(part) for part in lowest.split(".")]


def test_literal_storage_names_fit_between_templates() -> None:
    """An existing resource is found by its name: one that nobody makes is an empty promise."""
    made = set(described.values("bicep/storage.bicep", "queueNames")) | {
        described.named(each) for each in described.resources(f"{STORAGE}/blobServices/containers")
    }
    for template in described.templates():
        for each in template.of_kind("resource"):
            if each.is_existing and each.resource_type.endswith(("/queues", "/containers")):
                assert literal(at(each.value, "name")) in made


def _read(name: str) -> str:
    return (CHECKOUT / name).read_text()
