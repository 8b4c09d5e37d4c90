"""How the app's certificate stands, whether it works, what is missing, and its end announced."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.places import CHECKOUT
from infra.local.world import World, utc_now
from tests.e2e.administering import disabled, unregistered, with_rights, without_vault_role
from tests.e2e.asking import get, post
from tests.e2e.looking import until
from tests.e2e.side_by_side import a_world

RUNS = re.compile(r"on_certificate_schedule \S+ Executed \(Succeeded\)")
FAILED = "easgate.certificate.validation_failed.v1"
PASSED = "easgate.certificate.validation_passed.v1"
TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
IDENTITY = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")
Breaking = Callable[[World], AbstractContextManager[None]]


def validated(world: World, client: httpx.Client) -> dict[str, Any]:
    """Return the report on the one tenant."""
    answer = post(world, client, "certificate/validate")
    assert answer.status_code == 200, answer.text
    (report,) = answer.json()["reports"]
    found: dict[str, Any] = report
    return found


def findings(report: dict[str, Any]) -> dict[str, str]:
    """Return the codes of what was found, by check; not of what waits for it."""
    waiting = {None, "not_tried", "graph_not_asked"}
    return {each["name"]: each["code"] for each in report["checks"] if each["code"] not in waiting}


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
    assert {(check["grade"], check["code"]) for check in report["checks"]} == {("pass", None)}


@pytest.mark.parametrize(
    ("breaking", "link", "code"),
    [
        pytest.param(
            lambda world: disabled(world, current(world)),
            "certificate is enabled",
            "certificate_disabled",
            id="disabled",
        ),
        pytest.param(
            lambda world: without_vault_role(world, "Key Vault Reader"),
            "vault answers",
            "vault_denied",
            id="vault not readable",
        ),
        pytest.param(
            lambda world: without_vault_role(world, "Key Vault Crypto User"),
            "key signs for this certificate",
            "signing_denied",
            id="key not usable",
        ),
        pytest.param(
            unregistered,
            "Entra ID issues a token",
            "certificate_unknown_to_entra",
            id="not registered",
        ),
        pytest.param(
            lambda world: with_rights(world, may_manage=False, is_member=True),
            "token holds Exchange.ManageAsApp",
            "token_no_role",
            id="no permission",
        ),
    ],
)
def test_a_broken_link_is_named_with_what_mends_it(
    world: World, client: httpx.Client, breaking: Breaking, link: str, code: str
) -> None:
    assert validated(world, client)["grade"] == "pass"
    world.topic.events.clear()
    with breaking(world):
        report = validated(world, client)
        shown = get(world, client, "certificate")
    mended = validated(world, client)

    assert (report["grade"], findings(report)) == ("fail", {link: code})
    (broken,) = (each for each in report["checks"] if each["name"] == link)
    assert broken["remedy"]
    assert shown.status_code == 200
    assert mended["grade"] == "pass", mended
    assert [event["type"] for event in world.topic.events] == [FAILED, PASSED]
    last = get(world, client, "certificate").json()["certificates"][0]["last_validation"]
    assert (last["grade"], last["codes"]) == ("pass", [])


def test_a_role_in_exchange_that_is_missing_is_named_and_used_as_soon_as_it_is_granted(
    world: World, client: httpx.Client
) -> None:
    with with_rights(world, may_manage=True, is_member=False):
        report = validated(world, client)

    assert findings(report) == {
        "Exchange answers": "exchange_no_role",
        "Exchange names what the app may run": "cmdlets_unreadable",
    }
    assert validated(world, client)["grade"] == "pass"


def test_an_operator_validates_from_a_shell_with_the_same_app_settings(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"IsEncrypted": False, "Values": world.settings}))

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra.azure", "validate", *options],
            cwd=CHECKOUT,
            env={**os.environ, **environment},  # noqa: TID251 - the child's, not a setting of ours
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    from_environment = run(**world.settings)
    with disabled(world, current(world)):
        identity = {name: world.settings[name] for name in (*TRUST, *IDENTITY)}
        from_file = run("--settings", str(file), **identity)

    assert from_environment.returncode == 0, from_environment
    assert "pass    Entra ID issues a token (" in from_environment.stdout
    assert "the chain: pass" in from_environment.stdout
    assert from_file.returncode == 1, from_file
    assert "fail    certificate is enabled certificate_disabled (" in from_file.stdout
    assert "-> enable it in the vault" in from_file.stdout
    assert "unknown Exchange answers not_tried (0 ms)" in from_file.stdout


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
        assert ("certificate_expired" in findings(report).values()) == is_expired
