"""App settings are the same ones in the code, in Azure, in the local world and in the README."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from functions.timers import HELD_SCHEDULE
from infra.azure.gate.nodes import literal, text
from infra.azure.hooks import deployment, tenants
from infra.local import contoso, sign_in
from infra.local.host import ncrontab
from infra.local.places import CHECKOUT
from infra.local.sign_in import Identities
from infra.local.simulators.entra import Entra
from shared import config
from shared.clouds import CLOUDS
from shared.credentials.certificate import Credential
from shared.errors import Misconfigured
from tests.unit.azure import described
from tests.unit.indexing import index

# Where the simulators answer; in Azure `CLOUD` says where Microsoft does.
ONLY_LOCAL = {"AUTHORITY_HOST", "EXCHANGE_BASE_URL", "GRAPH_BASE_URL"}
PLATFORM = {
    "WEBSITE_AUTH_ENABLED",
    "WEBSITE_HOSTNAME",
    "WEBSITE_SITE_NAME",
}  # set by App Service itself
# In Azure the storage account knows no keys: an address and an identity instead.
STORAGE = "AzureWebJobsStorage"
# What we do not read: the host, the worker and the exporter do.
HOST = {f"{STORAGE}__{what}" for what in ("credential", "clientId")}
WORKER = {"PYTHON_ENABLE_OPENTELEMETRY", "PYTHON_THREADPOOL_THREAD_COUNT"}
EXPORTER = {
    f"APPLICATIONINSIGHTS_{what}"
    for what in (
        *("AUTHENTICATION_STRING", "STATSBEAT_DISABLED_ALL"),
        *("CONTROLPLANE_DISABLED", "SDKSTATS_DISABLED"),
        "OPENTELEMETRY_RESOURCE_METRIC_DISABLED",
    )
}
# In the local world: how the Azure SDK's managed identity reaches the simulated one.
LOCAL_IDENTITY = {"IDENTITY_ENDPOINT", "IDENTITY_HEADER"}
README = (CHECKOUT / "README.md").read_text()
HOST_FILE: dict[str, Any] = json.loads((CHECKOUT / "host.json").read_text())


class Recorder(Mapping[str, str]):
    """An environment with nothing in it, that notes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@cache
def bindings() -> list[dict[str, object]]:
    """Return every binding of the app."""
    return [binding for each in index().functions.values() for binding in each]


def schedules() -> set[str]:
    """Return the settings that timers take their schedules from."""
    timers = [str(each["schedule"]) for each in bindings() if each["type"] == "timerTrigger"]
    fixed = {each for each in timers if not re.fullmatch("%[A-Z_]+%", each)}
    assert fixed == {HELD_SCHEDULE}  # nobody gains by another
    return {each.strip("%") for each in timers} - fixed


def read_by_the_code() -> set[str]:
    """Return what config asks an environment for, and what the functions' bindings name."""
    environ = Recorder()
    config.read_insights(environ)
    with pytest.raises(Misconfigured):
        config.read(environ)
    connections = {str(each["connection"]) for each in bindings() if "connection" in each}
    return environ.asked | connections | schedules()


def required() -> set[str]:
    """Return what config complains about where it is missing."""
    with pytest.raises(Misconfigured) as complaint:
        config.read({})
    names = set(re.findall(r"(\w+) is missing", str(complaint.value)))
    return (names - {STORAGE}) | schedules()


def local() -> dict[str, str]:
    """Return the local world's settings, as far as they do not need it to run."""
    entra = Entra()
    sign_in.registered(entra, Credential.CERTIFICATE)
    addresses: dict[str, str] = defaultdict(lambda: "https://127.0.0.1")
    made = contoso.settings(
        addresses,
        client_id=contoso.CLIENT_ID,
        credential=Credential.CERTIFICATE,
        limits={},
        senders={},
        mdm_schedule=contoso.NIGHTLY,
    )
    return made | Identities(entra, Credential.CERTIFICATE).settings()


def documented() -> dict[str, str]:
    """Return the README's table of settings: names, and what it says of them."""
    _, _, table = README.partition("| Setting | What |")
    rows = [line.split(" | ", 1) for line in table.split("\n\n")[0].splitlines()[2:]]
    return {name: what for names, what in rows for name in re.findall(r"`(\w+)`", names)}


