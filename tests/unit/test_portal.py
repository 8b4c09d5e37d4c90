"""The page's files and the people's door: who gets what, and what other sites cannot do."""

import json
from typing import Any

import pytest

import function_app
from functions import operations, portal, serving
from functions.serving import Doors
from shared import messages
from shared.devices.caller import Role
from tests.unit.app_world import Answer, Deployment, Function, call, request
from tests.unit.builders import TENANT, a_command
from tests.unit.principals import SIGN_IN, as_person

ON_PORTAL: Function = portal.on_portal
INDEXED = function_app.app  # the table of routes is filled by now

COMMAND = json.loads(messages.write_command(a_command()))
ORDER = json.dumps(COMMAND).encode()


@pytest.fixture
def app() -> Deployment:
    return Deployment(sign_in=SIGN_IN)


def ask(
    app: Deployment,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes = b"",
) -> Answer:
    """Call the portal."""
    asked = request(method, body, route={"path": path}, headers=headers or {})
    return call(app, ON_PORTAL, asked)


def order(app: Deployment, headers: dict[str, str], body: bytes = ORDER) -> Answer:
    """Order an action, as the page does."""
    return ask(app, "api/commands", headers, method="POST", body=body)


def told(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.get_body())
    return found


@pytest.mark.parametrize("path", ["", "/", "index.html"])
def test_the_page_is_there_for_everybody(app: Deployment, path: str) -> None:
    """Only what it shows takes a sign-in."""
    answer = ask(app, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_file_is_sent_once_while_it_does_not_change(app: Deployment) -> None:
    etag = ask(app, "index.html").headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = ask(app, "index.html", {"If-None-Match": known})
        assert (again.status_code, again.get_body()) == (304, b"")
    assert ask(app, "index.html", {"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("../portal.py", "..%2fportal.py", "%2e%2e/portal.py", "portal.py", "/etc/passwd"),
        *("../portal/index.html", "./index.html", "index.html/..", "..\\portal.py", "."),
        *("index.html\x00.css", "INDEX.HTML", "nothing.js", "apix", "api"),
    ],
)
def test_nothing_but_the_pages_files_is_served(app: Deployment, path: str) -> None:
    answer = ask(app, path)
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers


def test_the_page_takes_nothing_in(app: Deployment) -> None:
    assert ask(app, "index.html", as_person("Approver"), method="POST").status_code == 404


def test_a_person_is_told_who_that_is(app: Deployment) -> None:
    assert told(ask(app, "api/me", as_person("Approver"))) == {
        "id": "5b2c1d0e-0000-4000-8000-000000000071",
        "name": "otto@contoso.com",
        "roles": ["Approver"],
        "tenants": [{"tenant_id": TENANT, "organization": "contoso.onmicrosoft.com"}],
    }


def test_who_has_no_role_is_told_so_and_no_more(app: Deployment) -> None:
    found = told(ask(app, "api/me", as_person()))
    assert (found["name"], found["roles"], found["tenants"]) == ("otto@contoso.com", [], [])
    assert ask(app, "api/senders", as_person()).status_code == 403


@pytest.mark.parametrize("path", ["api/me", "api/senders", "api/nothing"])
def test_who_has_not_signed_in_learns_nothing(app: Deployment, path: str) -> None:
    assert ask(app, path).status_code == 401
    assert ask(app, path, {"x-functions-key": "any"}).status_code == 401
    assert ask(app, path, {"x-ms-client-principal": "?"}).status_code == 401


def test_a_header_is_nobodys_word_where_the_platform_does_not_see_to_it() -> None:
    """Whoever calls could have written it."""
    app = Deployment(sign_in=None)
    answer = ask(app, "api/me", as_person("Approver"))
    assert (answer.status_code, "not set up" in told(answer)["detail"]) == (401, True)
    assert order(app, as_person("Approver")).status_code == 401
    assert app.queue.commands == []


def test_people_order_in_their_own_name(app: Deployment) -> None:
    """Whatever the page, or somebody in its place, has put there."""
    answer = order(app, as_person("Operator"))
    assert answer.status_code == 202
    place = f"/api/portal/api/operations/{COMMAND['command_id']}"
    assert answer.headers["Location"] == place
    (command,) = app.queue.commands
    assert command.requested_by == told(answer)["asked_by"] == "otto@contoso.com"


def test_systems_order_in_the_name_that_they_give(app: Deployment) -> None:
    """A key says nothing about persons."""
    call(app, operations.post_command, request("POST", ORDER))
    (command,) = app.queue.commands
    assert command.requested_by == COMMAND["requested_by"]


def test_a_viewer_changes_nothing(app: Deployment) -> None:
    assert ask(app, "api/senders", as_person("Viewer")).status_code == 200
    assert order(app, as_person("Viewer")).status_code == 403
    assert app.queue.commands == []


def test_parameters_in_the_path_arrive_and_letter_case_does_not_matter(app: Deployment) -> None:
    order(app, as_person("Operator"))
    path = f"api/Operations/{COMMAND['command_id']}"
    found = told(ask(app, path, as_person("Viewer")))
    assert found["operation_id"] == COMMAND["command_id"]


@pytest.mark.parametrize("path", ["api/", "api/health", "api/openapi.json", "api/mdm/portal"])
def test_what_is_not_for_people_is_not_there(app: Deployment, path: str) -> None:
    assert ask(app, path, as_person("Approver")).status_code == 404
    assert ask(app, path, as_person("Approver"), method="POST").status_code == 404


FORGED: dict[str, dict[str, str]] = {
    "a form": {"x-requested-with": ""},
    "another site": {"origin": "https://evil.example"},
    "our name as another's part": {"origin": "https://easgate.example.evil.example"},
    "no site": {"origin": "null"},
    "an unreadable site": {"origin": "https://[x"},
    "nothing said": {"origin": ""},
    "the browser knows better": {"sec-fetch-site": "cross-site"},
    "a neighbour": {"sec-fetch-site": "same-site"},
    "an address typed in": {"sec-fetch-site": "none"},
}


@pytest.mark.parametrize("name", FORGED)
def test_another_site_cannot_order_in_a_persons_name(app: Deployment, name: str) -> None:
    """The browser sends the cookie along; the platform then vouches for its owner."""
    answer = order(app, as_person("Approver", **FORGED[name]))
    assert answer.status_code == 403
    assert app.queue.commands == []


@pytest.mark.parametrize(
    "said",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": ""},
        {"host": "other.example", "origin": "https://Public.example:444"},
    ],
)
def test_our_own_page_can(said: dict[str, str]) -> None:
    """Also where a proxy shows the app by another name."""
    sign_in = type(SIGN_IN)(tenant_id=SIGN_IN.tenant_id, public_host="public.example:444")
    assert order(Deployment(sign_in=sign_in), as_person("Operator", **said)).status_code == 202


def test_another_site_cannot_even_ask(app: Deployment) -> None:
    for site, status in {"cross-site": 403, "same-site": 403, "none": 200}.items():
        headers = as_person("Viewer", **{"sec-fetch-site": site, "x-requested-with": ""})
        assert ask(app, "api/senders", headers).status_code == status


def test_a_call_is_bounded(app: Deployment) -> None:
    assert order(app, as_person("Operator"), b" " * (portal.BODY_LIMIT + 1)).status_code == 413


def test_whoever_asks_needs_a_role_and_changes_need_more_than_a_look() -> None:
    """Nothing is served to people without one, and nobody approves with a key."""
    for served in serving.routes():
        if served.method != "GET":
            assert served.needs is not Role.VIEWER, served.route
        if served.needs is Role.APPROVER:
            assert served.doors is Doors.PEOPLE, served.route


def test_every_route_is_found_by_its_own_name() -> None:
    """One with a parameter does not hide one without."""
    for served in serving.routes():
        path = served.route.replace("{", "").replace("}", "")
        found, _ = serving.find(served.method, path)
        assert found is served
