"""How accounts and sign-ins in Microsoft Graph are read, and how a user is shut out."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import httpx
import pytest

from shared.errors import NotFound, NotPermitted, Rejected, Retryable
from shared.trust.account import Account, SignIn
from tests.unit.graph_answers import BASE, a_refusal
from tests.unit.trust_answers import DONE, TOKEN, USER, a_trust, page

UPN = "adele@contoso.example"
GET, PATCH = f"GET users/{USER}", f"PATCH users/{USER}"
REVOKE = f"POST users/{USER}/revokeSignInSessions"
LOG = "GET beta/auditLogs/signIns"
SINCE = datetime(2026, 5, 1, 12, 30, 15, 999999, tzinfo=timezone(timedelta(hours=2)))
SHOWN: dict[str, object] = {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
    "id": USER,
    "userPrincipalName": UPN,
    "mail": "adele.vance@contoso.example",
    "onPremisesUserPrincipalName": "adele@corp.local",
    "proxyAddresses": ["SMTP:Adele.Vance@contoso.example", "smtp:av@x.example", "SIP:a@b", "X500:"],
    "accountEnabled": True,
    "authorizationInfo": {"certificateUserIds": ["X509:<PN>adele@corp.local"]},
    "signInSessionsValidFromDateTime": "2026-04-01T08:00:00Z",
}
DENIED = a_refusal(403, "Authorization_RequestDenied")
SYNCED = (
    "Unable to update the specified properties for on-premises mastered Directory Sync objects or "
    "objects currently undergoing migration."
)


def a_sign_in(minute: int = 0, **changes: object) -> dict[str, object]:
    """Return an entry of the log as Graph shows it."""
    shown = {
        "id": f"sign-in-{minute}",
        "createdDateTime": f"2026-05-04T10:{minute:02}:00.1234567Z",
        "userId": USER,
        "clientAppUsed": "Mobile Apps and Desktop clients",
        "appDisplayName": "Microsoft Outlook",
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "authenticationDetails": [{"authenticationMethod": "X.509 Certificate", "succeeded": True}],
    }
    return {**shown, **changes}


def test_account_is_found_with_no_more_than_is_needed() -> None:
    trust, graph = a_trust({GET: httpx.Response(200, json=SHOWN)})
    assert trust.account(USER.upper()) == Account(
        directory_id=USER,
        upn=UPN,
        mail="adele.vance@contoso.example",
        on_premises_upn="adele@corp.local",
        certificate_user_ids=("X509:<PN>adele@corp.local",),
        addresses=("adele.vance@contoso.example", "av@x.example"),
        is_enabled=True,
        sessions_valid_from=datetime(2026, 4, 1, 8, tzinfo=UTC),
    )
    assert graph.requests[0].url.params["$select"] == (
        "id,userPrincipalName,mail,onPremisesUserPrincipalName,proxyAddresses,accountEnabled,"
        "authorizationInfo,signInSessionsValidFromDateTime"
    )


@pytest.mark.parametrize(
    "told",
    [
        {"id": USER},
        {"id": USER, **{name: None for name in SHOWN if name not in ("id", "@odata.context")}},
        {"id": USER, "proxyAddresses": [], "authorizationInfo": {"certificateUserIds": None}},
    ],
)
def test_what_graph_does_not_tell_is_empty(told: object) -> None:
    """With a lesser permission it leaves fields out."""
    trust, _ = a_trust({GET: httpx.Response(200, json=told)})
    assert trust.account(USER) == Account(directory_id=USER, upn="")


@pytest.mark.parametrize(
    "user",
    [
        UPN,
        "guest_gmail.com#EXT#@contoso.example",
        "o'neil@contoso.example",
        "100%25@contoso.example",
        "a/b/../c?x=1&$select=*@contoso.example",
        "ümlaut@contoso.example",
        "a b@contoso.example",
    ],
)
def test_odd_names_stay_one_part_of_the_address(user: str) -> None:
    requests: list[httpx.Request] = []
    trust, graph = a_trust({})
    graph.requests = requests
    with pytest.raises(AssertionError):
        trust.account(user)
    path, _, query = requests[0].url.raw_path.decode().partition("?")
    assert path.startswith("/v1.0/users/")
    assert unquote(path.removeprefix("/v1.0/users/")) == user
    assert "/" not in path.removeprefix("/v1.0/users/")
    assert query.startswith("$select=id,")


def test_name_that_begins_with_a_dollar_sign_goes_in_brackets() -> None:
    path = "GET users('%24o%27%27neil%40contoso.example')"
    trust, graph = a_trust({path: httpx.Response(200, json=SHOWN)})
    trust.account("$o'neil@contoso.example")
    assert len(graph.requests) == 1


@pytest.mark.parametrize("user", ["", "..", "$count", "delta", "@", "adele@", "@contoso.example"])
def test_what_names_nobody_is_not_asked_for(user: str) -> None:
    trust, graph = a_trust({})
    with pytest.raises(Rejected):
        trust.account(user)
    assert graph.requests == []


def test_unknown_user_is_said_to_be_one() -> None:
    gone = a_refusal(404, "Request_ResourceNotFound")
    trust, _ = a_trust({GET: gone, PATCH: gone, REVOKE: gone})
    for call in (
        lambda: trust.account(USER),
        lambda: trust.revoke_sessions(USER),
        lambda: trust.set_enabled(USER, enabled=False),
    ):
        with pytest.raises(NotFound, match="no such user"):
            call()


@pytest.mark.parametrize(
    "answer", [DONE, httpx.Response(200, json={"value": True}), httpx.Response(200, json={})]
)
def test_sessions_are_revoked_with_an_empty_body(answer: httpx.Response) -> None:
    """Both answers are documented."""
    trust, graph = a_trust({REVOKE: answer})
    trust.revoke_sessions(USER)
    assert graph.writes == [(REVOKE, None)]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"value": False}),
        httpx.Response(200, json={"value": "yes"}),
        httpx.Response(200, text="<html>"),
    ],
)
def test_revocation_of_which_graph_says_anything_else_is_not_believed(
    answer: httpx.Response,
) -> None:
    """The time since which sessions count will tell."""
    trust, _ = a_trust({REVOKE: answer})
    with pytest.raises(Retryable):
        trust.revoke_sessions(USER)


@pytest.mark.parametrize("enabled", [False, True])
def test_account_is_disabled_and_enabled(enabled: bool) -> None:  # noqa: FBT001 - a case
    trust, graph = a_trust({PATCH: DONE})
    trust.set_enabled(USER, enabled=enabled)
    assert graph.writes == [(PATCH, {"accountEnabled": enabled})]


def test_account_that_is_managed_on_premises_is_disabled_there() -> None:
    trust, _ = a_trust({PATCH: a_refusal(400, "Request_BadRequest", SYNCED)})
    with pytest.raises(Rejected, match="Active Directory"):
        trust.set_enabled(USER, enabled=False)


@pytest.mark.parametrize("directory_id", ["", "..", UPN])
def test_nobody_is_shut_out_but_by_id(directory_id: str) -> None:
    """A UPN may be somebody else's by now."""
    trust, graph = a_trust({})
    with pytest.raises(Rejected):
        trust.revoke_sessions(directory_id)
    with pytest.raises(Rejected):
        trust.set_enabled(directory_id, enabled=False)
    with pytest.raises(Rejected):
        trust.sign_ins(directory_id, SINCE, 5)
    assert graph.requests == []


