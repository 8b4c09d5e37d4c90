"""Tokens for Exchange: earned with a signature, kept while good, renewed in time, never told."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA256

from shared.errors import Misconfigured, NotFound, Retryable
from shared.identity import login
from shared.identity.refusals import Refused
from tests.unit.builders import CLIENT, TENANT
from tests.unit.certificates import a_certificate, an_app
from tests.unit.entra import HOST, Entra, Identity, a_der, a_key, a_token, refusal

APP = an_app()
MINUTE = timedelta(minutes=1)


def decoded(part: str) -> dict[str, object]:
    """Return a part of a JWT."""
    found = json.loads(base64.urlsafe_b64decode(part + "=="))
    assert isinstance(found, dict)
    return found


def test_token_is_earned_with_an_assertion_signed_for_this_certificate() -> None:
    """PS256, known by the certificate's SHA-256 thumbprint; no secret goes over the wire."""
    identity = Identity()
    identity.tokens.token(APP)

    (post,) = identity.entra.posts
    assert post["scope"] == ["https://outlook.office365.com/.default"]
    assert post["client_id"] == [CLIENT]
    assert "client_secret" not in post
    header, payload, signature = post["client_assertion"][0].split(".")
    thumbprint = base64.urlsafe_b64encode(sha256(a_der()).digest()).decode().rstrip("=")
    assert decoded(header)["alg"] == "PS256"
    assert str(decoded(header)["x5t#S256"]).rstrip("=") == thumbprint
    assert decoded(payload)["aud"] == f"{HOST}/{TENANT}/oauth2/v2.0/token"
    assert (decoded(payload)["iss"], decoded(payload)["sub"]) == (CLIENT, CLIENT)
    a_key().public_key().verify(
        base64.urlsafe_b64decode(signature + "=="),
        f"{header}.{payload}".encode(),
        PSS(MGF1(SHA256()), SHA256.digest_size),
        SHA256(),
    )


def test_token_is_kept_until_five_minutes_before_its_end() -> None:
    """Not a request more than needed, and none with a token about to die."""
    identity = Identity()
    first = identity.tokens.token(APP)
    identity.clock.advance(55 * MINUTE - timedelta(seconds=1))
    assert identity.tokens.token(APP) == first
    assert len(identity.entra.posts) == 1

    identity.clock.advance(timedelta(seconds=1))
    assert identity.tokens.token(APP) != first
    assert len(identity.entra.posts) == 2


DOWN = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
    httpx.Response(503, text="<html>busy</html>"),
    httpx.Response(500, json={"error": "server_error"}),
    httpx.Response(400, json={"error": "temporarily_unavailable", "error_codes": []}),
    httpx.Response(400, json={"error": "invalid_request", "error_codes": [90033]}),
]


@pytest.mark.parametrize("down", DOWN)
def test_old_token_is_used_while_entra_is_down(down: httpx.Response | Exception) -> None:
    """As long as it is good for another minute; then the trouble is told."""
    identity = Identity()
    first = identity.tokens.token(APP)
    identity.entra.answer = down
    identity.clock.advance(59 * MINUTE - timedelta(seconds=1))
    assert identity.tokens.token(APP) == first

    identity.clock.advance(timedelta(seconds=1))
    with pytest.raises(Retryable):
        identity.tokens.token(APP)


@pytest.mark.parametrize(
    "throttled",
    [
        {"answer": httpx.Response(429, text="slow down", headers={"Retry-After": "10"})},
        {"answer": httpx.Response(429, json={"error": "throttled", "error_codes": [90055]})},
        {"discovery": httpx.Response(429, text="slow down")},
    ],
)
def test_throttled_login_passes(throttled: dict[str, httpx.Response]) -> None:
    """An administrator cannot do anything about it."""
    with pytest.raises(Retryable):
        Identity(entra=Entra(**throttled)).tokens.token(APP)  # type: ignore[arg-type]  # by name


def test_discovery_down_is_waited_out() -> None:
    """The first thing a fresh login asks for."""
    identity = Identity(entra=Entra(discovery=httpx.Response(503, text="busy")))
    with pytest.raises(Retryable):
        identity.tokens.token(APP)


def test_vault_down_is_waited_out_with_the_old_token() -> None:
    """A renewal needs the vault; a good token does not."""
    identity = Identity()
    first = identity.tokens.token(APP)
    identity.vault.down = Retryable("Key Vault is busy")
    identity.clock.advance(56 * MINUTE)
    assert identity.tokens.token(APP) == first


def test_token_without_the_role_is_not_used() -> None:
    """Nor kept, nor is its certificate pinned."""
    identity = Identity(entra=Entra(granted=("Exchange.ManageAsAppV2",)))
    for _ in range(2):
        with pytest.raises(Misconfigured, match=r"lacks the role Exchange\.ManageAsApp"):
            identity.tokens.token(APP)
        identity.clock.advance(MINUTE)
    assert len(identity.entra.posts) == 2
    assert identity.pins.active(TENANT) is None


def test_version_is_pinned_once_it_has_earned_a_token() -> None:
    """From then on it is the one that signs, whatever is newer."""
    identity = Identity()
    identity.tokens.token(APP)
    assert identity.pins.active(TENANT) == "v1"

    newer = a_certificate(version="v2", der=b"not proved")
    identity.vault.held = (*identity.vault.held, newer)
    identity.clock.advance(60 * MINUTE)
    identity.tokens.token(APP)
    assert identity.pins.active(TENANT) == "v1"


