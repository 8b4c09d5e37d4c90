"""Tenants that sign in without a certificate: the app's own identity vouches, or has the rights."""

from collections.abc import Iterator

import httpx
import pytest

from infra.local import contoso
from infra.local.sign_in import ISSUER
from infra.local.world import World
from shared.credentials.certificate import Credential
from tests.e2e.asking import a_phone, carried_out, ended, get, order, post
from tests.e2e.keys import ordered, run_the_watch
from tests.e2e.looking import operation, until

OF_CERTIFICATES = "easgate.certificate."
RUN = "on_certificate_schedule"
# What only a chain that begins with a certificate has; so do the links of a newer version.
LINKS = {
    "records say which version is used",
    "vault answers",
    "certificate is enabled",
    "key signs for this certificate",
    "certificate is registered on the application",
}


@pytest.fixture(scope="module", params=[Credential.FEDERATED, Credential.MANAGED_IDENTITY])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Run the whole world, with no certificate in it."""
    with World(embedded=True, credential=request.param, limits={"rotate_ahead": 365}) as world:
        yield world


def test_an_order_is_carried_out(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "PHONE1")
    carried_out(world, client, phone, "block")

    assert phone.access_state == "Blocked"
    assert world.entra.tokens_issued[contoso.CLIENT_ID] == (1 if _is_federated(world) else 0)


def test_there_is_no_certificate_to_show(world: World, client: httpx.Client) -> None:
    shown = get(world, client, "certificate").json()

    credential = Credential.FEDERATED if _is_federated(world) else Credential.MANAGED_IDENTITY
    assert shown == {
        "certificates": [],
        "problems": {},
        "not_applicable": {contoso.TENANT_ID: f"signs in with {credential}"},
    }


def test_the_chain_is_found_to_work_without_the_links_of_a_certificate(
    world: World, client: httpx.Client
) -> None:
    (report,) = post(world, client, "certificate/validate").json()["reports"]

    names = {check["name"] for check in report["checks"]}
    assert report["grade"] == "pass", report["checks"]
    assert {"Entra ID issues a token", "Exchange answers"} < names
    assert not LINKS & names
    assert (report["thumbprint"], report["expires_in_days"]) == (None, None)


def test_a_rotation_is_refused(world: World, client: httpx.Client) -> None:
    found = ended(world, client, ordered(world, client))

    assert found["state"] == "abandoned"
    assert "signs in without a certificate" in found["history"][-1]["note"]


def test_the_watch_has_nothing_to_say(world: World, client: httpx.Client) -> None:
    world.topic.events.clear()
    run_the_watch(world, client)
    until(lambda: f"{RUN} " in _succeeded(world), "the watch has run", seconds=10)

    assert not [event["type"] for event in world.topic.events]


def test_health_asks_for_no_certificate(world: World, client: httpx.Client) -> None:
    told = get(world, client, "health/dependencies").json()["dependencies"]

    assert set(told.values()) == {"ok"}
    assert f"certificate:{contoso.TENANT_ID}" not in told


def test_a_subject_in_other_letters_is_named_and_the_order_goes_on_once_it_is_right(
    client: httpx.Client,
) -> None:
    with World(embedded=True, credential=Credential.FEDERATED) as world:
        federation = world.entra.federation
        (right,) = federation.of(contoso.CLIENT_ID)
        federation.remove(contoso.CLIENT_ID, right)
        wrong = federation.add(
            contoso.CLIENT_ID, issuer=ISSUER, subject=contoso.APP_IDENTITY.upper()
        )
        order_id = order(world, client, world.phone, "block")
        note = until(lambda: _trouble(world, client, order_id), "the order waits for somebody")
        federation.remove(contoso.CLIENT_ID, wrong)
        federation.add(contoso.CLIENT_ID, issuer=ISSUER, subject=contoso.APP_IDENTITY)
        (mended,) = post(world, client, "certificate/validate").json()["reports"]

        assert mended["grade"] == "pass"
        assert "AADSTS7002138" in note
        assert "correct issuer, subject and audience of the federated credential" in note
        assert ended(world, client, order_id)["state"] == "done"
        assert world.entra.tokens_issued[contoso.CLIENT_ID] == 1  # the validation's is used


def _is_federated(world: World) -> bool:
    return bool(world.entra.federation.of(contoso.CLIENT_ID))


def _succeeded(world: World) -> str:
    return "\n".join(line for line in world.log_text().splitlines() if "(Succeeded)" in line)


def _trouble(world: World, client: httpx.Client, order_id: str) -> str:
    notes = [step["note"] for step in operation(world, client, order_id).get("history", [])]
    return next((note for note in notes if "AADSTS" in note), "")
