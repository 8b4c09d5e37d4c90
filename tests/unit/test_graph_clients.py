"""How Microsoft Graph is asked for people and subscriptions, and Entra ID for its keys."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.devices.subject import Person
from shared.directory.people import People
from shared.directory.signing_keys import SigningKeys
from shared.directory.subscriptions import Subscriptions
from shared.directory.tenant_directory import TenantDirectory
from shared.errors import Failure, NotFound, NotPermitted, Rejected, Retryable
from tests.unit.builders import MAILBOX, TENANT
from tests.unit.graph_answers import BASE, Graph, a_refusal
from tests.unit.stand_ins import FakeClock
from tests.unit.subscription_world import a_subscription

USER = "0d0d0d0d-1111-4222-8333-444444444444"
PERSON = Person(directory_id=USER, upn=f"x{MAILBOX}", mail=MAILBOX, is_enabled=False)
Answer = httpx.Response | Exception


def a_client(*answers: Answer) -> tuple[httpx.Client, Graph]:
    """Return a client of a Graph that answers like this."""
    graph = Graph(list(answers))
    return httpx.Client(transport=httpx.MockTransport(graph)), graph


def a_directory(*answers: Answer) -> tuple[TenantDirectory, Graph]:
    """Return a tenant's directory in such a Graph."""
    http, graph = a_client(*answers)
    people, listed = People(http, BASE), Subscriptions(http, BASE)
    return TenantDirectory(people=people, listed=listed, token=lambda: "the-token"), graph


def a_user(**changes: object) -> dict[str, object]:
    """Return a user as Graph shows it."""
    shown = {"id": USER, "userPrincipalName": PERSON.upn, "mail": MAILBOX, "accountEnabled": False}
    return {**shown, **changes}


def a_page(*rows: object, following: str = "") -> httpx.Response:
    """Return one page of a listing."""
    link = {"@odata.nextLink": following} if following else {}
    return httpx.Response(200, json={"value": list(rows), **link})


def a_shown_subscription(**changes: object) -> dict[str, object]:
    """Return a subscription as Graph lists it."""
    wanted = a_subscription()
    shown = {
        "id": "sub-0",
        "resource": "Users",
        "applicationId": "24d3b144-21ae-4080-943f-7067b395b913",
        "changeType": "updated",
        "clientState": None,
        "notificationUrl": wanted.address,
        "lifecycleNotificationUrl": wanted.lifecycle_address,
        "expirationDateTime": "2026-06-01T10:00:00.1234567Z",
        "includeResourceData": None,
    }
    return {**shown, **changes}


def test_person_is_found_by_id() -> None:
    """With the app's token, and no more fields than are needed."""
    directory, graph = a_directory(httpx.Response(200, json=a_user()))
    assert directory.person(USER) == PERSON
    (request,) = graph.requests
    assert request.url.path == f"/v1.0/users/{USER}"
    assert request.url.params["$select"] == "id,userPrincipalName,mail,accountEnabled"
    assert request.headers["Authorization"] == "Bearer the-token"


def test_deleted_person_is_none() -> None:
    """Only where Graph says so by name: any 404 might come from a wrong address."""
    gone, _ = a_directory(a_refusal(404, "Request_ResourceNotFound"))
    assert gone.person(USER) is None
    lost, _ = a_directory(a_refusal(404, "BadRequest"))
    with pytest.raises(NotFound):
        lost.person(USER)


@pytest.mark.parametrize("directory_id", ["", "..", "adele@contoso.com", "x" * 36])
def test_what_is_no_id_is_not_asked_for(directory_id: str) -> None:
    """Part of an address, it could mean something else."""
    directory, graph = a_directory(httpx.Response(200, json=a_user()))
    with pytest.raises(Rejected):
        directory.person(directory_id)
    assert graph.requests == []


def test_account_of_which_we_are_not_told_is_a_missing_permission() -> None:
    """With a lesser one, Graph leaves the field out; that is no news of the account."""
    directory, _ = a_directory(httpx.Response(200, json=a_user(accountEnabled=None)))
    with pytest.raises(NotPermitted, match=r"User\.Read\.All"):
        directory.person(USER)


def test_disabled_people_of_all_pages_are_yielded() -> None:
    """Those who are enabled by now are not among them, whatever the index says."""
    more = f"{BASE}/v1.0/users?$skiptoken=a%2Bb"
    enabled = a_user(id="2", accountEnabled=True)
    nameless = a_user(id="3", mail=None, userPrincipalName=None)
    directory, graph = a_directory(a_page(a_user(), following=more), a_page(enabled, nameless))
    found = list(directory.disabled())
    assert found == [PERSON, Person(directory_id="3", upn="", mail="", is_enabled=False)]
    first, second = (request.url for request in graph.requests)
    assert dict(first.params) == {
        "$filter": "accountEnabled eq false",
        "$select": "id,userPrincipalName,mail,accountEnabled",
        "$top": "999",
    }
    assert second.params["$skiptoken"] == "a+b"


