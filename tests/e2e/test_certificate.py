"""How the app's certificate stands, whether it works, what is missing, and its end announced."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.world import World, utc_now
from tests.e2e.administering import disabled, unregistered, with_rights, without_vault_role
from tests.e2e.asking import get, post
from tests.e2e.looking import until
from tests.e2e.side_by_side import a_world

LINKS = [
    "vault answers",
    "certificate is enabled and in its dates",
    "key may sign and cannot be exported",
    "key signs for this certificate",
    "Entra ID issues a token with the role",
    "Exchange answers",
]
RUNS = re.compile(r"on_certificate_schedule \S+ Executed \(Succeeded\)")
Breaking = Callable[[World], AbstractContextManager[None]]


def validated(world: World, client: httpx.Client) -> dict[str, Any]:
    """Return the report on the one tenant."""
    answer = post(world, client, "certificate/validate")
    assert answer.status_code == 200, answer.text
    (report,) = answer.json()["reports"]
    found: dict[str, Any] = report
    assert [check["name"] for check in found["checks"]] == LINKS
    return found


def thumbprint(world: World) -> str:
    """Return how the certificate's public part is known."""
    return sha256(world.vault.certificate_der(contoso.CERTIFICATE)).hexdigest()


def current(world: World) -> str:
    """Return where the vault keeps the version in use."""
    version = world.vault.certificate_versions(contoso.CERTIFICATE)[-1]
    return f"certificates/{contoso.CERTIFICATE}/{version}"


def test_a_certificate_is_shown_and_found_to_work(world: World, client: httpx.Client) -> None:
    shown = get(world, client, "certificate").json()["certificates"]
    report = validated(world, client)

    assert [(each["tenant_id"], each["client_id"]) for each in shown] == [
        (contoso.TENANT_ID, contoso.CLIENT_ID)
    ]
    assert shown[0]["thumbprint_sha256"] == report["thumbprint"] == thumbprint(world)
    assert shown[0]["days_left"] == report["expires_in_days"] == 364
    assert datetime.fromisoformat(shown[0]["not_before"]) < utc_now()
    assert report["grade"] == "pass"
    assert {(check["grade"], check["meaning"]) for check in report["checks"]} == {("pass", "")}


@pytest.mark.parametrize(
    ("breaking", "link", "remedy"),
    [
        pytest.param(
            lambda world: disabled(world, current(world)),
            LINKS[1],
            "enable it in the vault",
            id="disabled",
        ),
        pytest.param(
            lambda world: without_vault_role(world, "Key Vault Reader"),
            LINKS[0],
            "check its role assignments",
            id="vault not readable",
        ),
        pytest.param(
            lambda world: without_vault_role(world, "Key Vault Crypto User"),
            LINKS[3],
            "check its role assignments",
            id="key not usable",
        ),
        pytest.param(unregistered, LINKS[4], "register the public part", id="not registered"),
        pytest.param(
            lambda world: with_rights(world, may_manage=False, is_administrator=True),
            LINKS[4],
            "grant the permission and admin consent",
            id="no permission",
        ),
    ],
)
def test_a_broken_link_is_named_with_what_mends_it(
    world: World, client: httpx.Client, breaking: Breaking, link: str, remedy: str
) -> None:
    with breaking(world):
        report = validated(world, client)
        shown = get(world, client, "certificate")
    mended = validated(world, client)

    _is_broken_at(report, LINKS.index(link), remedy)
    assert shown.status_code == 200
    assert mended["grade"] == "pass", mended


def test_a_missing_role_in_exchange_is_named_with_what_mends_it(
    world: World, client: httpx.Client
) -> None:
    with with_rights(world, may_manage=True, is_administrator=False):
        _restart(world)
        report = validated(world, client)

    _is_broken_at(report, LINKS.index("Exchange answers"), "add the service principal to a role")
    _restart(world)
    assert validated(world, client)["grade"] == "pass"


def test_a_role_in_exchange_that_was_just_granted_is_used_at_once(
    world: World, client: httpx.Client
) -> None:
    with with_rights(world, may_manage=True, is_administrator=False):
        _restart(world)
        assert validated(world, client)["grade"] == "fail"
    mended = validated(world, client)
    _restart(world)

    assert mended["grade"] == "pass", mended


def _is_broken_at(report: dict[str, Any], number: int, remedy: str) -> None:
    grades = [check["grade"] for check in report["checks"]]
    assert grades == ["pass"] * number + ["fail"] + ["unknown"] * (len(LINKS) - number - 1)
    assert remedy in report["checks"][number]["meaning"]
    assert report["grade"] == "fail"


def _restart(world: World) -> None:
    """Let the app forget the token it holds."""
    world.stop_host()
    world.start_host()


@pytest.mark.parametrize(
    ("lasts", "kind", "stage"),
    [
        (timedelta(days=20), "easgate.certificate.expiring.v1", 30),
        (timedelta(days=-1), "easgate.certificate.expired.v1", 0),
    ],
    ids=["twenty days left", "expired yesterday"],
)
def test_a_certificate_near_its_end_is_announced_once_per_stage(
    lasts: timedelta, kind: str, stage: int
) -> None:
    with a_world(lasts=lasts) as (world, client):
        for number in range(1, 4):
            run = client.post(
                f"{world.url}/admin/functions/on_certificate_schedule",
                json={"input": ""},
                headers={"x-functions-key": world.master_key},
            )
            assert run.status_code == 202
            until(lambda: len(RUNS.findall(world.log_text())) == number, "it has run", seconds=10)  # noqa: B023 - called at once
        report = validated(world, client)

        (event,) = world.topic.events
        data: Any = event["data"]
        assert (event["type"], data["stage_days"]) == (kind, stage)
        assert data["thumbprint_sha256"] == thumbprint(world)
        assert data["remedy"]
        assert report["expires_in_days"] == (lasts - timedelta(seconds=1)).days
        is_expired = lasts < timedelta()
        assert report["grade"] == ("fail" if is_expired else "pass")
        assert ("renew it and register it" in report["checks"][1]["meaning"]) == is_expired