def test_last_sign_ins_are_read_newest_first() -> None:
    """Of the user alone, and since the moment, in the version of Graph that tells of methods."""
    failed = a_sign_in(7, status={"errorCode": 500186, "failureReason": "CRL"}, clientAppUsed=None)
    trust, graph = a_trust({LOG: page(a_sign_in(3), failed)})
    assert trust.sign_ins(USER, SINCE, 5) == (
        SignIn(
            at=datetime(2026, 5, 4, 10, 7, 0, 123457, tzinfo=UTC),
            by_certificate=True,
            error_code=500186,
            failure="CRL",
            app_name="Microsoft Outlook",
        ),
        SignIn(
            at=datetime(2026, 5, 4, 10, 3, 0, 123457, tzinfo=UTC),
            by_certificate=True,
            error_code=0,
            client_app="Mobile Apps and Desktop clients",
            app_name="Microsoft Outlook",
        ),
    )
    assert dict(graph.requests[0].url.params) == {
        "$filter": f"userId eq '{USER}' and createdDateTime ge 2026-05-01T10:30:15Z",
        "$top": "5",
    }


def test_no_more_sign_ins_are_read_than_wanted() -> None:
    """Not even another page."""
    link = f"{BASE}/beta/auditLogs/signIns?$skiptoken=x"
    rows = {"value": [a_sign_in(3), a_sign_in(2), a_sign_in(1)], "@odata.nextLink": link}
    trust, graph = a_trust({LOG: [httpx.Response(200, json=rows), page(a_sign_in(0))]})
    assert len(trust.sign_ins(USER, SINCE, 2)) == 2
    assert len(graph.requests) == 1
    trust, graph = a_trust({LOG: [httpx.Response(200, json=rows), page(a_sign_in(0))]})
    assert len(trust.sign_ins(USER, SINCE, 4)) == 4
    assert len(graph.requests) == 2


@pytest.mark.parametrize(
    ("methods", "by_certificate"),
    [
        (["X.509 Certificate"], True),
        (["Password", "x.509 certificate (multi-factor)"], True),
        (["Password", "Previously satisfied"], False),
        (["Previously satisfied"], None),
        (["Satisfied by token", None, ""], None),
        ([], None),
        (None, None),
    ],
)
def test_method_is_told_by_the_steps(
    methods: list[str | None] | None,
    by_certificate: bool | None,  # noqa: FBT001 - a case
) -> None:
    """None is no "not by certificate": a log takes minutes until it is complete."""
    steps = None if methods is None else [{"authenticationMethod": each} for each in methods]
    trust, _ = a_trust({LOG: page(a_sign_in(authenticationDetails=steps))})
    (found,) = trust.sign_ins(USER, SINCE, 5)
    assert found.by_certificate is by_certificate


def test_tenant_without_licence_hears_of_both_causes() -> None:
    code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    trust, _ = a_trust({LOG: a_refusal(403, code)})
    with pytest.raises(NotPermitted) as failure:
        trust.sign_ins(USER, SINCE, 5)
    for told in ("AuditLog.Read.All", "P1 or P2", code):
        assert told in str(failure.value)


@pytest.mark.parametrize(
    "row", [a_sign_in(status=None), a_sign_in(status={}), a_sign_in(createdDateTime="yesterday")]
)
def test_sign_in_of_which_the_end_is_not_told_is_no_success(row: dict[str, object]) -> None:
    trust, _ = a_trust({LOG: page(row)})
    with pytest.raises(Retryable):
        trust.sign_ins(USER, SINCE, 5)


def test_permissions_are_those_of_the_token() -> None:
    trust, graph = a_trust({})
    assert trust.permissions() == {f"role of {TOKEN}"}
    assert graph.requests == []
