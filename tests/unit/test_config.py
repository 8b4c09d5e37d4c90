"""App settings: read once, complained about once, in full."""

import json
from datetime import timedelta

import pytest

from shared import config
from shared.config import Settings
from shared.devices.model import Trust
from shared.errors import Misconfigured
from tests.unit.builders import CLIENT, TENANT
from tests.unit.certificates import an_app

A_TENANT: dict[str, object] = {
    "tenant_id": TENANT,
    "organization": "contoso.onmicrosoft.com",
    "client_id": CLIENT,
    "certificate_name": "easgate",
}
A_SENDER: dict[str, object] = {
    "vendor": "standard",
    "tenant_id": TENANT,
    "scheme": "standard-webhooks",
    "secret_name": "portal-secret",
    "trust": "full",
}
GOOD = {
    "TENANTS": json.dumps([A_TENANT]),
    "MDM_SENDERS": json.dumps({"portal": A_SENDER}),
    "KEY_VAULT_URL": "https://contoso.vault.azure.net",
    "EVENT_GRID_TOPIC_ENDPOINT": "https://topic.westeurope-1.eventgrid.azure.net/api/events",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}


def settings(**changes: str) -> Settings:
    """Return the settings read with these changes."""
    return config.read({**GOOD, **changes})


def complaint(**changes: str) -> str:
    """Return what is complained about."""
    with pytest.raises(Misconfigured) as raised:
        settings(**changes)
    return str(raised.value)


def tenants(**changes: object) -> str:
    """Return the TENANTS of one tenant with these changes."""
    return json.dumps([{**A_TENANT, **changes}])


def test_public_cloud_needs_the_least() -> None:
    """Everything that can be known is."""
    found = settings()
    assert found.tenants[TENANT].app == an_app()
    assert found.tenants[TENANT].organization == "contoso.onmicrosoft.com"
    assert found.tenants[TENANT].wipe_settle == timedelta(minutes=2)
    assert found.tenants[TENANT].wipe_patience == timedelta(hours=72)
    assert found.senders["portal"].trust is Trust.FULL
    assert found.authority_host == "https://login.microsoftonline.com"
    assert found.exchange_base_url == "https://outlook.office365.com"
    assert found.exchange_scope == "https://outlook.office365.com/.default"
    assert found.instance_discovery
    assert found.verify_challenge_resource
    assert found.source == "urn:easgate:local"


@pytest.mark.parametrize(
    ("cloud", "authority", "exchange"),
    [
        ("public", "https://login.microsoftonline.com", "https://outlook.office365.com"),
        ("usgov", "https://login.microsoftonline.us", "https://outlook.office365.us"),
        ("dod", "https://login.microsoftonline.us", "https://outlook-dod.office365.us"),
        ("china", "https://login.chinacloudapi.cn", "https://outlook.office365.cn"),
    ],
)
def test_cloud_picks_every_address(cloud: str, authority: str, exchange: str) -> None:
    """A token for one cloud's Exchange is never asked of another's login."""
    found = settings(CLOUD=cloud)
    assert (found.authority_host, found.exchange_base_url) == (authority, exchange)
    assert found.exchange_scope == f"{exchange}/.default"


