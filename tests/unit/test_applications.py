"""Rolling our app's own keys in Microsoft Graph, and what Graph may have against it."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from shared.directory.applications import Applications
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Rejected, Retryable
from tests.unit.builders import CLIENT
from tests.unit.entra import a_der
from tests.unit.graph_answers import (
    KEY,
    OBJECT,
    a_key_credential,
    a_refusal,
    an_application,
    applications,
)

TOKEN, PROOF = "planted-token", "planted-proof"
GONE = "No credentials found to be removed."

Call = Callable[[Applications], object]
CALLS: dict[str, Call] = {
    "read": lambda known: known.registration(TOKEN, CLIENT),
    "add": lambda known: known.add_key(TOKEN, OBJECT, a_der(), PROOF),
    "remove": lambda known: known.remove_key(TOKEN, OBJECT, KEY, PROOF),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
ORDERS = pytest.mark.parametrize("call", [CALLS["add"], CALLS["remove"]], ids=["add", "remove"])


def failing(call: Call, *answers: httpx.Response | Exception) -> Failure:
    """Return how a call fails; no failure quotes what was sent or what Graph says at length."""
    known, _ = applications(*answers)
    with pytest.raises(Failure) as raised:
        call(known)
    told = str(raised.value)
    assert not any(word in told for word in (TOKEN, PROOF, "quoted"))
    return raised.value


def test_key_is_added_with_its_public_part_and_the_proof() -> None:
    """Nothing secret is sent but the proof and the token."""
    known, graph = applications(httpx.Response(200, json=a_key_credential(keyId="new-key")))
    assert known.add_key(TOKEN, OBJECT, a_der(), PROOF) == "new-key"

    (request,) = graph.requests
    assert graph.asked == [("POST", f"/v1.0/applications/{OBJECT}/addKey")]
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {
        "keyCredential": {
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
            "key": base64.b64encode(a_der()).decode(),
        },
        "passwordCredential": None,
        "proof": PROOF,
    }


def test_key_is_removed_with_the_proof() -> None:
    """By the id of the key."""
    known, graph = applications(httpx.Response(204))
    known.remove_key(TOKEN, OBJECT, KEY, PROOF)
    assert graph.asked == [("POST", f"/v1.0/applications/{OBJECT}/removeKey")]
    assert json.loads(graph.requests[0].content) == {"keyId": KEY, "proof": PROOF}


@pytest.mark.parametrize("status", [400, 404])
def test_key_that_is_gone_already_counts_as_removed(status: int) -> None:
    """Even if a copy of the directory that lags behind would still show it."""
    known, graph = applications(a_refusal(status, "Request_BadRequest", GONE))
    known.remove_key(TOKEN, OBJECT, KEY, PROOF)
    assert len(graph.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 409])
def test_key_that_the_registration_lacks_counts_as_removed(status: int) -> None:
    """However Graph words it."""
    refusal = a_refusal(status, "Request_ResourceNotFound", "Other words.")
    known, graph = applications(refusal, an_application(a_key_credential(keyId="another")))
    known.remove_key(TOKEN, OBJECT, KEY, PROOF)
    assert graph.asked[1] == ("GET", f"/v1.0/applications/{OBJECT}")


@pytest.mark.parametrize(
    "look",
    [
        an_application(a_key_credential()),
        a_refusal(403, "Authorization_RequestDenied"),
        httpx.Response(503),
    ],
)
def test_key_that_was_not_removed_is_told(look: httpx.Response) -> None:
    """It is still there, or nobody can say."""
    failure = failing(CALLS["remove"], a_refusal(400, "Request_BadRequest"), look)
    assert isinstance(failure, Rejected)
    assert "HTTP 400, Request_BadRequest, request-id request-1" in str(failure)


BUSY = [
    httpx.Response(429, json={}, headers={"Retry-After": "17"}),
    httpx.Response(503, text="<html>", headers={"Retry-After": "17"}),
]


@every_call
@pytest.mark.parametrize("answer", BUSY)
def test_busy_graph_is_waited_for_as_long_as_it_says(answer: httpx.Response, call: Call) -> None:
    """Seconds, in a header."""
    failure = failing(call, answer)
    assert isinstance(failure, Retryable)
    assert failure.after == timedelta(seconds=17)


DOWN = [
    httpx.Response(500),
    httpx.Response(504, text="gateway"),
    httpx.Response(408),
    httpx.ConnectError(f"refused {TOKEN}"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("cut off"),
    httpx.DecodingError("not gzip"),
    httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
]


@every_call
@pytest.mark.parametrize("answer", DOWN)
def test_graph_out_of_reach_is_waited_for(answer: httpx.Response | Exception, call: Call) -> None:
    """Whatever stands between."""
    assert isinstance(failing(call, answer), Retryable)


@pytest.mark.parametrize("call", [CALLS["read"], CALLS["add"]], ids=["read", "add"])
@pytest.mark.parametrize("text", ["", "<html>", "null", "[]", "{}", "\udcff", "[" * 100_000])
def test_unreadable_success_is_waited_out(text: str, call: Call) -> None:
    """The key may have been added: the registration will show."""
    answer = httpx.Response(200, content=text.encode(errors="surrogateescape"))
    assert isinstance(failing(call, answer), Retryable)


DENIED = [(401, "InvalidAuthenticationToken"), (403, "Authorization_RequestDenied")]


@pytest.mark.parametrize(("status", "code"), DENIED)
def test_denied_read_names_the_missing_permission(status: int, code: str) -> None:
    """Callers report "unknown", and what to grant."""
    failure = failing(CALLS["read"], a_refusal(status, code, "quoted"))
    assert isinstance(failure, NotPermitted)
    assert isinstance(failure, Misconfigured)
    assert "Application.Read.All" in str(failure)
    assert f"HTTP {status}, {code}, request-id request-1" in str(failure)


@ORDERS
@pytest.mark.parametrize(("status", "code"), DENIED)
def test_denied_roll_names_the_missing_permission(status: int, code: str, call: Call) -> None:
    """Another one than for reading."""
    failure = failing(call, a_refusal(status, code, "quoted"))
    assert isinstance(failure, NotPermitted)
    assert "Application.ReadWrite.OwnedBy" in str(failure)


@every_call
def test_unknown_application_is_told(call: Call) -> None:
    """Somebody deleted the registration."""
    failure = failing(call, a_refusal(404, "Request_ResourceNotFound", "quoted"))
    assert isinstance(failure, NotFound)


@ORDERS
@pytest.mark.parametrize("status", [400, 401, 403])
def test_proof_that_is_not_accepted_is_no_missing_permission(status: int, call: Call) -> None:
    """Graph words it as if the bearer token were bad; granting something would not help."""
    refusal = a_refusal(status, "Authentication_MissingOrMalformed", "Access Token missing.")
    failure = failing(call, refusal, an_application(a_key_credential()))
    assert isinstance(failure, Rejected)
    assert "proof of possession" in str(failure)
    assert "request-id request-1" in str(failure)


POLICIES = [
    (("CredentialInvalidLifetimeAsPerAppPolicy", "InvalidKeyEndDate"), "lifetime"),
    (("CredentialInvalidLifetimeAsPerAppPolicy",), "lifetime"),
    (("CertificateNotIssuedByTrustedAuthorityAsPerAppPolicy",), "issuer"),
    (("CredentialTypeNotAllowedAsPerAppPolicy",), "lifetime, issuer or kind"),
]


@pytest.mark.parametrize(("codes", "limited"), POLICIES)
def test_tenants_policy_is_named_with_what_it_limits(codes: tuple[str, ...], limited: str) -> None:
    """Rejected: another try with the same certificate is refused alike."""
    code, *details = codes
    failure = failing(CALLS["add"], a_refusal(400, code, "quoted", *details))
    assert isinstance(failure, Rejected)
    assert f"app management policy limits the certificate's {limited}:" in str(failure)
    assert code in str(failure)


ODD = [
    httpx.Response(400, text="<html>", headers={"request-id": "request-1"}),
    httpx.Response(400, json={"error": "quoted"}, headers={"request-id": "request-1"}),
    httpx.Response(400, json=[], headers={"request-id": "request-1"}),
    a_refusal(400, ""),
    a_refusal(400, "x" * 10_000),
]


@every_call
@pytest.mark.parametrize("answer", ODD)
def test_odd_refusal_is_still_a_refusal(answer: httpx.Response, call: Call) -> None:
    """Short, and with what Microsoft's support would ask for."""
    failure = failing(call, answer)
    assert isinstance(failure, Rejected)
    assert "request-id request-1" in str(failure)
    assert len(str(failure)) < 400
