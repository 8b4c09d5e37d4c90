"""Whatever of the trust is asked for or changed: a failure says what to do next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.directory.tenant_trust import TenantTrust
from shared.errors import Failure, Misconfigured, NotPermitted, Rejected, Retryable
from shared.trust.authority import Authority, Store
from shared.trust.federation import PromptLogin
from shared.trust.method import CertificateMethod
from tests.unit.entra import a_der
from tests.unit.graph_answers import a_refusal
from tests.unit.trust_answers import (
    CAS,
    CLASSIC,
    CLASSIC_ID,
    DELETED,
    METHOD,
    PKIS,
    USER,
    Answer,
    a_ca,
    a_classic,
    a_trust,
    page,
)

CA = Authority(store=Store.PKI, certificate=a_der(1), is_root=True)
FEDERATION = "domains/contoso.example/federationConfiguration"
OFF = CertificateMethod(is_enabled=False)
HOUR = datetime(2026, 5, 4, 10, tzinfo=UTC)
CONTAINERS = {f"GET {PKIS}": page({"id": "pki-1"}), f"GET {DELETED}": page()}
HELD = {**CONTAINERS, f"GET {CAS}": page(a_ca())}
ON = {f"GET {METHOD}": httpx.Response(200, json={"state": "enabled"})}


@dataclass(frozen=True)
class Asked:
    """A call, the request of it that is in trouble, and the permission which that takes."""

    name: str
    call: Callable[[TenantTrust], object]
    troubled: str
    needs: str
    before: Mapping[str, Answer]


ASKED = [
    Asked(
        "containers",
        lambda t: t.authorities(),
        f"GET {PKIS}",
        "PublicKeyInfrastructure.Read.All",
        {},
    ),
    Asked(
        "authorities",
        lambda t: t.authorities(),
        f"GET {CAS}",
        "PublicKeyInfrastructure.Read.All",
        CONTAINERS,
    ),
    Asked(
        "classic", lambda t: t.classic_authorities(), f"GET {CLASSIC}", "Organization.Read.All", {}
    ),
    Asked(
        "method",
        lambda t: t.certificate_method(),
        f"GET {METHOD}",
        "Policy.Read.AuthenticationMethod",
        {},
    ),
    Asked("domains", lambda t: t.domains(), "GET domains", "Domain.Read.All", {}),
    Asked(
        "federation",
        lambda t: t.domains(),
        f"GET {FEDERATION}",
        "Domain-InternalFederation.Read.All",
        {"GET domains": page({"id": "contoso.example", "authenticationType": "Federated"})},
    ),
    Asked("account", lambda t: t.account(USER), f"GET users/{USER}", "User.Read.All", {}),
    Asked(
        "sign-ins",
        lambda t: t.sign_ins(USER, HOUR, 5),
        "GET beta/auditLogs/signIns",
        "AuditLog.Read.All",
        {},
    ),
]
CHANGED = [
    Asked(
        "add",
        lambda t: t.add_authority(CA),
        f"POST {CAS}",
        "PublicKeyInfrastructure.ReadWrite.All",
        {**CONTAINERS, f"GET {CAS}": page()},
    ),
    Asked(
        "container",
        lambda t: t.add_authority(CA),
        f"POST {PKIS}",
        "PublicKeyInfrastructure.ReadWrite.All",
        {f"GET {PKIS}": page(), f"GET {DELETED}": page()},
    ),
    Asked(
        "restore",
        lambda t: t.add_authority(CA),
        "POST directory/deletedItems/ca-1/restore",
        "PublicKeyInfrastructure.ReadWrite.All",
        {**CONTAINERS, f"GET {CAS}": page(), f"GET {DELETED}": page(a_ca())},
    ),
    Asked(
        "remove",
        lambda t: t.remove_authority(CA),
        f"DELETE {CAS}/ca-1",
        "PublicKeyInfrastructure.ReadWrite.All",
        HELD,
    ),
    Asked(
        "crl",
        lambda t: t.set_crl(CA, "http://x", ""),
        f"PATCH {CAS}/ca-1",
        "PublicKeyInfrastructure.ReadWrite.All",
        HELD,
    ),
    Asked(
        "delete classic",
        lambda t: t.replace_classic([]),
        f"DELETE {CLASSIC}/{CLASSIC_ID}",
        "Organization.ReadWrite.All",
        {f"GET {CLASSIC}": page(a_classic(1))},
    ),
    Asked(
        "method",
        lambda t: t.set_certificate_method(OFF),
        f"PATCH {METHOD}",
        "Policy.ReadWrite.AuthenticationMethod",
        ON,
    ),
    Asked(
        "prompt",
        lambda t: t.set_prompt_login("contoso.example", PromptLogin.DISABLED),
        f"PATCH {FEDERATION}/fed-1",
        "Domain-InternalFederation.ReadWrite.All",
        {f"GET {FEDERATION}": page({"id": "fed-1"})},
    ),
    Asked(
        "revoke",
        lambda t: t.revoke_sessions(USER),
        f"POST users/{USER}/revokeSignInSessions",
        "User.RevokeSessions.All",
        {},
    ),
    Asked(
        "disable",
        lambda t: t.set_enabled(USER, enabled=False),
        f"PATCH users/{USER}",
        "User.EnableDisableAccount.All",
        {},
    ),
]
UNREADABLE: list[httpx.Response] = [
    httpx.Response(200, text="<html>"),
    httpx.Response(200, content=b"\xff\xfe"),
    httpx.Response(200, text="[" * 100_000),
    httpx.Response(200, json={"value": {}, "id": 7, "state": 7}),
    httpx.Response(200, json=None),
    httpx.Response(302, headers={"Location": "https://other.example"}),
]


def named(asked: Asked) -> str:
    """Return what the call is known by."""
    return asked.name


def failure_of(asked: Asked, answer: Answer) -> Failure:
    """Return what a call fails with that is answered like this."""
    trust, graph = a_trust({**asked.before, asked.troubled: answer})
    with pytest.raises(Failure) as failure:
        asked.call(trust)
    # It is this request that has failed, and nothing was tried after it but looking again.
    sent = [f"{each.method} " for each in graph.requests]
    assert sent.count("POST ") + sent.count("PATCH ") + sent.count("DELETE ") <= 1
    return failure.value


@pytest.mark.parametrize("asked", ASKED + CHANGED, ids=named)
def test_each_trouble_says_what_to_do_next(asked: Asked) -> None:
    """The permission is named, and what Graph's texts quote is not repeated."""
    expected: list[tuple[Answer, type[Failure], str]] = [
        (httpx.Response(503), Retryable, "busy"),
        (httpx.ConnectError("no route"), Retryable, "cannot be reached"),
        (httpx.ReadError("secret"), Retryable, "cannot be reached"),
        (httpx.ReadTimeout("secret"), Retryable, "cannot be reached"),
        (httpx.RemoteProtocolError("secret"), Retryable, "cannot be reached"),
        (a_refusal(403, "Authorization_RequestDenied", "secret"), NotPermitted, asked.needs),
        (a_refusal(401, "InvalidAuthenticationToken", "secret"), NotPermitted, asked.needs),
    ]
    for answer, kind, told in expected:
        failure = failure_of(asked, answer)
        assert isinstance(failure, kind)
        assert told in str(failure)
        assert "secret" not in str(failure)