@pytest.mark.parametrize(
    ("cloud", "graph"),
    [
        ("public", "https://graph.microsoft.com"),
        ("usgov", "https://graph.microsoft.us"),
        ("dod", "https://dod-graph.microsoft.us"),
        ("china", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_cloud_picks_its_graph(cloud: str, graph: str) -> None:
    """Which can be moved like Exchange, and whose tokens stay what they are."""
    found = settings(CLOUD=cloud)
    assert (found.graph_base_url, found.graph_scope) == (graph, f"{graph}/.default")
    moved = settings(CLOUD=cloud, GRAPH_BASE_URL="http://127.0.0.1:3/")
    assert moved.graph_base_url == "http://127.0.0.1:3"
    assert moved.graph_scope == f"{graph}/.default"


def test_overrides_move_the_calls_but_not_the_audience() -> None:
    """A local Entra ID turns instance discovery off; tokens stay tokens for Exchange."""
    found = settings(
        CLOUD="usgov",
        AUTHORITY_HOST="http://127.0.0.1:1/",
        EXCHANGE_BASE_URL="http://127.0.0.1:2/",
        WEBSITE_SITE_NAME="eas-prod",
        AZURE_CLIENT_ID=CLIENT,
    )
    assert (found.authority_host, found.exchange_base_url) == (
        "http://127.0.0.1:1",
        "http://127.0.0.1:2",
    )
    assert found.exchange_scope == "https://outlook.office365.us/.default"
    assert not found.instance_discovery
    assert (found.source, found.identity_client_id) == ("urn:easgate:eas-prod", CLIENT)


@pytest.mark.parametrize(
    ("url", "is_checked"),
    [
        ("https://127.0.0.1:8443", False),
        ("https://localhost:8443/", False),
        ("https://[::1]:8443", False),
        ("https://contoso.vault.azure.net", True),
        ("https://127.0.0.1.evil.example", True),
        ("https://localhost.evil.example", True),
        ("https://evil.example/127.0.0.1", True),
        ("https://127.0.0.1@evil.example", True),
    ],
)
def test_only_a_vault_on_loopback_goes_unchecked(url: str, *, is_checked: bool) -> None:
    """Elsewhere a challenge must name the vault it comes from."""
    assert settings(KEY_VAULT_URL=url).verify_challenge_resource is is_checked


def test_everything_missing_is_named_at_once() -> None:
    """An administrator goes to the portal once."""
    with pytest.raises(Misconfigured) as raised:
        config.read({"CLOUD": "moon", "MDM_SENDERS": "{"})
    for name in (*GOOD, "CLOUD: moon"):
        assert name in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TENANTS", "{"),
        ("TENANTS", "{}"),
        ("TENANTS", tenants(tenant_id="contoso.com")),
        ("TENANTS", tenants(client_id="")),
        ("TENANTS", tenants(certificate_name="")),
        ("TENANTS", tenants(organisation="typing mistake")),
        ("TENANTS", tenants(limits={"wipe_settle": -1})),
        ("TENANTS", tenants(limits={"wipe_setle": 1})),
        ("TENANTS", tenants(limits={"repairs_per_run": 1.5})),
        ("TENANTS", tenants(limits={"repair_drift": "no"})),
        ("TENANTS", tenants(limits={"gone_after": -1})),
        ("MDM_SENDERS", "[]"),
        ("MDM_SENDERS", json.dumps({"portal": {**A_SENDER, "trust": "blind"}})),
        ("CLOUD", "Public"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str) -> None:
    """Only the wrong one, and not the right ones beside it."""
    found = complaint(**{name: value})
    assert found.removeprefix("app settings need attention: ").startswith(name)
    assert not any(other in found for other in ("KEY_VAULT_URL", "EVENT_GRID", "AzureWebJobs"))


def test_limits_are_the_tenants_own() -> None:
    """Durations are given in seconds."""
    found = settings(TENANTS=tenants(limits={"wipe_settle": 0.5}))
    assert found.tenants[TENANT].wipe_settle == timedelta(milliseconds=500)


def test_limits_of_the_inventory_are_the_tenants_own_too() -> None:
    """What is missed counts as gone after so many hours."""
    told = {"gone_after": 1.5, "repair_drift": False, "repairs_per_run": 7}
    found = settings(TENANTS=tenants(limits=told)).tenants[TENANT]
    assert found.gone_after == timedelta(minutes=90)
    assert (found.limits.repair_drift, found.limits.repairs_per_run) == (False, 7)
    usual = settings().tenants[TENANT]
    assert (usual.gone_after, usual.limits.repair_drift) == (timedelta(hours=48), True)


def test_users_certificates_are_watched_only_where_somebody_wants_it() -> None:
    """It takes permissions that not every tenant has granted."""
    wanted = settings(TENANTS=tenants(limits={"watch_user_certificates": True}))
    assert wanted.tenants[TENANT].limits.watch_user_certificates
    assert not settings().tenants[TENANT].limits.watch_user_certificates


def test_private_hosts_of_crls_are_names_joined_by_commas() -> None:
    """In lower case, as they are compared; none unless somebody says so."""
    assert settings().crl_private_hosts == frozenset()
    assert settings(CRL_PRIVATE_HOSTS="").crl_private_hosts == frozenset()
    found = settings(CRL_PRIVATE_HOSTS=" PKI.contoso.local, 10.1.2.3,fd00::7 ,crl-1,")
    expected = {"pki.contoso.local", "10.1.2.3", "fd00::7", "crl-1"}
    assert found.crl_private_hosts == expected


@pytest.mark.parametrize(
    "wrong",
    [
        *("http://pki.contoso.local", "pki.contoso.local/crl", "*.contoso.local", "pki:80"),
        *("a b", "-x", "a..b", "[fd00::7]", "x" * 64, "\u043f\u043a\u0438.example", "host_name"),
    ],
)
def test_what_is_no_host_name_is_named(wrong: str) -> None:
    """Beside one that is, which is not."""
    told = complaint(CRL_PRIVATE_HOSTS=f"pki.contoso.local, {wrong}")
    assert told == f"app settings need attention: CRL_PRIVATE_HOSTS: {wrong} is no host name"


def test_senders_may_be_left_out() -> None:
    """An app may take orders only."""
    assert config.read({name: GOOD[name] for name in GOOD if name != "MDM_SENDERS"}).senders == {}


def test_storage_is_reached_with_an_identity_too() -> None:
    """Then all addresses are needed; one alone is named as missing."""
    uris = {
        "AzureWebJobsStorage__queueServiceUri": "https://eas.queue.core.windows.net",
        "AzureWebJobsStorage__tableServiceUri": "https://eas.table.core.windows.net",
        "AzureWebJobsStorage__blobServiceUri": "https://eas.blob.core.windows.net",
    }
    found = settings(AzureWebJobsStorage="", **uris).storage
    assert found.connection_string == ""
    assert [found.queue_uri, found.table_uri, found.blob_uri] == [*uris.values()]
    for name, uri in uris.items():
        assert "AzureWebJobsStorage" in complaint(AzureWebJobsStorage="", **{name: uri})


@pytest.mark.parametrize("spelling", [TENANT.upper(), TENANT.replace("-", ""), f"{{{TENANT}}}"])
def test_tenant_is_found_however_its_guid_is_written(spelling: str) -> None:
    """Or complained about; but not taken in silence and then never found."""
    try:
        found = settings(TENANTS=tenants(tenant_id=spelling), MDM_SENDERS="{}")
    except Misconfigured:
        return
    assert TENANT in found.tenants


def test_tenant_named_twice_is_complained_about() -> None:
    """One of the two would be ignored."""
    twice = [A_TENANT, {**A_TENANT, "certificate_name": "other"}]
    assert "TENANTS" in complaint(TENANTS=json.dumps(twice))


def test_empty_override_is_none() -> None:
    """Deployments set what they have no value for to nothing."""
    found = settings(AUTHORITY_HOST="", EXCHANGE_BASE_URL="")
    assert found.authority_host == "https://login.microsoftonline.com"
    assert found.exchange_base_url == "https://outlook.office365.com"
    assert found.instance_discovery


@pytest.mark.parametrize("name", ["KEY_VAULT_URL", "EVENT_GRID_TOPIC_ENDPOINT"])
def test_address_that_is_none_is_complained_about(name: str) -> None:
    """At run time it would look like an outage that never ends."""
    assert name in complaint(**{name: "contoso"})