HERE = f"{BASE}/v1.0/users?$skiptoken=x"


@pytest.mark.parametrize(
    "second",
    [
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(503),
        httpx.ConnectError("no route"),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"value": None}),
        httpx.Response(200, json={"value": [{"id": 7}]}),
        httpx.Response(302, headers={"Location": "https://other.example"}),
        a_page(following=HERE),
        a_page(following="https://other.example/v1.0/users?$skiptoken=x"),
        a_page(following="http://graph.example/v1.0/users?$skiptoken=x"),
    ],
)
def test_listing_that_cannot_be_read_to_its_end_fails(second: Answer) -> None:
    """A short list would say that the others are enabled; a strange link wants our token."""
    directory, graph = a_directory(a_page(a_user(), following=HERE), second)
    found = directory.disabled()
    assert next(found) == PERSON
    with pytest.raises(Retryable):
        list(found)
    assert {request.url.host for request in graph.requests} == {"graph.example"}


CALLS: list[Callable[[TenantDirectory], object]] = [
    lambda directory: directory.person(USER),
    lambda directory: list(directory.disabled()),
    lambda directory: directory.subscriptions(),
    lambda directory: directory.subscribe(a_subscription(), "secret"),
    lambda directory: directory.renew("sub-0", datetime(2026, 6, 1, tzinfo=UTC)),
    lambda directory: directory.unsubscribe("sub-0"),
]


@pytest.mark.parametrize("call", CALLS)
def test_each_failure_says_what_to_do_next(call: Callable[[TenantDirectory], object]) -> None:
    """Whatever is asked."""
    expected: list[tuple[Answer, type[Failure], str]] = [
        (httpx.Response(503), Retryable, "busy"),
        (httpx.Response(429), Retryable, "busy"),
        (httpx.ReadTimeout("slow"), Retryable, "cannot be reached"),
        (a_refusal(403, "Authorization_RequestDenied"), NotPermitted, "User.Read.All"),
        (a_refusal(401, "InvalidAuthenticationToken"), NotPermitted, "User.Read.All"),
        (a_refusal(400, "BadRequest", "secret"), Rejected, "BadRequest"),
    ]
    for answer, kind, told in expected:
        directory, _ = a_directory(answer)
        with pytest.raises(kind) as failure:
            call(directory)
        assert told in str(failure.value)
        assert "secret" not in str(failure.value)


def test_subscriptions_are_listed_in_our_words() -> None:
    """Graph keeps the secret to itself, and has spellings of its own."""
    more = f"{BASE}/v1.0/subscriptions?$skiptoken=x"
    other = a_shown_subscription(
        id="sub-1",
        resource="/groups/",
        changeType="Updated, deleted",
        lifecycleNotificationUrl=None,
        includeResourceData=True,
    )
    directory, graph = a_directory(a_page(a_shown_subscription(), following=more), a_page(other))
    first, second = directory.subscriptions()
    expires = datetime(2026, 6, 1, 10, 0, 0, 123457, tzinfo=UTC)
    assert first == a_subscription(expires_at=expires)
    assert second == a_subscription(
        subscription_id="sub-1",
        resource="groups",
        change_types=frozenset({"updated", "deleted"}),
        lifecycle_address="",
        with_content=True,
        expires_at=expires,
    )
    assert graph.asked == [("GET", "/v1.0/subscriptions")] * 2


def test_subscription_is_made_as_wanted() -> None:
    """For both addresses, with the secret, until the end in UTC."""
    wanted = replace(a_subscription(), subscription_id="")
    directory, graph = a_directory(httpx.Response(201, json=a_shown_subscription()))
    assert directory.subscribe(wanted, "our secret").serves_as(wanted)
    (request,) = graph.requests
    assert (request.method, request.url.path) == ("POST", "/v1.0/subscriptions")
    assert json.loads(request.content) == {
        "changeType": "updated",
        "notificationUrl": wanted.address,
        "lifecycleNotificationUrl": wanted.lifecycle_address,
        "resource": "users",
        "expirationDateTime": "2026-06-01T10:00:00Z",
        "clientState": "our secret",
        "latestSupportedTlsVersion": "v1_2",
    }