def test_azure_gives_the_app_what_it_reads_and_nothing_that_nobody_reads() -> None:
    given = set(described.app_settings())
    read = read_by_the_code() - ONLY_LOCAL - PLATFORM - {STORAGE}

    assert read - given == set()
    assert given - read == HOST | WORKER | EXPORTER


def test_the_local_world_gives_what_is_required_and_nothing_that_nobody_reads() -> None:
    given = set(local())

    assert required() - given == set()
    assert given - read_by_the_code() == LOCAL_IDENTITY
    assert given >= ONLY_LOCAL


def test_the_readme_names_every_setting_that_an_operator_has() -> None:
    described_there = {name.removeprefix("__") for name in documented()}
    suffixes = {"queueServiceUri", "tableServiceUri", "blobServiceUri"}
    read = read_by_the_code() - ONLY_LOCAL - PLATFORM
    telemetry = {"APPLICATIONINSIGHTS_CONNECTION_STRING"}  # no more than Azure's own default

    assert described_there <= read | suffixes
    assert read - {f"{STORAGE}__{each}" for each in suffixes} - telemetry <= described_there


def test_schedules_are_the_same_everywhere_and_their_defaults_the_readmes() -> None:
    for name in schedules():
        words = name.lower().split("_")
        parameter = words[0] + "".join(each.capitalize() for each in words[1:])
        assert text(described.app_settings()[name]) == parameter
        chosen = described.default("main.bicep", parameter)
        ncrontab.parse(chosen)
        assert f"`{chosen}`" in documented()[name]
        ncrontab.parse(local()[name])


def test_the_certificates_are_looked_at_daily_because_that_is_the_heartbeat() -> None:
    seconds, minutes, hours, *days = described.default("main.bicep", "certificateSchedule").split()
    assert seconds.isdigit()
    assert minutes.isdigit()
    assert hours.isdigit()
    assert days == ["*", "*", "*"]


@pytest.mark.parametrize("file", ["main.bicep", "bicep/easgate.bicep"])
def test_clouds_are_those_that_the_app_knows(file: str) -> None:
    assert described.parameters(file)["cloud"].allowed == list(CLOUDS)


def test_threads_suffice_for_what_an_instance_is_given_at_once() -> None:
    """Queues scale one by one; calls over HTTP share instances of their own."""
    threads = int(literal(described.app_settings()["PYTHON_THREADPOOL_THREAD_COUNT"]) or 0)
    queues = HOST_FILE["extensions"]["queues"]
    assert queues["batchSize"] + queues["newBatchThreshold"] <= threads
    assert int(described.default("main.bicep", "httpConcurrency")) <= threads


def test_host_and_worker_agree_on_telemetry() -> None:
    assert HOST_FILE["telemetryMode"] == "OpenTelemetry"
    assert literal(described.app_settings()["PYTHON_ENABLE_OPENTELEMETRY"]) == "true"


def test_what_the_hooks_read_is_what_the_deployment_puts_out() -> None:
    """Two names are azd's own; the rest of what they know an operator sets, or nobody."""
    told = described.outputs("main.bicep")
    assert set(deployment.NEEDED.values()) - told == {"AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID"}
    assert {"AZURE_TENANT_ID", "CLOUD"} <= told


def test_what_azd_keeps_reaches_the_parameters() -> None:
    """Also after the hook has set it: a second provision would take it away otherwise."""
    text_ = (described.FOLDER / "main.parameters.json").read_text()
    given = {name: each["value"] for name, each in json.loads(text_)["parameters"].items()}
    assert set(given) <= set(described.parameters("main.bicep"))
    assert given["tenants"] == "${TENANTS=}"
    assert given["mdmSenders"] == "${MDM_SENDERS=}"
    assert given["alertReceivers"] == "${ALERT_RECEIVERS=}"
    assert '"' not in tenants.kept([{"tenant_id": "1"}])  # it would end the text that it stands in


def test_the_app_takes_what_an_empty_parameter_becomes() -> None:
    empty = {"TENANTS": "[]", "MDM_SENDERS": "{}", "ALERT_RECEIVERS": "{}"}
    variables = ("tenantsJson", "mdmSendersJson", "alertReceiversJson")
    for variable, value in zip(variables, empty.values(), strict=True):
        assert described.values("main.bicep", variable)[0] == value
    settings = config.read({**local(), STORAGE: "UseDevelopmentStorage=true", **empty})
    assert (settings.tenants, settings.senders, settings.receivers) == ({}, {}, {})
