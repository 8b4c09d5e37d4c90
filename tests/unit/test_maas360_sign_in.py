"""How MaaS360 is signed in to, and what a refusal leads to."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Retryable
from tests.unit.maas360_portal import CREDENTIALS, SECRET, Portal, Vault, a_row, sample

MINUTE = timedelta(minutes=1)


def secret(version: str = "v2", **changes: object) -> LiveSecret:
    """Return the credentials, some of them changed; None leaves one out."""
    said = {name: value for name, value in (CREDENTIALS | changes).items() if value is not None}
    return replace(SECRET, version=version, value=json.dumps(said))


def signing_in(answer: Callable[[httpx.Request], httpx.Response]) -> Portal:
    """Return a portal that answers each sign-in so."""

    def reply(request: httpx.Request) -> httpx.Response | None:
        return answer(request) if "/auth-apis/" in request.url.path else None

    return Portal(rows=[a_row()], reply=reply)


def test_credentials_are_sent_as_the_service_spells_them() -> None:
    """In JSON, to the address with the billing id in it."""
    portal = Portal()
    portal.listing().ping()
    (request,) = portal.asked
    assert str(request.url) == (
        "https://services.m3.maas360.com/auth-apis/auth/1.0/authenticate/30012345"
    )
    assert json.loads(request.content) == {
        "authRequest": {
            "maaS360AdminAuth": {
                "billingID": "30012345",
                "platformID": "3",
                "appID": "app",
                "appVersion": "1.0",
                "appAccessKey": "k",
                "userName": "poller",
                "password": "pass word",
            }
        }
    }
    assert request.headers["Accept"] == request.headers["Content-Type"] == "application/json"


def test_token_is_sent_in_quotes_and_serves_for_55_minutes() -> None:
    """It lives for an hour; a walk must not be caught by its end."""
    portal = Portal(rows=[a_row()])
    devices = portal.listing()
    devices.page(None, "")
    portal.clock.advance(54 * MINUTE)
    devices.page(None, "")
    assert portal.signed_in() == 1
    assert portal.asked[-1].headers["Authorization"] == 'MaaS token="token-1"'
    portal.clock.advance(MINUTE)
    devices.page(None, "")
    assert portal.signed_in() == 2
    assert portal.asked[-1].headers["Authorization"] == 'MaaS token="token-2"'


def test_refused_token_is_renewed_once() -> None:
    """The page comes all the same."""
    portal = Portal(rows=[a_row()])
    devices = portal.listing()
    devices.ping()

    def revoked(request: httpx.Request) -> httpx.Response | None:
        is_old = "token-1" in request.headers.get("Authorization", "")
        return httpx.Response(401, text="<html>no</html>") if is_old else None

    portal.reply = revoked
    assert len(devices.page(None, "").heard) == 1
    assert portal.signed_in() == 2


def test_token_refused_twice_needs_an_administrator() -> None:
    """Another sign-in would not help."""

    def never(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(401) if "Authorization" in request.headers else None

    portal = Portal(reply=never)
    with pytest.raises(Misconfigured, match="right to the web services"):
        portal.listing().page(None, "")
    assert portal.signed_in() == 2


@pytest.mark.parametrize(
    "told",
    [
        sample("auth_refused"),
        {"authResponse": {"authToken": "", "errorCode": 0}},
        {"authResponse": {"errorCode": "1002"}},
        {"authResponse": ""},
        {},
    ],
)
def test_refusal_inside_success_names_the_next_step(told: object) -> None:
    """No code is relied on: without a token it is a refusal."""
    portal = signing_in(lambda _: httpx.Response(200, json=told))
    with pytest.raises(Misconfigured, match="correct the secret maas") as refused:
        portal.listing().ping()
    assert "pass word" not in str(refused.value)


def test_refused_credentials_are_left_alone_for_a_while() -> None:
    """Repeated refusals may lock the account out."""
    portal = signing_in(lambda _: httpx.Response(200, json=sample("auth_refused")))
    devices = portal.listing()
    for _ in range(3):
        with pytest.raises(Misconfigured):
            devices.ping()
    assert portal.signed_in() == 1
    portal.clock.advance(30 * MINUTE)
    with pytest.raises(Misconfigured):
        devices.ping()
    assert portal.signed_in() == 2


def test_new_version_of_the_secret_is_tried_at_once() -> None:
    """And once it is taken, the one before is asked for nothing."""

    def answer(request: httpx.Request) -> httpx.Response:
        is_good = b"corrected" in request.content
        return httpx.Response(200, json=sample("auth_granted" if is_good else "auth_refused"))

    portal = signing_in(answer)
    devices = portal.listing()
    with pytest.raises(Misconfigured):
        devices.ping()
    portal.vault.versions = (secret(password="corrected"), SECRET)
    devices.ping()
    assert devices.page(None, "").verified_by == "maas/v2"


def test_version_before_serves_while_the_newest_is_not_taken_yet() -> None:
    """Between the vault and MaaS360, one is always changed first."""

    def answer(request: httpx.Request) -> httpx.Response:
        is_good = b"pass word" in request.content
        return httpx.Response(200, json=sample("auth_granted" if is_good else "auth_refused"))

    portal = signing_in(answer)
    portal.vault.versions = (secret(password="not yet"), SECRET)
    assert portal.listing().page(None, "").verified_by == "maas/v1"


def test_token_of_a_version_that_is_no_longer_live_is_dropped() -> None:
    """Who disables a secret wants it used no more."""
    portal = Portal(rows=[a_row()])
    devices = portal.listing()
    devices.ping()
    portal.vault.versions = (secret(),)
    devices.ping()
    assert portal.signed_in() == 2


def test_newer_form_of_the_sign_in_serves_where_the_old_one_is_gone() -> None:
    """Both take the same body."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "/2.0/authenticate/customer/" in request.url.path:
            return httpx.Response(200, json=sample("auth_granted_with_refresh"))
        return httpx.Response(404, text="Not Found")

    portal = signing_in(answer)
    assert len(portal.listing().page(None, "").heard) == 1


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("", "malformed|truncated"),
        ("not json", "malformed"),
        ("[]", "Expected"),
        (secret(password=None).value, "password"),
        (secret(app_id="  ").value, "app_id"),
        (secret(user_name=7).value, "user_name"),
        (secret(username="poller").value, "username"),
    ],
)
def test_secret_of_another_shape_is_described_and_never_shown(value: str, names: str) -> None:
    """The message says which field, and what to store."""
    portal = Portal(vault=Vault((replace(SECRET, value=value),)))
    with pytest.raises(Misconfigured, match=names) as useless:
        portal.listing().ping()
    assert "app_access_key" in str(useless.value)
    assert "pass word" not in str(useless.value)
    assert portal.asked == []


@pytest.mark.parametrize("token", ['a"b', "a b", "a\nb", "ü", "x" * 9000])
def test_token_that_no_header_can_carry_is_not_sent(token: str) -> None:
    """It is no fault of the credentials."""
    portal = signing_in(lambda _: httpx.Response(200, json={"authResponse": {"authToken": token}}))
    with pytest.raises(Retryable):
        portal.listing().ping()
