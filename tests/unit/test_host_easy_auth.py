"""The stand-in for App Service's authentication: it vouches for who has signed in, nobody else."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from functions import people as app
from infra.local import contoso
from infra.local.host.asgi import Reply, Request
from infra.local.host.easy_auth import CALLBACK, COOKIE, EasyAuth
from infra.local.people import CLIENT_ID, PEOPLE, registration
from shared.devices.caller import Role
from shared.sign_in import SignIn

SPOOFED = {
    "x-ms-client-principal": "spoofed",
    "x-ms-client-principal-id": "spoofed",
    "x-ms-client-principal-name": "spoofed",
    "x-ms-client-principal-idp": "spoofed",
    "x-ms-token-aad-id-token": "spoofed",
}


@pytest.fixture
def auth() -> EasyAuth:
    return EasyAuth(tenant_id=contoso.TENANT_ID, client_id=CLIENT_ID, people=PEOPLE)


def a_request(
    path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Request:
    path, _, query = path.partition("?")
    named = dict(part.split("=") for part in query.split("&") if part)
    return Request(
        method=method, path=path, url=path, headers=headers or {}, query=named, body=body
    )


def answered(auth: EasyAuth, request: Request) -> tuple[Reply, dict[str, str]]:
    """Return an answer that is not the app's, and its headers."""
    reply = auth.answer(request)
    assert reply is not None
    return reply, dict(reply.headers)


def session(auth: EasyAuth, who: str) -> dict[str, str]:
    """Sign in; return what the browser sends from then on."""
    reply, headers = answered(auth, a_request(CALLBACK, "POST", body=f"person={who}".encode()))
    assert (reply.status, headers["location"]) == (302, "/")
    return {"cookie": f"theme=dark; {headers['set-cookie'].partition(';')[0]}"}


def test_who_has_signed_in_is_who_the_app_sees(auth: EasyAuth) -> None:
    """Read by the app's own code."""
    sign_in = SignIn(tenant_id=contoso.TENANT_ID, public_host="")
    for who, role in {"viewer": Role.VIEWER, "approver2": Role.APPROVER}.items():
        told = auth.vouch(a_request("/api/portal", headers=session(auth, who))).headers
        found = app.person(told["x-ms-client-principal"], sign_in)
        person = PEOPLE[who]
        assert (found.id, found.name) == (person.object_id, person.user_principal_name)
        assert found.roles == {role}
        assert told["x-ms-client-principal-id"] == person.object_id
        assert told["x-ms-client-principal-idp"] == "aad"


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=made-up", f"{COOKIE}=", "[]{}=;;"])
def test_nobody_else_can_say_who_it_is(auth: EasyAuth, cookie: str) -> None:
    spoken = {**SPOOFED, "cookie": cookie, "x-functions-key": "k"}
    assert auth.vouch(a_request("/api/portal", headers=spoken)).headers == {
        "cookie": cookie,
        "x-functions-key": "k",
    }


def test_who_has_signed_in_cannot_say_to_be_another(auth: EasyAuth) -> None:
    spoken = {**SPOOFED, **session(auth, "viewer")}
    assert "spoofed" not in auth.vouch(a_request("/", headers=spoken)).headers.values()


def test_signing_out_ends_it(auth: EasyAuth) -> None:
    """Also for somebody who has kept the cookie."""
    headers = session(auth, "viewer")
    assert answered(auth, a_request("/.auth/me", headers=headers))[0].status == 200
    _, told = answered(
        auth,
        a_request("/.auth/logout?post_logout_redirect_uri=/api/portal", headers=headers),
    )
    assert told["location"] == "/api/portal"
    assert answered(auth, a_request("/.auth/me", headers=headers))[0].status == 401
    assert "x-ms-client-principal" not in auth.vouch(a_request("/", headers=headers)).headers


def test_the_page_lists_everybody_and_leads_back(auth: EasyAuth) -> None:
    reply, _ = answered(auth, a_request("/.auth/login/aad?post_login_redirect_uri=/api/portal"))
    page = reply.body.decode()
    assert all(f'value="{key}"' in page for key in PEOPLE)
    assert f'action="{CALLBACK}?post_login_redirect_uri=%2Fapi%2Fportal"' in page


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nx: y", ""]
)
def test_nobody_is_led_to_another_site(auth: EasyAuth, place: str) -> None:
    asked = replace(
        a_request(CALLBACK, "POST", body=b"person=viewer"), query={"post_login_redirect_uri": place}
    )
    assert answered(auth, asked)[1]["location"] == "/"


@pytest.mark.parametrize("body", [b"", b"person=", b"person=mallory", b"\xff"])
def test_strangers_cannot_sign_in(auth: EasyAuth, body: bytes) -> None:
    assert answered(auth, a_request(CALLBACK, "POST", body=body))[0].status == 401


@pytest.mark.parametrize("path", ["/.auth", "/.auth/refresh", "/.AUTH/login/github"])
def test_the_app_never_sees_what_is_the_platforms(auth: EasyAuth, path: str) -> None:
    assert answered(auth, a_request(path))[0].status == 404


@pytest.mark.parametrize("path", ["/", "/api/portal", "/.authority", "/api/.auth/me"])
def test_anything_else_goes_to_the_app(auth: EasyAuth, path: str) -> None:
    assert auth.answer(a_request(path)) is None


def test_people_are_read_from_a_file(
    auth: EasyAuth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("sign-in") / "people.json"
    file.write_text(registration())
    read = EasyAuth.read(file)
    headers = session(read, "operator")
    told = read.vouch(a_request("/", headers=headers)).headers["x-ms-client-principal"]
    assert json.loads(base64.b64decode(told))["auth_typ"] == "aad"
    assert session(auth, "operator") != headers
