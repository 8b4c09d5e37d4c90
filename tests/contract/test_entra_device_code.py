"""A person signs in on one device for a program on another."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msal
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from infra.local.simulators.entra import Entra, Person
from infra.local.simulators.exchange import Exchange
from tests.contract.entra_world import (
    ADMINISTRATOR,
    CLIENT,
    DOMAIN,
    EXCHANGE,
    TENANT,
    unverified,
)
from tests.contract.vault_world import Clock

PUBLIC = "fb78d390-0c51-40cd-8e17-fdbfab77341b"
BASE = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
MANAGE = f"{EXCHANGE}/Exchange.Manage"
READ = f"{GRAPH}/Application.ReadWrite.All"
ADELE = Person(
    tenant_id=TENANT,
    user_principal_name=f"adele@{DOMAIN}",
    name="Adele Vance",
    wids=(ADMINISTRATOR,),
)


class Program:
    """A public client, by hand and by MSAL."""

    def __init__(self, entra: Entra, clock: Clock, client: httpx.Client) -> None:
        self.entra, self.clock, self.client = entra, clock, client

    def begin(self, scope: str = f"{MANAGE} openid", client_id: str = PUBLIC) -> httpx.Response:
        """Ask for a code."""
        form = {"client_id": client_id, "scope": scope}
        return self.client.post(f"{BASE}/{TENANT}/oauth2/v2.0/devicecode", data=form)

    def poll(self, device_code: str, **changes: str) -> httpx.Response:
        """Wait as long as told, and ask for a token."""
        self.clock.advance(seconds=5)
        return self.poll_at_once(device_code, **changes)

    def poll_at_once(self, device_code: str, **changes: str) -> httpx.Response:
        """Ask for a token."""
        form = {"client_id": PUBLIC, "grant_type": GRANT, "device_code": device_code, **changes}
        return self.client.post(f"{BASE}/{TENANT}/oauth2/v2.0/token", data=form)

    def refused(self, device_code: str, **changes: str) -> tuple[int, str, list[int]]:
        """Ask for a token that is not given; return status, error and codes."""
        answer = self.poll(device_code, **changes)
        return answer.status_code, answer.json()["error"], answer.json()["error_codes"]

    def msal(self) -> msal.PublicClientApplication:
        """Return the real library."""
        return msal.PublicClientApplication(
            PUBLIC,
            authority=f"{BASE}/{TENANT}",
            instance_discovery=False,
            http_client=self.client,
        )


def now() -> datetime:
    return datetime.fromtimestamp(int(time.time()), tz=UTC)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(now())


@pytest.fixture(scope="module")
def entra(clock: Clock) -> Entra:
    """Return what takes time to make; tests only add to it."""
    entra = Entra(clock=clock)
    entra.directory.add_tenant(TENANT, DOMAIN)
    entra.directory.add_application(PUBLIC, tenant_id=TENANT)
    entra.directory.add_application(CLIENT, tenant_id=TENANT)
    entra.public_clients.allow(
        PUBLIC, {EXCHANGE: ["Exchange.Manage"], GRAPH: ["Application.ReadWrite.All", "User.Read"]}
    )
    return entra


@pytest.fixture
def program(entra: Entra, clock: Clock) -> Iterator[Program]:
    clock.now = now()
    with httpx.Client(transport=httpx.MockTransport(entra)) as client:
        yield Program(entra, clock, client)


@pytest.fixture
def quick(program: Program) -> Iterator[Program]:
    usual = program.entra.device_codes.interval
    program.entra.device_codes.interval = usual / 5  # MSAL waits for real
    yield program
    program.entra.device_codes.interval = usual


def test_msal_waits_while_nobody_has_signed_in_and_then_gets_delegated_tokens(
    quick: Program,
) -> None:
    client = quick.msal()
    flow = client.initiate_device_flow(scopes=[READ])
    assert flow["user_code"] in flow["message"]

    pending = client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert pending["error"] == "authorization_pending"
    quick.entra.device_codes.sign_in(flow["user_code"], ADELE)
    flow["latest_attempt_at"] = 0
    answer: dict[str, Any] = client.acquire_token_by_device_flow(flow)

    claims = unverified(answer["access_token"])
    assert (claims["aud"], claims["scp"]) == (GRAPH, "Application.ReadWrite.All")
    assert (claims["oid"], claims["upn"]) == (ADELE.object_id, ADELE.user_principal_name)
    assert (claims["wids"], claims["idtyp"]) == ([ADMINISTRATOR], "user")
    assert "roles" not in claims
    assert client.get_accounts()[0]["home_account_id"] == f"{ADELE.object_id}.{TENANT}"


def test_msal_turns_one_sign_in_into_tokens_for_a_second_resource(quick: Program) -> None:
    client = quick.msal()
    flow = client.initiate_device_flow(scopes=[READ])
    quick.entra.device_codes.sign_in(flow["user_code"].lower(), ADELE)
    client.acquire_token_by_device_flow(flow)
    [account] = client.get_accounts()

    answer = client.acquire_token_silent([MANAGE], account=account)

    assert answer
    claims = unverified(answer["access_token"])
    assert (claims["aud"], claims["scp"]) == (EXCHANGE, "Exchange.Manage")


def test_exchange_takes_the_persons_token_and_looks_at_their_roles(program: Program) -> None:
    service = Exchange(jwks=program.entra.jwks, clock=program.clock)
    service.add_tenant(TENANT)
    nobody = Person(tenant_id=TENANT, user_principal_name=f"nobody@{DOMAIN}")

    def run(person: Person) -> int:
        code = program.begin().json()
        program.entra.device_codes.sign_in(code["user_code"], person)
        token = program.poll(code["device_code"]).json()["access_token"]
        with httpx.Client(transport=httpx.MockTransport(service)) as client:
            answer = client.post(
                f"{EXCHANGE}/adminapi/beta/{TENANT}/InvokeCommand",
                headers={"Authorization": f"Bearer {token}"},
                json={"CmdletInput": {"CmdletName": "Get-RoleGroup", "Parameters": {}}},
            )
            return answer.status_code

    assert run(ADELE) == 200
    with pytest.raises(httpx.DecodingError):  # the 403 whose header lies about its body
        run(nobody)


def test_the_answer_has_what_was_asked_for_and_no_more(program: Program) -> None:
    code = program.begin(f"{MANAGE} openid profile").json()
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    answer = program.poll(code["device_code"]).json()

    assert answer["scope"] == f"{MANAGE} openid profile"
    assert "refresh_token" not in answer
    assert "client_info" not in answer
    keys = KeySet.import_key_set(program.client.get(f"{BASE}/{TENANT}/discovery/v2.0/keys").json())
    claims = jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["aud"], claims["preferred_username"]) == (PUBLIC, ADELE.user_principal_name)


def test_the_default_scope_is_all_that_was_consented_to(program: Program) -> None:
    code = program.begin(f"{GRAPH}/.default").json()
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    token = program.poll(code["device_code"]).json()["access_token"]

    assert unverified(token)["scp"] == "Application.ReadWrite.All User.Read"


def test_the_code_says_where_to_go_and_how_long_it_lives(program: Program) -> None:
    said = program.begin().json()

    assert said["verification_uri"] == "https://microsoft.com/devicelogin"
    assert (said["expires_in"], said["interval"]) == (900, 5)


def test_a_program_that_polls_too_often_is_slowed_down(program: Program) -> None:
    device_code = program.begin().json()["device_code"]
    assert program.refused(device_code) == (400, "authorization_pending", [70016])

    assert program.poll_at_once(device_code).json()["error"] == "slow_down"
    assert program.refused(device_code)[1] == "slow_down"  # five seconds are too few by now
    program.clock.advance(seconds=10)
    assert program.refused(device_code)[1] == "authorization_pending"


def test_a_code_dies_after_a_quarter_of_an_hour_even_if_somebody_signed_in(
    program: Program,
) -> None:
    code = program.begin().json()
    program.clock.advance(minutes=15)
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    assert program.refused(code["device_code"]) == (400, "expired_token", [70020])


def test_a_person_may_decline(program: Program) -> None:
    code = program.begin().json()
    program.entra.device_codes.decline(code["user_code"])

    assert program.refused(code["device_code"]) == (400, "authorization_declined", [65004])


def test_a_code_is_good_for_one_token_and_one_client(program: Program) -> None:
    code = program.begin().json()
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    as_another = program.refused(code["device_code"], client_id=CLIENT)
    assert as_another == (400, "bad_verification_code", [70018])
    assert program.refused("made-up")[2] == [70018]
    assert program.poll(code["device_code"]).status_code == 200
    assert program.refused(code["device_code"]) == (400, "invalid_grant", [70000])
    with pytest.raises(LookupError):
        program.entra.device_codes.sign_in(code["user_code"], ADELE)


def test_an_application_that_is_no_public_client_fails_once_the_person_is_done(
    program: Program,
) -> None:
    code = program.begin(client_id=CLIENT).json()
    assert program.refused(code["device_code"], client_id=CLIENT)[2] == [70016]
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    refused = program.refused(code["device_code"], client_id=CLIENT)

    assert refused == (401, "invalid_client", [7000218])


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("", 900144),
        (f"{MANAGE} {READ}", 70011),
        (f"{MANAGE} {EXCHANGE}/.default", 70011),
        ("https://outlook.example/Exchange.Manage", 500011),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused_at_the_start(
    program: Program, scope: str, code: int
) -> None:
    assert program.begin(scope).json()["error_codes"] == [code]


def test_what_nobody_consented_to_is_not_given(program: Program) -> None:
    code = program.begin(f"{GRAPH}/Directory.ReadWrite.All").json()
    program.entra.device_codes.sign_in(code["user_code"], ADELE)

    assert program.refused(code["device_code"]) == (400, "invalid_grant", [65001])


def test_only_people_of_the_tenant_can_sign_in(program: Program) -> None:
    code = program.begin().json()
    stranger = Person(tenant_id=CLIENT, user_principal_name="eve@fabrikam.com")

    with pytest.raises(LookupError, match=r"eve@fabrikam\.com"):
        program.entra.device_codes.sign_in(code["user_code"], stranger)
    with pytest.raises(LookupError, match="NOSUCHCODE"):
        program.entra.device_codes.sign_in("NOSUCHCODE", ADELE)


def test_a_refresh_token_is_the_clients_own(program: Program) -> None:
    code = program.begin(f"{MANAGE} offline_access").json()
    program.entra.device_codes.sign_in(code["user_code"], ADELE)
    token = program.poll(code["device_code"]).json()["refresh_token"]
    again = {"grant_type": "refresh_token", "scope": READ}

    assert program.poll("", **again, refresh_token=token).status_code == 200
    assert program.refused("", **again, refresh_token="made-up")[2] == [70000]
    other = "1950a258-227b-4e31-a9cf-717495945fc2"
    program.entra.directory.add_application(other, tenant_id=TENANT)
    program.entra.public_clients.allow(other, {GRAPH: ["Application.ReadWrite.All"]})
    assert program.refused("", **again, refresh_token=token, client_id=other)[2] == [70000]
    as_confidential = program.refused("", **again, refresh_token=token, client_id=CLIENT)
    assert as_confidential[2] == [7000218]
