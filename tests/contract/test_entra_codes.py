"""Each AADSTS code a person may have to be helped with can be had from the Entra simulator."""

from collections.abc import Iterator

import httpx
import msal
import pytest

from infra.local.simulators.entra import Entra
from tests.contract.entra_world import (
    CLIENT,
    EXCHANGE,
    TENANT,
    Credential,
    World,
    a_directory,
    a_form,
)

WITH_A_REMEDY = (
    *(50000, 50001, 50006, 50012, 50027, 53003, 65001, 70001, 70011, 90002, 90006, 90012, 90024),
    *(90033, 90038, 500011, 500133, 530032, 650052, 650056, 650057, 700016, 700024, 700025),
    *(700027, 700030, 700211, 700212, 700213, 900382, 900432, 1000502, 1002012, 7000112),
    *(7000214, 7000215, 7000218, 7000222, 7000274, 7000277, 7002138),
)
TRANSIENT = {90006, 90012, 90024, 90033}


@pytest.fixture(scope="module")
def credential() -> Credential:
    return Credential()


@pytest.fixture(scope="module")
def entra(credential: Credential) -> Entra:
    return a_directory(credential)


@pytest.fixture
def world(entra: Entra) -> Iterator[World]:
    with httpx.Client(transport=httpx.MockTransport(entra)) as client:
        yield World(entra, "https://login.microsoftonline.com", client)


@pytest.mark.parametrize("code", WITH_A_REMEDY)
def test_a_code_can_be_ordered_and_comes_once(
    world: World, credential: Credential, code: int
) -> None:
    world.entra.refuse_next(code)

    answer = world.token(a_form(world, credential))

    said = answer.json()
    assert said["error_codes"] == [code]
    assert said["error_description"].startswith(f"AADSTS{code}: ")
    assert said["trace_id"] in said["error_description"]
    assert said["correlation_id"] in said["error_description"]
    assert said["timestamp"] in said["error_description"]
    expected = {"invalid_client": 401, "temporarily_unavailable": 503, "server_error": 500}
    assert answer.status_code == expected.get(said["error"], 400)
    assert (said["error"] == "temporarily_unavailable") == (code in TRANSIENT)
    assert world.token(a_form(world, credential)).status_code == 200


def test_a_code_that_is_not_known_cannot_be_ordered(world: World) -> None:
    with pytest.raises(KeyError):
        world.entra.refuse_next(1)


def test_the_words_can_be_ordered_too(world: World, credential: Credential) -> None:
    words = "Client assertion contains an invalid signature. [Reason - The key is not the one.]"
    world.entra.refuse_next(700027, words, times=2)

    for _ in range(2):
        said = world.token(a_form(world, credential)).json()["error_description"]
        assert said.startswith(f"AADSTS700027: {words} Trace ID: ")


def test_a_policy_that_blocks_says_so_beside_the_code(world: World, credential: Credential) -> None:
    world.entra.refuse_next(53003)

    said = world.token(a_form(world, credential)).json()

    assert (said["error"], said["suberror"]) == ("invalid_grant", "message_only")
    assert "capolids" in said["claims"]


def test_a_public_client_must_show_nothing(world: World, credential: Credential) -> None:
    public = "9d0a6b1e-2f5c-4a08-8a53-1c0e6d2a7101"
    world.entra.directory.add_application(public, tenant_id=TENANT)
    world.entra.public_clients.allow(public, {EXCHANGE: ["Exchange.Manage"]})

    with_certificate = world.token(a_form(world, credential, client_id=public))
    with_nothing = world.token(
        a_form(world, credential, client_id=public, client_assertion="", client_assertion_type="")
    )

    assert with_certificate.json()["error_codes"] == [700025]
    assert with_nothing.json()["error_codes"] == [7000218]


def test_no_secret_is_the_right_one(world: World, credential: Credential) -> None:
    form = a_form(world, credential, client_assertion="", client_assertion_type="")

    answer = world.token({**form, "client_secret": "guess"})

    assert (answer.status_code, answer.json()["error_codes"]) == (401, [7000215])


def test_msal_hands_an_ordered_code_on(world: World) -> None:
    world.entra.refuse_next(7000112)
    client = msal.ConfidentialClientApplication(
        CLIENT,
        authority=f"{world.base}/{TENANT}",
        instance_discovery=False,
        http_client=world.client,
        client_credential={"client_assertion": lambda: "not looked at"},
    )

    answer = client.acquire_token_for_client([f"{EXCHANGE}/.default"])

    assert answer["error"] == "unauthorized_client"
    assert answer["error_codes"] == [7000112]