def test_subscription_is_renewed_until_then() -> None:
    """One that is gone is told apart: it has to be made anew."""
    end = datetime(2026, 6, 1, 12, tzinfo=UTC).astimezone()
    directory, graph = a_directory(httpx.Response(200, json=a_shown_subscription()))
    directory.renew("sub/0", end)
    (request,) = graph.requests
    assert (request.method, request.url.raw_path) == ("PATCH", b"/v1.0/subscriptions/sub%2F0")
    assert json.loads(request.content) == {"expirationDateTime": "2026-06-01T12:00:00Z"}
    gone, _ = a_directory(a_refusal(404, "ResourceNotFound"))
    with pytest.raises(NotFound):
        gone.renew("sub-0", end)


@pytest.mark.parametrize("answer", [httpx.Response(204), a_refusal(404, "ResourceNotFound")])
def test_subscription_is_ended_also_where_it_is_gone(answer: httpx.Response) -> None:
    """A repeat does no harm."""
    directory, graph = a_directory(answer)
    directory.unsubscribe("sub-0")
    assert graph.asked == [("DELETE", "/v1.0/subscriptions/sub-0")]


def test_unreadable_answer_leaves_it_open_whether_it_is_subscribed() -> None:
    """The next look will show it."""
    directory, _ = a_directory(httpx.Response(201, text="ok"))
    with pytest.raises(Retryable):
        directory.subscribe(a_subscription(), "secret")


def a_key_set(*kids: str) -> httpx.Response:
    """Return keys of an issuer, and one of another kind."""
    keys: list[dict[str, Any]] = [{"kid": kid, "kty": "RSA", "n": kid, "e": "AQAB"} for kid in kids]
    return httpx.Response(200, json={"keys": [*keys, {"kid": "ec", "kty": "EC", "x": "x"}]})


def signing_keys(*answers: Answer) -> tuple[SigningKeys, Graph, FakeClock]:
    """Return the keys of an issuer that answers like this."""
    http, issuer = a_client(*answers)
    clock = FakeClock()
    return SigningKeys(http, "https://login.example", clock), issuer, clock


def test_keys_are_read_once() -> None:
    """For each tenant by itself; what is no RSA key is none."""
    keys, issuer, clock = signing_keys(a_key_set("one", "two"))
    for _ in range(3):
        clock.advance(timedelta(hours=7))
        assert keys.key(TENANT, "one") == {"kid": "one", "kty": "RSA", "n": "one", "e": "AQAB"}
    assert issuer.asked == [("GET", f"/{TENANT}/discovery/v2.0/keys")]
    assert keys.key("other", "ec") is None
    assert len(issuer.requests) == 2


def test_unknown_key_is_looked_for_at_most_every_five_minutes() -> None:
    """It may be new, and it may be made up."""
    keys, issuer, clock = signing_keys(a_key_set("one"), a_key_set("one", "new"))
    assert keys.key(TENANT, "new") is None
    clock.advance(timedelta(minutes=5) - timedelta(seconds=1))
    assert keys.key(TENANT, "new") is None
    assert len(issuer.requests) == 1
    clock.advance(timedelta(seconds=1))
    assert keys.key(TENANT, "new") is not None
    assert len(issuer.requests) == 2


def test_keys_are_read_anew_each_day() -> None:
    """A key that the issuer has withdrawn is not believed for ever."""
    keys, _, clock = signing_keys(a_key_set("one"), a_key_set("two"))
    assert keys.key(TENANT, "one") is not None
    clock.advance(timedelta(days=1))
    assert keys.key(TENANT, "one") is None


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(500),
        httpx.Response(404),
        httpx.ConnectError("no route"),
        httpx.Response(200, text="{"),
        httpx.Response(200, json={"keys": [{"kid": 7}]}),
        httpx.Response(200, json={}),
    ],
)
def test_issuer_that_is_down_is_not_hammered_and_known_keys_still_count(trouble: Answer) -> None:
    """Nobody can say that an unknown key is none."""
    keys, issuer, clock = signing_keys(a_key_set("one"), trouble, trouble, a_key_set("two"))
    keys.key(TENANT, "one")
    clock.advance(timedelta(days=1))
    for _ in range(3):
        assert keys.key(TENANT, "one") is not None
        with pytest.raises(Retryable):
            keys.key(TENANT, "two")
    assert len(issuer.requests) == 2
    clock.advance(timedelta(seconds=30))
    with pytest.raises(Retryable):
        keys.key(TENANT, "two")
    clock.advance(timedelta(seconds=30))
    assert keys.key(TENANT, "two") is not None


def test_issuer_that_was_never_reached_is_tried_again_soon() -> None:
    """Without any key, everything waits for it."""
    keys, issuer, clock = signing_keys(httpx.Response(500), a_key_set("one"))
    for _ in range(2):
        with pytest.raises(Retryable):
            keys.key(TENANT, "one")
    assert len(issuer.requests) == 1
    clock.advance(timedelta(seconds=30))
    assert keys.key(TENANT, "one") is not None
