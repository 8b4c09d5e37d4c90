"""The Entra simulator refuses spoilt requests with the code the service has for each."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.entra_world import (
    CLIENT,
    EXCHANGE,
    TENANT,
    Credential,
    World,
    a_directory,
    a_form,
    an_assertion,
    unverified,
)

NOW = int(time.time())


@pytest.fixture(scope="module")
def credential() -> Credential:
    return Credential()


@pytest.fixture
def world(credential: Credential) -> Iterator[World]:
    entra = a_directory(credential)
    with httpx.Client(transport=httpx.MockTransport(entra)) as client:
        yield World(entra, "https://login.microsoftonline.com", client)


def test_every_token_is_its_own(world: World, credential: Credential) -> None:
    form = a_form(world, credential)

    tokens = [world.token(form).json()["access_token"] for _ in range(2)]

    assert unverified(tokens[0])["uti"] != unverified(tokens[1])["uti"]


def test_a_new_certificate_works_once_it_has_spread(credential: Credential) -> None:
    # Not NOW: that is when the tests were collected, and an assertion is good for minutes.
    moment = [datetime.fromtimestamp(int(time.time()), tz=UTC)]
    entra = a_directory(credential, clock=lambda: moment[0])
    entra.directory.propagation = timedelta(minutes=2)
    late = Credential()
    entra.directory.add_certificate(CLIENT, late.der)
    with httpx.Client(transport=httpx.MockTransport(entra)) as client:
        world = World(entra, "https://login.microsoftonline.com", client)
        assert world.token(a_form(world, late)).json()["error_codes"] == [700027]
        moment[0] += timedelta(minutes=2)
        assert world.token(a_form(world, late)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "status", "error"),
    [
        ({"grant_type": "password"}, 70003, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 900144, 400, "invalid_request"),
        ({"client_id": ""}, 900144, 400, "invalid_request"),
        ({"scope": ""}, 900144, 400, "invalid_request"),
        ({"scope": f"{EXCHANGE}/Exchange.ManageAsApp"}, 1002012, 400, "invalid_scope"),
        ({"scope": ".default"}, 1002012, 400, "invalid_scope"),
        ({"scope": f"{EXCHANGE}/.default openid"}, 70011, 400, "invalid_scope"),
        ({"scope": "https://outlook.example/.default"}, 500011, 400, "invalid_resource"),
        ({"client_id": str(uuid.uuid4())}, 700016, 400, "unauthorized_client"),
        ({"client_assertion": ""}, 7000218, 401, "invalid_client"),
        ({"client_assertion_type": ""}, 7000218, 401, "invalid_client"),
        ({"client_assertion": "not.a.jwt"}, 50027, 400, "invalid_request"),
    ],
)
def test_a_spoilt_form_is_refused(
    world: World,
    credential: Credential,
    changes: dict[str, str],
    code: int,
    status: int,
    error: str,
) -> None:
    answer = world.token(a_form(world, credential, **changes))

    assert answer.status_code == status
    assert answer.json()["error_codes"] == [code]
    assert answer.json()["error"] == error
    assert not world.entra.tokens_issued


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"}, 700023),
        ({"aud": None}, 700023),
        ({"iss": str(uuid.uuid4())}, 700021),
        ({"sub": str(uuid.uuid4())}, 700021),
        ({"nbf": NOW - 7200, "exp": NOW - 3600}, 700024),
        ({"nbf": NOW + 60, "exp": NOW + 30}, 700024),
        ({"nbf": NOW + 3600, "exp": NOW + 7200}, 700024),
        ({"exp": "soon"}, 50027),
        ({"exp": 1e300}, 50027),
        ({"header": {"x5t#S256": None}}, 50027),
        ({"header": {"x5t#S256": "c29tZXRoaW5nIGVsc2U"}}, 700027),
        ({"header": {"x5c": ["MIIB"]}}, 700027),
        ({"alg": "RS256"}, 50027),
        ({"alg": "PS384"}, 5002738),
    ],
)
def test_a_spoilt_assertion_is_refused(
    world: World, credential: Credential, changes: dict[str, Any], code: int
) -> None:
    assertion = an_assertion(world, credential, **changes)

    answer = world.token(a_form(world, credential, client_assertion=assertion))

    assert answer.json()["error_codes"] == [code]
    assert not world.entra.tokens_issued


def test_an_assertion_for_another_tenant_is_refused(world: World, credential: Credential) -> None:
    second = str(uuid.uuid4())
    world.entra.directory.add_tenant(second)
    world.entra.directory.add_application(CLIENT, tenant_id=second)

    answer = world.token(a_form(world, credential), tenant=second)

    assert answer.json()["error_codes"] == [700023]


def test_a_disabled_application_gets_nothing_until_enabled(
    world: World, credential: Credential
) -> None:
    world.entra.directory.set_enabled(CLIENT, TENANT, enabled=False)
    assert world.token(a_form(world, credential)).json()["error_codes"] == [7000112]

    world.entra.directory.set_enabled(CLIENT, TENANT, enabled=True)

    assert world.token(a_form(world, credential)).status_code == 200


def test_json_is_not_a_form_and_get_is_not_post(world: World, credential: Credential) -> None:
    url = f"{world.base}/{TENANT}/oauth2/v2.0/token"

    as_json = world.client.post(url, json=a_form(world, credential))

    assert as_json.json()["error_codes"] == [900144]
    assert world.client.get(url).json()["error_codes"] == [900561]


def test_a_refusal_can_be_traced(world: World) -> None:
    mine = str(uuid.uuid4())

    answer = world.client.post(
        f"{world.base}/{TENANT}/oauth2/v2.0/token", headers={"client-request-id": mine}
    ).json()

    assert answer["correlation_id"] == mine
    assert answer["trace_id"] in answer["error_description"]
    assert answer["error_description"].startswith("AADSTS900144: ")


def test_faults_can_be_ordered(world: World, credential: Credential) -> None:
    world.entra.fail_next(429, headers={"Retry-After": "7"}, body={"error": "busy"}, times=2)

    answers = [world.token(a_form(world, credential)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].json() == {"error": "busy"}