@pytest.mark.parametrize("asked", ASKED + CHANGED, ids=named)
def test_wait_that_graph_asks_for_is_kept(asked: Asked) -> None:
    failure = failure_of(asked, httpx.Response(429, headers={"Retry-After": "17"}))
    assert isinstance(failure, Retryable)
    assert failure.after == timedelta(seconds=17)


@pytest.mark.parametrize("asked", ASKED, ids=named)
def test_answer_that_cannot_be_read_is_no_answer(asked: Asked) -> None:
    """Least of all an empty one."""
    for answer in UNREADABLE:
        assert isinstance(failure_of(asked, answer), Retryable)


REFUSED: list[Any] = [each for each in CHANGED if each.name != "restore"]


@pytest.mark.parametrize("asked", REFUSED, ids=named)
def test_change_that_is_refused_is_not_tried_again(asked: Asked) -> None:
    failure = failure_of(asked, a_refusal(400, "Request_BadRequest", "secret"))
    assert isinstance(failure, Rejected)
    assert "request-1" in str(failure)
    assert "secret" not in str(failure)


@pytest.mark.parametrize("asked", CHANGED, ids=named)
def test_switch_that_stops_all_writes_stops_these_before_anything_is_asked(asked: Asked) -> None:
    trust, graph = a_trust({}, may_write=False)
    with pytest.raises(Misconfigured, match="switched off") as failure:
        asked.call(trust)
    assert type(failure.value) is Misconfigured
    assert graph.requests == []


@pytest.mark.parametrize("asked", ASKED, ids=named)
def test_switch_that_stops_all_writes_stops_no_reads(asked: Asked) -> None:
    trust, graph = a_trust({**asked.before, asked.troubled: httpx.Response(503)}, may_write=False)
    with pytest.raises(Retryable):
        asked.call(trust)
    assert graph.requests
