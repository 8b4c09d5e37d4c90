"""Which certificate version a token is earned with, and what is tried when that fails."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest

from shared.errors import Failure, Misconfigured, Retryable
from shared.identity.refusals import Refused
from tests.unit.builders import TENANT
from tests.unit.certificates import a_certificate, a_successor, an_app
from tests.unit.entra import Entra, Identity, KeyVault, a_der, refusal, thumbprint

APP = an_app()
OLD = a_certificate(der=a_der(1))
NEW = a_successor(der=a_der(2))
A_WHILE = timedelta(seconds=10)
OF_THE_CERTIFICATE = [700027, 7000274, 50012, 1000502, 7000214, 7000277]
OF_SOMETHING_ELSE = [700016, 7000112, 700024, 700025, 500011, 90002, 90038, 53003, 65001, 123456]


def renewed(**old_is: httpx.Response) -> Identity:
    """Return an identity pinned to the old version, with a new one in the vault."""
    identity = Identity(vault=KeyVault((OLD, NEW)))
    identity.pins.pin(TENANT, "v1")
    if old_is:
        identity.entra.unless[sha256(OLD.der).digest()] = old_is["old_is"]
    return identity


def tried(identity: Identity) -> list[str]:
    """Return the versions that Entra ID was shown, in order."""
    names = {sha256(each.der).digest(): each.version for each in (OLD, NEW)}
    return [names[thumbprint(post)] for post in identity.entra.posts]


def test_pinned_version_signs_while_it_works() -> None:
    """A renewed certificate is in the vault before Entra ID knows it."""
    identity = renewed()
    identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v1"], "v1")


@pytest.mark.parametrize("code", OF_THE_CERTIFICATE)
def test_pinned_version_that_is_refused_gives_way_to_the_current_one(code: int) -> None:
    """Which is pinned in its place, and from then on tried alone."""
    identity = renewed(old_is=refusal(code))
    assert identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v1", "v2"], "v2")

    identity.clock.advance(timedelta(hours=1))
    identity.tokens.token(APP)
    assert tried(identity) == ["v1", "v2", "v2"]


@pytest.mark.parametrize("code", OF_SOMETHING_ELSE)
def test_refusal_of_something_else_is_not_tried_with_another_version(code: int) -> None:
    """It would be refused alike, and might be pinned by accident."""
    identity = renewed(old_is=refusal(code))
    with pytest.raises(Refused, match=f"AADSTS{code}"):
        identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v1"], "v1")


@pytest.mark.parametrize(
    "trouble", [refusal(90033), httpx.Response(503, text="busy"), httpx.Response(429, text="slow")]
)
def test_passing_trouble_with_the_pinned_version_moves_no_pin(trouble: httpx.Response) -> None:
    """Busy is no verdict on a certificate."""
    identity = renewed(old_is=trouble)
    with pytest.raises(Retryable):
        identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v1"], "v1")


def test_pinned_version_that_is_gone_gives_way_to_the_current_one() -> None:
    """Somebody purged it."""
    identity = renewed()
    identity.vault.held = (NEW,)
    assert identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v2"], "v2")


def test_current_version_that_fails_too_is_not_pinned() -> None:
    """Both are refused: the administrator hears of the one to register."""
    identity = renewed(old_is=refusal(1000502))
    identity.entra.answer = refusal(700027)
    with pytest.raises(Refused, match="AADSTS700027"):
        identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v1", "v2"], "v1")


def test_current_version_without_the_role_is_not_pinned() -> None:
    """A token that may do nothing proves nothing."""
    identity = renewed(old_is=refusal(700027))
    identity.entra.granted = ()
    with pytest.raises(Misconfigured, match="lacks the role"):
        identity.tokens.token(APP)
    assert identity.pins.active(TENANT) == "v1"


def test_only_version_there_is_is_tried_once() -> None:
    """Pinned and current are the same."""
    identity = Identity(entra=Entra(answer=refusal(700027)))
    identity.pins.pin(TENANT, "v1")
    with pytest.raises(Refused):
        identity.tokens.token(APP)
    assert tried(identity) == ["v1"]


def test_failure_is_shared_by_those_who_waited_behind_it() -> None:
    """Sixteen messages of one tenant must not ask sixteen times in a row."""
    identity = Identity(entra=Entra(answer=refusal(700016), held=threading.Event()))
    assert identity.entra.held is not None
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(identity.tokens.token, APP) for _ in range(8)]
        identity.entra.held.set()
        found = [each.exception(timeout=10) for each in waiting]
    assert {type(each) for each in found} == {Refused}
    assert len(identity.entra.posts) == 1


ASKS: list[Callable[[Identity], str]] = [
    lambda identity: identity.tokens.token(APP),
    lambda identity: identity.tokens.renewed(APP, "refused"),
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("answer", [refusal(700016), httpx.Response(503, text="busy")])
def test_failure_is_remembered_for_ten_seconds(
    ask: Callable[[Identity], str], answer: httpx.Response
) -> None:
    """And not a second longer: what an administrator mends works at once."""
    identity = Identity(entra=Entra(answer=answer))
    for seconds in (0, 9):
        identity.clock.advance(timedelta(seconds=seconds))
        with pytest.raises(Failure):
            ask(identity)
    assert len(identity.entra.posts) == 1

    identity.entra.answer = None
    identity.clock.advance(timedelta(seconds=1))
    assert ask(identity)
    assert len(identity.entra.posts) == 2


def test_failure_of_one_tenant_is_not_anothers() -> None:
    """Each has its own trouble."""
    identity = Identity(entra=Entra(answer=refusal(700016)))
    with pytest.raises(Refused):
        identity.tokens.token(APP)
    identity.entra.answer = None
    assert identity.tokens.token(an_app(tenant_id="5b2c1d0e-0000-4000-8000-000000000002"))


UNREADABLE = [
    '{"access_token": 5, "expires_in": 3600}',
    '{"access_token": ["x"], "expires_in": 3600}',
    '{"error": "invalid_client", "error_codes": "many"}',
    '{"error": ["x"]}',
    "",
    "<html>proxy</html>",
]
ODD = [
    "{}",  # told as a refusal
    "null",  # over this and the next, MSAL itself breaks
    "[]",
    '"x"',
    "[" * 100_000,
    '{"access_token": "e30.e30.e30", "expires_in": [3600]}',
    '{"access_token": "e30.e30.e30", "expires_in": "soon"}',  # told as an unknown tenant
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_unreadable_answer_is_waited_out(text: str) -> None:
    """It is neither a token nor a refusal, and certainly no bug: a proxy may have answered."""
    identity = Identity(entra=Entra(answer=httpx.Response(200, text=text)))
    with pytest.raises(Retryable):
        identity.tokens.token(APP)


@pytest.mark.parametrize("text", ODD)
def test_answer_of_an_odd_shape_is_waited_out(text: str) -> None:
    """As above."""
    test_unreadable_answer_is_waited_out(text)


@pytest.mark.parametrize(
    ("lifetime", "kept"),
    [("3600", 3000), (10**30, 86_000), (-5, 0), (0, 0)],
)
def test_lifetime_is_taken_with_care(lifetime: object, kept: int) -> None:
    """Neither a number in quotes nor an absurd one breaks us; nothing is kept for ever."""
    identity = Identity(entra=Entra(lifetime=lifetime))
    first = identity.tokens.token(APP)
    identity.clock.advance(timedelta(seconds=kept))
    assert (identity.tokens.token(APP) == first) is (kept > 0)
    identity.clock.advance(timedelta(days=1))
    assert identity.tokens.token(APP) != first


def test_key_that_may_not_be_used_is_not_told_as_an_unknown_tenant() -> None:
    """Whoever reads it should look at the vault's roles."""
    identity = Identity()
    identity.vault.is_locked = True
    with pytest.raises(Misconfigured, match="Key Vault denies") as raised:
        identity.tokens.token(APP)
    assert "does not know tenant" not in str(raised.value)
    assert "secret body" not in str(raised.value)


REMEDIES = {
    700027: "register",
    7000274: "register",
    50012: "register",
    1000502: "renew the certificate",
    7000214: "revoked",
    700024: "clock",
    700016: "client_id",
    7000112: "enable the enterprise application",
    90002: "tenant_id",
    90038: "CLOUD",
    53003: "Conditional Access",
    123456: "Microsoft's page",
}


@pytest.mark.parametrize("code", REMEDIES)
def test_refusal_names_a_remedy(code: int) -> None:
    """One for each code that is known, and where to look for the others."""
    told = str(Refused([999999, code], "invalid_client", "trace"))
    assert REMEDIES[code] in told
    assert f"AADSTS{code}" in told
    assert "invalid_client" in str(Refused([], "invalid_client", "trace"))


def test_refusal_without_a_code_is_nobodys_certificates_fault() -> None:
    """Only a code says so."""
    assert not Refused([], "invalid_client", "trace").is_of_the_certificate
    assert Refused([123456, 700027], "invalid_client", "trace").is_of_the_certificate
