"""The operators' page, and the door through which people reach what systems reach with a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import azure.functions as func

from functions import people, people_views, replies, same_site, serving
from functions.replies import Detail
from shared import wiring
from shared.devices.caller import Caller, CallerKind, Role
from shared.errors import NotFound, TooLarge, Unverified

blueprint = func.Blueprint()

FOLDER = Path(__file__).parent / "portal"
API = "api/"
PLACE = "/api/portal/api/"  # where people find what systems find below /api/
BODY_LIMIT = 256 * 1024  # bytes
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    content: bytes
    kind: str
    etag: str


@blueprint.route(
    route="portal/{*path}", methods=["GET", "POST"], auth_level=func.AuthLevel.ANONYMOUS
)
def on_portal(req: func.HttpRequest) -> func.HttpResponse:
    """Serve the page to anybody, and what it shows to who has signed in."""
    path = req.route_params.get("path", "")
    answer = portal_api(req) if path.startswith(API) else portal_file(req)
    for name, text in SAFE.items():
        answer.headers.setdefault(name, text)
    return answer


@replies.answering(Detail.TOLD)
def portal_api(req: func.HttpRequest) -> func.HttpResponse:
    """Answer a person as the same route would answer a system."""
    person = _person(req)
    same_site.check(req.method, req.headers, _hosts(req))
    if len(req.get_body()) > BODY_LIMIT:
        raise TooLarge(f"a call may hold {BODY_LIMIT} bytes at most")
    path = req.route_params["path"].removeprefix(API)
    if (req.method, path) == ("GET", people_views.ME):
        return replies.json(_me(person))
    found, parameters = serving.find(req.method, path)
    answer = found.handler(_inner(req, parameters))
    if "Location" in answer.headers:
        answer.headers["Location"] = answer.headers["Location"].replace("/api/", PLACE, 1)
    return answer


@replies.answering(Detail.KEPT)
def portal_file(req: func.HttpRequest) -> func.HttpResponse:
    """Return one of the page's own files."""
    name = req.route_params.get("path", "").strip("/") or "index.html"
    file = _files().get(name)
    if file is None or req.method != "GET":
        raise NotFound("there is no such file")
    headers = {"Cache-Control": "no-cache", "ETag": file.etag}
    known = {
        tag.strip().removeprefix("W/") for tag in req.headers.get("If-None-Match", "").split(",")
    }
    if known & {file.etag, "*"}:
        return func.HttpResponse(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return func.HttpResponse(file.content, headers={**headers, "Content-Type": file.kind})


def _person(req: func.HttpRequest) -> Caller:
    if wiring.services().sign_in is None:
        raise Unverified("nobody can sign in: App Service's authentication is not set up")
    caller = people.caller(req)
    if caller.kind is not CallerKind.PERSON:
        raise Unverified("sign in first, at /.auth/login/aad")
    return caller


def _hosts(req: func.HttpRequest) -> frozenset[str]:
    """Return the names that we are called by: the one in this call, and the one in the settings."""
    sign_in = wiring.services().sign_in
    named = (req.headers.get("Host", ""), sign_in.public_host if sign_in else "")
    return frozenset(name.lower() for name in named if name)


def _me(person: Caller) -> people_views.Me:
    tenants = wiring.services().tenants.items() if person.may(Role.VIEWER) else ()
    return people_views.Me(
        id=person.id,
        name=person.name,
        roles=[role for role in Role if role in person.roles],
        tenants=[
            people_views.TenantName(tenant_id=tenant_id, organization=tenant.organization)
            for tenant_id, tenant in tenants
        ],
    )


def _inner(req: func.HttpRequest, parameters: Mapping[str, str]) -> func.HttpRequest:
    """Return the request as the same route would get it through the other door."""
    return func.HttpRequest(
        req.method,
        req.url,
        headers=dict(req.headers),
        params=dict(req.params),
        route_params=dict(parameters),
        body=req.get_body(),
    )


@cache
def _files() -> dict[str, _File]:
    """Read the page's files, once: what is not among them is not there, however it is spelt."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            etag = f'"{sha256(content).hexdigest()[:32]}"'
            found[path.name] = _File(content=content, kind=TYPES[path.suffix], etag=etag)
    return found