def test_refused_certificate_is_not_pinned() -> None:
    """Only success proves it."""
    identity = Identity(entra=Entra(answer=refusal(700027)))
    with pytest.raises(Refused):
        identity.tokens.token(APP)
    assert identity.pins.active(TENANT) is None


def test_refusal_names_its_codes_and_quotes_no_assertion() -> None:
    """Codes help; the description may hold anything."""
    identity = Identity(entra=Entra(answer=refusal(700027, 1000502)))
    with pytest.raises(Refused) as raised:
        identity.tokens.token(APP)

    told = str(raised.value)
    assert raised.value.codes == {700027, 1000502}
    for part in ("AADSTS700027", "AADSTS1000502", "trace-1", "correlation-1"):
        assert part in told
    sent = identity.entra.posts[0]["client_assertion"][0]
    assert not any(part in told for part in ("eyJ", "quoted.assertion", sent, sent.split(".")[2]))


def test_unknown_tenant_is_the_administrators_business() -> None:
    """Entra ID does not even tell where its tokens are."""
    discovery = httpx.Response(400, json={"error": "invalid_tenant"})
    with pytest.raises(Misconfigured, match=f"does not know tenant {TENANT}"):
        Identity(entra=Entra(discovery=discovery)).tokens.token(APP)


def test_missing_certificate_is_the_administrators_business() -> None:
    """It must not look as if Exchange did not know a device."""
    identity = Identity()
    identity.vault.down = NotFound("the vault has no certificate easgate")
    with pytest.raises(Misconfigured, match="no certificate easgate"):
        identity.tokens.token(APP)


def test_refused_token_is_not_handed_out_again_while_entra_is_down() -> None:
    """It may have an hour to live by its own word; Exchange has revoked it."""
    identity = Identity()
    refused = identity.tokens.token(APP)
    identity.entra.answer = httpx.Response(503, text="busy")
    with pytest.raises(Retryable):
        identity.tokens.renewed(APP, refused)
    with pytest.raises(Retryable):
        identity.tokens.token(APP)

    identity.entra.answer = None
    identity.clock.advance(timedelta(seconds=10))
    assert identity.tokens.token(APP) != refused


def test_refused_token_is_replaced_once() -> None:
    """Whoever comes second with the same refused token gets the new one."""
    identity = Identity()
    first = identity.tokens.token(APP)
    second = identity.tokens.renewed(APP, first)
    assert second != first
    assert identity.tokens.renewed(APP, first) == second
    assert identity.tokens.token(APP) == second
    assert len(identity.entra.posts) == 2


def test_many_threads_need_one_token() -> None:
    """All wait for the first one's request and share what it brought."""
    identity = Identity(entra=Entra(held=threading.Event()))
    assert identity.entra.held is not None
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(identity.tokens.token, APP) for _ in range(8)]
        identity.entra.held.set()
        found = {each.result(timeout=10) for each in waiting}
    assert len(found) == 1
    assert len(identity.entra.posts) == 1


def test_tenants_do_not_share_tokens() -> None:
    """Each has its own."""
    identity = Identity()
    other = an_app(tenant_id="5b2c1d0e-0000-4000-8000-000000000002")
    assert identity.tokens.token(APP) != identity.tokens.token(other)
    assert identity.tokens.token(APP) != identity.tokens.token(other)
    assert len(identity.entra.posts) == 2


def test_token_does_not_show_itself() -> None:
    """Whoever logs one logs when it ends."""
    identity = Identity()
    token = identity.tokens.acquire(APP, identity.vault.certificate("easgate"))
    assert token.text not in repr(token)
    assert "2026-05-04T11:00:00" in repr(token)


def test_validation_asks_past_the_memory() -> None:
    """It is this certificate's token of now that counts."""
    identity = Identity()
    identity.tokens.token(APP)
    found = identity.tokens.acquire(APP, identity.vault.certificate("easgate"))
    assert found.claims.roles == ("Exchange.ManageAsApp",)
    assert len(identity.entra.posts) == 2
    assert identity.tokens.token(APP) == found.text  # which is used from then on


def test_validation_does_not_put_a_token_without_the_role_to_use() -> None:
    """Work goes on with the one that is held."""
    identity = Identity()
    held = identity.tokens.token(APP)
    identity.entra.granted = ()
    identity.tokens.acquire(APP, identity.vault.certificate("easgate"))
    assert identity.tokens.token(APP) == held


@pytest.mark.parametrize(
    "text", ["", "opaque", "a.b", "a.%%%.c", "a.é.c", "a.bm9qc29u.c", "a.W10.c", "a._w.c", "a..c"]
)
def test_token_that_is_no_jwt_is_told_without_quoting_it(text: str) -> None:
    """What cannot be looked into cannot be trusted to hold the role."""
    with pytest.raises(Misconfigured) as raised:
        login.claims(text)
    assert str(raised.value) == "Entra ID issued a token that is not a JWT"


def test_claims_are_roles_and_directory_roles() -> None:
    """Everything else is Exchange's business."""
    found = login.claims(a_token(wids=["w"], aud="x"))
    assert (found.roles, found.wids) == (("Exchange.ManageAsApp",), ("w",))
    assert login.claims(a_token(roles=[])).roles == ()


def test_token_for_another_resource_is_got_past_every_memory_and_put_to_no_use() -> None:
    """Graph's is for Graph alone."""
    identity = Identity()
    held = identity.tokens.token(APP)
    certificate = identity.vault.certificate("easgate")
    found = identity.tokens.acquire(APP, certificate, "https://graph.microsoft.com/.default")
    assert identity.entra.posts[-1]["scope"] == ["https://graph.microsoft.com/.default"]
    assert identity.tokens.token(APP) == held != found.text
