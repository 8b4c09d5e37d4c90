"""Indexing the app: every function is found, nothing happens, and nothing heavy is loaded."""

import shutil
import subprocess

import pytest

from tests.unit.indexing import index

# A worker indexes the app at every cold start. The bound is generous, for slow and busy machines:
# it takes 0.1 to 0.2 s of one core. That nothing heavy is loaded is checked by name.
CPU_SECONDS = 0.5
AZURE = ("azure.core", "azure.identity", "azure.data", "azure.keyvault", "azure.storage")
# Not cryptography: orders may carry a certificate, and its 20 ms are spent at sign-in otherwise.
TOO_HEAVY = {*AZURE, "httpx", "msal", "requests", "stamina", "shared.assembly"}

FUNCTIONS = {
    *(
        "get_audit",
        "get_certificate",
        "get_device_explanation",
        "get_health",
        "get_health_dependencies",
    ),
    *("get_openapi", "get_operation", "get_operations", "get_senders"),
    *(
        "on_certificate_schedule",
        "on_mdm_schedule",
        "on_device_command",
        "on_device_signal",
        "on_webhook",
    ),
    *("on_poison_command", "on_poison_signal", "on_poison_vault_event", "on_vault_event"),
    *("get_device", "get_devices", "get_report", "get_reports", "post_inventory_sync"),
    "get_stale",
    *("on_inventory_page", "on_poison_inventory_page"),
    *("on_inventory_schedule", "on_inventory_changes_schedule", "on_held_schedule"),
    *("post_certificate_rotate", "post_certificate_validate", "post_command"),
    *("post_operation_link", "post_operation_replay", "post_operation_undo"),
    "post_operations_replay",
    *("on_alert", "on_poison_alert"),
    *("on_portal", "post_operation_cancel"),
    *("get_certificate_validation", "get_throttle"),
    *("get_user_certificates", "post_user_certificates_validate"),
}


def test_app_is_indexed_without_settings_network_and_heavy_imports() -> None:
    """One exception here, or a slow import, and the app has no functions at all."""
    found = index()
    assert set(found.functions) == FUNCTIONS
    assert found.modules & TOO_HEAVY == set()


def test_indexing_costs_little() -> None:
    """Best of three, because the machine is shared."""
    assert min(index().cpu_seconds for _ in range(3)) < CPU_SECONDS


def test_queue_functions_have_their_poison_functions() -> None:
    """Nothing dies silently."""
    queues = {
        str(binding["queueName"])
        for bindings in index().functions.values()
        for binding in bindings
        if binding["type"] == "queueTrigger"
    }
    plain = {name for name in queues if not name.endswith("-poison")}
    assert queues == plain | {f"{name}-poison" for name in plain}
    assert plain == {
        "alerts",
        "device-commands",
        "device-signals",
        "inventory-pages",
        "vault-events",
    }


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_app_is_indexed_on_newer_pythons(version: str) -> None:
    """Where one with the packages is at hand."""
    python = _with_packages(f"python{version}")
    if python is None:
        pytest.skip(f"there is no Python {version} with the packages here")
    assert set(index(python).functions) == FUNCTIONS


def _with_packages(name: str) -> str | None:
    """Return where that Python really is, if it has what indexing needs."""
    found = shutil.which(name)
    if found is None:
        return None
    asked = [found, "-c", "import sys, azure.functions, msgspec; print(sys.executable)"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)
    return answer.stdout.strip() or None
