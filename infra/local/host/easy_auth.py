"""
App Service's authentication ("Easy Auth"), as far as an app can tell.

It stands before every function: takes the headers off that only it may set, and puts its own
there for who has signed in. Instead of Microsoft's sign-in page it shows a list to pick from.

Unlike the platform: bearer tokens are not looked at, sessions end with the host, cookies come
without `Secure`, and calls from other sites are let through, so that the app has to notice itself.
"""

import base64
import html
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, quote

from infra.local.host.asgi import Reply, Request

ENABLED = ("WEBSITE_AUTH_ENABLED", "True")  # what the platform tells the app
PLACE = "/.auth/"
LOGIN = "/.auth/login/aad"
CALLBACK = "/.auth/login/aad/callback"
LOGOUT = "/.auth/logout"
ME = "/.auth/me"
COOKIE = "AppServiceAuthSession"
ONLY_OURS = ("x-ms-client-principal", "x-ms-token-")
SCHEMAS = "http://schemas.microsoft.com"
ROLE_TYPE = f"{SCHEMAS}/ws/2008/06/identity/claims/role"
NAME_TYPE = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<h1>Who are you?</h1><form method="post" action="{action}">{buttons}</form></html>"""
BUTTON = '<p><button name="person" value="{key}">{name} ({roles})</button></p>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to sign in as."""

    object_id: str
    name: str
    user_principal_name: str
    roles: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EasyAuth:
    """The sign-in of one app registration; sessions by the value of their cookie."""

    tenant_id: str
    client_id: str
    people: Mapping[str, Person]
    _sessions: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read who may sign in."""
        said: dict[str, Any] = json.loads(file.read_text("utf-8"))
        people = {key: Person(**person) for key, person in said.pop("people").items()}
        return cls(people=people, **said)

    def vouch(self, request: Request) -> Request:
        """Return the request with nobody's word but ours about who sends it."""
        headers = {
            name: text for name, text in request.headers.items() if not name.startswith(ONLY_OURS)
        }
        person = self._person(request)
        return replace(request, headers={**headers, **(self._principal(person) if person else {})})

    def answer(self, request: Request) -> Reply | None:
        """Answer what is for us; None for anything else."""
        path = request.path.rstrip("/").lower()
        if not f"{path}/".startswith(PLACE):
            return None
        ours = {
            ("GET", LOGIN): self._page,
            ("POST", CALLBACK): self._signed_in,
            ("GET", LOGOUT): self._signed_out,
            ("GET", ME): self._me,
        }
        found = ours.get((request.method, path))
        return found(request) if found else Reply(404)

    def _page(self, request: Request) -> Reply:
        after = quote(_own_place(request.query.get("post_login_redirect_uri", "")), safe="")
        buttons = "".join(
            BUTTON.format(
                key=html.escape(key),
                name=html.escape(person.name),
                roles=html.escape(", ".join(person.roles) or "no role"),
            )
            for key, person in self.people.items()
        )
        page = PAGE.format(action=f"{CALLBACK}?post_login_redirect_uri={after}", buttons=buttons)
        return Reply(200, page.encode(), [("content-type", "text/html; charset=utf-8")])

    def _signed_in(self, request: Request) -> Reply:
        picked = parse_qs(request.body.decode("utf-8", "replace")).get("person", [""])[0]
        person = self.people.get(picked)
        if person is None:
            return Reply(401)
        session = secrets.token_urlsafe(24)
        self._sessions[session] = person
        after = _own_place(request.query.get("post_login_redirect_uri", ""))
        cookie = f"{COOKIE}={session}; path=/; HttpOnly"
        return Reply(302, headers=[("location", after), ("set-cookie", cookie)])

    def _signed_out(self, request: Request) -> Reply:
        self._sessions.pop(_cookie(request), None)
        after = _own_place(request.query.get("post_logout_redirect_uri", ""))
        cookie = f"{COOKIE}=; path=/; Max-Age=0; HttpOnly"
        return Reply(302, headers=[("location", after), ("set-cookie", cookie)])

    def _me(self, request: Request) -> Reply:
        person = self._person(request)
        if person is None:
            return Reply(401)
        told = {
            "provider_name": "aad",
            "user_id": person.user_principal_name,
            "user_claims": self._claims(person),
        }
        return Reply(200, json.dumps([told]).encode(), [("content-type", "application/json")])

    def _person(self, request: Request) -> Person | None:
        return self._sessions.get(_cookie(request))

    def _principal(self, person: Person) -> dict[str, str]:
        principal = {
            "auth_typ": "aad",
            "claims": self._claims(person),
            "name_typ": NAME_TYPE,
            "role_typ": ROLE_TYPE,
        }
        return {
            "x-ms-client-principal": base64.b64encode(json.dumps(principal).encode()).decode(),
            "x-ms-client-principal-id": person.object_id,
            "x-ms-client-principal-name": person.user_principal_name,
            "x-ms-client-principal-idp": "aad",
        }

    def _claims(self, person: Person) -> list[dict[str, str]]:
        claims = [
            ("aud", self.client_id),
            ("iss", f"https://login.microsoftonline.com/{self.tenant_id}/v2.0"),
            ("name", person.name),
            (f"{SCHEMAS}/identity/claims/objectidentifier", person.object_id),
            ("preferred_username", person.user_principal_name),
            (f"{SCHEMAS}/identity/claims/tenantid", self.tenant_id),
            ("ver", "2.0"),
            *(("roles", role) for role in person.roles),
        ]
        return [{"typ": name, "val": value} for name, value in claims]


def _cookie(request: Request) -> str:
    try:
        # Repeated headers were joined by commas; browsers send one.
        found = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _own_place(wanted: str) -> str:
    """Return where to go next, which is never another site."""
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_own and wanted.isprintable() else "/"
