"""MaaS360's door: credentials, the account behind them, and the tokens they are good for."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.contract.maas360_world import CREDENTIALS, SEARCH, SIGN_IN, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("name", sorted(CREDENTIALS))
def test_every_part_of_the_credentials_counts_and_a_failure_has_status_200(
    world: World, name: str
) -> None:
    refused = world.sign_in(**{name: "something else"})

    assert refused == {"errorCode": 1002, "errorDesc": "Invalid credentials"}


def test_credentials_are_refused_at_the_address_of_another_customer(world: World) -> None:
    assert world.sign_in("/auth-apis/auth/1.0/authenticate/30099999")["errorCode"] == 1002


@pytest.mark.parametrize("middle", ["1.0/authenticate", "1.0/authenticate/customer"])
def test_version_1_answers_a_token_and_error_code_0(world: World, middle: str) -> None:
    answer = world.sign_in(f"/auth-apis/auth/{middle}/30012345")

    assert set(answer) == {"authToken", "errorCode"}
    assert answer["errorCode"] == 0
    assert world.get(SEARCH, answer["authToken"]).status_code == 200


def test_credentials_may_be_xml_and_so_is_the_answer_if_no_json_is_asked_for(world: World) -> None:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in CREDENTIALS.items())
    body = f"<authRequest><maaS360AdminAuth>{inner}</maaS360AdminAuth></authRequest>"

    answer = world.client.post(
        SIGN_IN, content=body, headers={"Content-Type": "application/xml; charset=utf-8"}
    )

    root = ET.fromstring(answer.content)  # noqa: S314 -- of our own simulator
    assert answer.headers["Content-Type"] == "application/xml"
    assert [(root.tag, root.findtext("errorCode"))] == [("authResponse", "0")]
    assert world.get(SEARCH, root.findtext("authToken") or "").status_code == 200


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", "userName=poller", 415),
        ("application/json", '{"userName": "poller"}', 400),
        ("application/json", '{"authRequest": null}', 400),
        ("application/json", "{", 400),
        ("application/xml", "<authRequest/>", 400),
        ("application/xml", "<", 400),
    ],
)
def test_a_body_that_is_no_auth_request_is_refused(
    world: World, kind: str, body: str, status: int
) -> None:
    answer = world.client.post(SIGN_IN, content=body, headers={"Content-Type": kind})

    assert answer.status_code == status


def test_version_2_answers_a_refresh_token_that_gets_the_next_token_once(world: World) -> None:
    first = world.sign_in("/auth-apis/auth/2.0/authenticate/customer/30012345")
    proof = {"refreshToken": first["refreshToken"], "password": "", "appAccessKey": ""}

    second = world.sign_in("/auth-apis/auth/2.0/refreshToken/customer/30012345", **proof)
    third = world.sign_in("/auth-apis/auth/2.0/refreshToken/customer/30012345", **proof)

    assert world.get(SEARCH, second["authToken"]).status_code == 200
    assert third["errorCode"] == 1002


def test_an_account_is_locked_after_five_failures_until_it_is_unlocked(world: World) -> None:
    for _ in range(5):
        assert world.sign_in(password="wrong")["errorCode"] == 1002

    assert world.sign_in() == {"errorCode": 1008, "errorDesc": "Account is locked"}
    world.maas.unlock_account()
    assert world.sign_in()["errorCode"] == 0


def test_a_changed_password_is_needed_from_then_on(world: World) -> None:
    world.maas.change_password("Battery Staple 2")

    assert world.sign_in()["errorCode"] == 1002
    assert world.sign_in(password="Battery Staple 2")["errorCode"] == 0


def test_a_token_serves_for_sixty_minutes(world: World) -> None:
    token = world.token()
    world.clock.now += timedelta(minutes=59, seconds=59)
    assert world.get(SEARCH, token).status_code == 200
    world.clock.now += timedelta(seconds=1)

    late = world.get(SEARCH, token)

    assert late.status_code == 401
    assert late.json() == {"devices": {"errorCode": 1007, "errorDesc": "Token expired"}}


@pytest.mark.parametrize("header", ["", "MaaS token={}", 'Bearer "{}"', 'MaaS token="x{}"'])
def test_the_token_stands_in_quotes_behind_its_scheme(world: World, header: str) -> None:
    headers = {"Authorization": header.format(world.token()), "Accept": "application/json"}

    answer = world.client.get(SEARCH, headers=headers)

    assert answer.status_code == 401
    assert answer.json() == {"devices": {"errorCode": 1009, "errorDesc": "Token invalid"}}


def test_a_token_is_no_good_at_the_address_of_another_customer(world: World) -> None:
    elsewhere = SEARCH.replace("30012345", "30099999")

    assert world.get(elsewhere, world.token()).status_code == 401
