"""Tokens for Microsoft Graph: of the same app and certificate, kept by the same rules."""

from datetime import timedelta

import httpx
import pytest

from shared.errors import Failure, Misconfigured, Retryable
from shared.identity.refusals import Refused
from tests.unit.builders import TENANT
from tests.unit.certificates import a_successor, an_app
from tests.unit.entra import Entra, Identity, KeyVault, a_der, refusal
from tests.unit.test_fall_back import NEW, OLD, identity_of, tried

APP = an_app()
MINUTE = timedelta(minutes=1)
EXCHANGE, GRAPH = "https://outlook.office365.com/.default", "https://graph.microsoft.com/.default"


def scopes(identity: Identity) -> list[str]:
    """Return what tokens were asked for, in order."""
    return [post["scope"][0] for post in identity.entra.posts]


def test_each_resource_has_its_own_token() -> None:
    """A token for Exchange is worth nothing to Graph."""
    identity = Identity()
    assert identity.tokens.graph(APP) != identity.tokens.token(APP)
    assert scopes(identity) == [GRAPH, EXCHANGE]


def test_token_is_kept_until_five_minutes_before_its_end() -> None:
    """As one for Exchange is."""
    identity = Identity()
    first = identity.tokens.graph(APP)
    identity.clock.advance(55 * MINUTE - timedelta(seconds=1))
    assert identity.tokens.graph(APP) == first
    identity.clock.advance(timedelta(seconds=1))
    assert identity.tokens.graph(APP) != first
    assert scopes(identity) == [GRAPH, GRAPH]


def test_token_is_got_with_the_pinned_version() -> None:
    """Not with the newest, which Entra ID may not know yet."""
    identity = identity_of(OLD, NEW, pinned="v1")
    identity.tokens.graph(APP)
    assert tried(identity) == ["v1"]


def test_token_needs_no_role() -> None:
    """An app rolls its own keys without any permission."""
    assert Identity(entra=Entra(granted=())).tokens.graph(APP)


def test_token_need_not_be_a_jwt() -> None:
    """It is Graph's alone to look into."""
    answer = httpx.Response(200, json={"access_token": "opaque", "expires_in": 3600})
    assert Identity(entra=Entra(answer=answer)).tokens.graph(APP) == "opaque"


def test_switch_of_one_resource_is_the_others_too() -> None:
    """The certificate is chosen once for both, and the switch is told once."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027)
    identity.tokens.graph(APP)
    identity.tokens.token(APP)
    assert tried(identity) == ["v2", "v1", "v1"]
    assert identity.pins.active(TENANT) == "v1"
    assert len(identity.switches) == 1


def test_old_token_is_used_while_entra_is_down() -> None:
    """As long as it is good for another minute."""
    identity = Identity()
    first = identity.tokens.graph(APP)
    identity.entra.answer = httpx.Response(503, text="busy")
    identity.clock.advance(58 * MINUTE)
    assert identity.tokens.graph(APP) == first
    identity.clock.advance(MINUTE)
    with pytest.raises(Retryable):
        identity.tokens.graph(APP)


def test_failure_is_remembered_for_ten_seconds_and_is_not_exchanges() -> None:
    """Graph's resource may be refused while Exchange's works."""
    identity = Identity(entra=Entra(answer=refusal(500011)))
    for _ in range(3):
        with pytest.raises(Refused):
            identity.tokens.graph(APP)
    assert len(identity.entra.posts) == 1
    identity.entra.answer = None
    assert identity.tokens.token(APP)
    identity.clock.advance(timedelta(seconds=10))
    assert identity.tokens.graph(APP)


def test_certificate_is_tried_for_a_resource_past_every_cache() -> None:
    """A rotation proves a version that is not in use yet."""
    identity = Identity(vault=KeyVault((OLD, NEW)))
    for scope, asked in (("", EXCHANGE), (GRAPH, GRAPH)):
        assert identity.tokens.acquire(APP, NEW, scope).claims.roles
        assert scopes(identity)[-1] == asked
    assert tried(identity) == ["v2", "v2"]
    assert identity.pins.active(TENANT) is None


def test_disabled_certificate_earns_graph_no_token_either() -> None:
    """The same rules hold for both."""
    disabled = a_successor(der=a_der(2), is_enabled=False)
    with pytest.raises(Misconfigured, match="disabled"):
        identity_of(disabled, pinned="v2").tokens.graph(APP)


def test_lost_role_is_exchanges_business_alone() -> None:
    """Graph goes on: the certificate is good."""
    identity = Identity(entra=Entra(granted=()))
    with pytest.raises(Failure, match="lacks the role"):
        identity.tokens.token(APP)
    assert identity.tokens.graph(APP)
