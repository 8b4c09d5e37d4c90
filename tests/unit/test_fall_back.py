"""A certificate version that does not sign in gives way to another, once, and that is told."""

from datetime import timedelta
from hashlib import sha256

import httpx
import pytest

from shared.credentials.certificate import Certificate
from shared.errors import Misconfigured, Retryable
from shared.identity.refusals import Refused
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import a_certificate, a_successor, an_app
from tests.unit.entra import Identity, KeyVault, a_der, refusal, thumbprint

APP = an_app()
OLD = a_certificate(der=a_der(1))
NEW = a_successor(der=a_der(2))
HOUR = timedelta(hours=1)


def identity_of(*held: Certificate, pinned: str | None = None, **refused: int) -> Identity:
    """Return an identity with these versions, some of which Entra ID refuses."""
    identity = Identity(vault=KeyVault(held))
    if pinned:
        identity.pins.pin(TENANT, pinned)
    ders = {each.version: each.der for each in held}
    for version, code in refused.items():
        identity.entra.unless[sha256(ders[version]).digest()] = refusal(code)
    return identity


def tried(identity: Identity) -> list[str]:
    """Return the versions that Entra ID was shown, in order."""
    names = {sha256(each.der).digest(): each.version for each in (OLD, NEW)}
    return [names[thumbprint(post)] for post in identity.entra.posts]


@pytest.mark.parametrize("pinned", ["v2", None])
def test_newest_version_gives_way_to_the_one_before(pinned: str | None) -> None:
    """It was pinned and lost its registration, or it was never registered."""
    identity = identity_of(OLD, NEW, pinned=pinned, v2=700027)
    assert identity.tokens.token(APP)
    assert tried(identity) == ["v2", "v1"]
    assert identity.pins.active(TENANT) == "v1"


def test_switch_is_told_once_and_not_on_every_renewal() -> None:
    """With both versions and the reason."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=7000214)
    identity.tokens.token(APP)
    for _ in range(3):
        identity.clock.advance(HOUR)
        identity.tokens.token(APP)
    assert tried(identity) == ["v2", "v1", "v1", "v1", "v1"]
    ((old, new, reason),) = identity.switches
    assert (old, new) == ("v2", "v1")
    assert "AADSTS7000214" in reason


UNFIT = [
    a_successor(der=a_der(2), is_enabled=False),
    a_successor(der=a_der(2), expires_at=NOW),
    a_successor(der=a_der(2), valid_from=NOW + HOUR),
]


@pytest.mark.parametrize("unfit", UNFIT)
@pytest.mark.parametrize("pinned", ["v2", None])
def test_version_that_cannot_sign_in_is_not_even_tried(
    unfit: Certificate, pinned: str | None
) -> None:
    """The vault says so, and would not sign."""
    identity = identity_of(OLD, unfit, pinned=pinned)
    assert identity.tokens.token(APP)
    assert tried(identity) == ["v1"]
    ((old, new, reason),) = identity.switches
    assert (old, new) == ("v2", "v1")
    assert "disabled or out of its dates" in reason


@pytest.mark.parametrize("unfit", UNFIT)
def test_version_that_cannot_sign_in_takes_nothings_place(unfit: Certificate) -> None:
    """The refusal of the version in use is what is told."""
    identity = identity_of(OLD, unfit, pinned="v1", v1=1000502)
    with pytest.raises(Refused, match="AADSTS1000502"):
        identity.tokens.token(APP)
    assert (tried(identity), identity.switches) == (["v1"], [])


def test_only_version_there_is_is_told_to_be_mended() -> None:
    """Nothing could take its place."""
    with pytest.raises(Misconfigured, match="version v2 of certificate easgate is disabled"):
        identity_of(UNFIT[0], pinned="v2").tokens.token(APP)


def test_certificate_that_is_gone_altogether_is_the_administrators_business() -> None:
    """It must not look as if Exchange did not know a device."""
    with pytest.raises(Misconfigured, match="no certificate easgate"):
        identity_of(pinned="v2").tokens.token(APP)


def test_both_refused_is_told_of_the_newest() -> None:
    """That is the one to register; the pin stays where it was, and nothing is announced."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027, v1=1000502)
    with pytest.raises(Refused, match="AADSTS700027"):
        identity.tokens.token(APP)
    assert tried(identity) == ["v2", "v1"]
    assert (identity.pins.active(TENANT), identity.switches) == ("v2", [])


def test_one_other_version_is_tried_and_no_more() -> None:
    """The newest that is usable; a long list of old ones must not hammer the login."""
    older = [a_certificate(version=f"v{number}") for number in (0, -1)]
    identity = identity_of(*older, OLD, NEW, pinned="v2", v2=700027, v1=700027)
    with pytest.raises(Refused):
        identity.tokens.token(APP)
    assert tried(identity) == ["v2", "v1"]


def test_busy_login_in_the_middle_of_a_switch_is_waited_out() -> None:
    """The other version is not proved; the next attempt starts over."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027)
    identity.entra.unless[sha256(OLD.der).digest()] = httpx.Response(503, text="busy")
    with pytest.raises(Retryable):
        identity.tokens.token(APP)
    assert (identity.pins.active(TENANT), identity.switches) == ("v2", [])


def test_pin_that_moved_meanwhile_is_left_alone() -> None:
    """Another worker, or a rotation, has chosen: its choice is newer than ours."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027)
    identity.entra.meanwhile = lambda: identity.pins.pin(TENANT, "v3")
    assert identity.tokens.token(APP)
    assert (identity.pins.active(TENANT), identity.switches) == ("v3", [])


def test_announcement_that_fails_is_made_again_and_costs_no_token() -> None:
    """The token that was earned serves the next call; the next renewal tells the switch."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027)
    identity.announcing_fails = Retryable("Event Grid is down")
    with pytest.raises(Retryable, match="Event Grid"):
        identity.tokens.token(APP)
    assert identity.tokens.token(APP)
    assert (tried(identity), identity.pins.active(TENANT)) == (["v2", "v1"], "v2")

    identity.announcing_fails = None
    identity.clock.advance(HOUR)
    identity.tokens.token(APP)
    assert (identity.pins.active(TENANT), len(identity.switches)) == ("v1", 1)


def test_nobody_need_listen() -> None:
    """A switch works without an announcement."""
    identity = identity_of(OLD, NEW, pinned="v2", v2=700027)
    tokens = identity.announcing()
    assert tokens.token(APP)
    assert identity.pins.active(TENANT) == "v1"
