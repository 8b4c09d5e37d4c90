"""Content that comes with a notification is believed once everything about it is proved."""

import base64
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey, RSAKey

from shared.devices.model import Posture
from shared.devices.subject import Subject
from shared.errors import Misconfigured, Rejected, Retryable, Unverified
from shared.mdm.senders import Delivery
from tests.unit.builders import MAILBOX, NOW, TENANT
from tests.unit.graph_notifications import (
    LOGIN,
    OTHER_TENANT,
    PUBLISHER,
    USER,
    FakeVault,
    a_call,
    a_signing_key,
    a_token,
    an_item,
    encrypted,
    opener,
    read,
    sealed,
    signed,
    wrapped,
)

UPN = "adele@contoso.onmicrosoft.com"
DISABLED = {"id": USER, "accountEnabled": False, "userPrincipalName": UPN, "mail": MAILBOX}
NOW_SECONDS = int(NOW.timestamp())


def read_content(
    said: object, *, tokens: object = None, vault: FakeVault | None = None
) -> Delivery:
    """Return what a call says that brings this content, encrypted unless it is already."""
    content = said if isinstance(said, dict) and "dataKey" in said else encrypted(said)
    call = a_call(an_item(encryptedContent=content), tokens=tokens or [a_token()])
    return read(call, opener(vault))


def test_disabled_account_is_reported_with_its_names() -> None:
    """The directory need not be asked."""
    (report,) = read_content(DISABLED).reports
    assert report.posture is Posture.RETIRED
    assert report.subject == Subject(upn=UPN, mail=MAILBOX, directory_id=USER)


def test_enabled_account_is_nothing_to_us() -> None:
    """Somebody has a new telephone number."""
    delivery = read_content(DISABLED | {"accountEnabled": True})
    assert (delivery.reports, delivery.unknown) == ((), ())


@pytest.mark.parametrize(
    "said", [{"id": USER}, DISABLED | {"accountEnabled": None}, DISABLED | {"accountEnabled": 0}]
)
def test_content_that_does_not_say_it_leaves_it_to_the_directory(said: object) -> None:
    """A subscription may select other fields."""
    (report,) = read_content(said).reports
    assert report.subject == Subject(directory_id=USER)


def test_content_about_somebody_else_is_rejected() -> None:
    """What was encrypted for one item must not stand in another."""
    with pytest.raises(Rejected):
        read_content(DISABLED | {"id": OTHER_TENANT})


def test_content_nobody_is_to_read_is_as_if_it_were_not_there() -> None:
    """The directory is asked, as for any other change."""
    item = an_item(encryptedContent=encrypted(DISABLED))
    (report,) = read(a_call(item, tokens=[a_token()])).reports
    assert report.subject == Subject(directory_id=USER)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"appid": None, "azp": PUBLISHER},
        {"iss": f"{LOGIN}/{TENANT}/v2.0"},
        {"nbf": None},
        {"exp": NOW_SECONDS - 59},
    ],
)
def test_tokens_of_both_versions_prove_graph(claims: dict[str, Any]) -> None:
    """They differ in what the issuer and the app are called; and clocks differ too."""
    assert read_content(DISABLED, tokens=[a_token(**claims)]).reports


@pytest.mark.parametrize(
    "claims",
    [
        {"appid": OTHER_TENANT},
        {"appid": None},
        {"appid": [PUBLISHER]},
        {"azp": OTHER_TENANT},
        {"aud": OTHER_TENANT},
        {"aud": None},
        {"iss": f"https://sts.windows.net/{OTHER_TENANT}/"},
        {"iss": None},
        {"exp": NOW_SECONDS - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": NOW_SECONDS + 61},
        {"nbf": 10**400},
    ],
)
def test_token_that_is_not_for_us_now_proves_nothing(claims: dict[str, Any]) -> None:
    """Another app of the tenant gets tokens of the same issuer: each part counts."""
    vault = FakeVault()
    with pytest.raises(Unverified):
        read_content(DISABLED, tokens=[a_token(), a_token(**claims)], vault=vault)
    assert vault.asked == []


def signed_with_the_public_key() -> str:
    """Return a token whose signature takes the issuer's public key for a secret."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    said = f"{header}.{a_token().split('.')[1]}"
    made = hmac.digest(a_signing_key().as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


FORGED: list[Callable[[], object]] = [
    lambda: a_token(a_signing_key("two")),
    lambda: a_token(a_signing_key("two"), {"kid": "two"}),
    lambda: a_token(header={"kid": ""}),
    lambda: a_token(OctKey.generate_key(256), {"alg": "HS256"}),
    signed_with_the_public_key,
    lambda: "eyJhbGciOiJub25lIn0." + a_token().split(".")[1] + ".",
    lambda: a_token()[:-8],
    lambda: a_token(RSAKey.import_key(a_signing_key().raw_value), {"alg": "PS256"}),
    lambda: "a.b.c",
    lambda: "[" * 10_000,
    lambda: "\ud800",
    lambda: 7,
    lambda: None,
]


@pytest.mark.parametrize("forge", FORGED)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_forged_token_proves_nothing(forge: Callable[[], object]) -> None:
    """Neither another key nor another way to sign will do."""
    with pytest.raises(Unverified):
        read_content(DISABLED, tokens=[forge()])


@pytest.mark.parametrize("tokens", [[], {}, "token", 7, ["x"] * 17])
def test_content_without_tokens_proves_nothing(tokens: object) -> None:
    """The secret alone vouches for what leads us to ask, not for what saves us from asking."""
    item = an_item(encryptedContent=encrypted(DISABLED))
    with pytest.raises(Unverified):
        read(a_call(item, tokens=tokens), opener())
    with pytest.raises(Unverified):
        read(a_call(item), opener())


@pytest.mark.parametrize(
    "content",
    [
        encrypted(DISABLED, dataSignature=encrypted({})["dataSignature"]),
        encrypted(DISABLED, data=encrypted(DISABLED | {"mail": "eve@contoso.com"})["data"]),
        encrypted(DISABLED, key=b"k" * 32, dataKey=encrypted({})["dataKey"]),
        encrypted(DISABLED, dataSignature=""),
        encrypted(DISABLED, dataSignature="not base64!"),
        encrypted(DISABLED, dataKey=""),
        encrypted(DISABLED, dataKey="AAAA"),
        encrypted(DISABLED, encryptionCertificateId="another"),
        encrypted(DISABLED, encryptionCertificateId=None),
        signed(b""),
        signed(b"not whole blocks"[:-1]),
        signed(b"random, 16 bytes"),
        sealed(b"{}" + bytes(14)),
        sealed(b"{}" + b"\x0d" * 13 + b"\x0e"),
        sealed(b"\x11" * 16),
        encrypted(b"\xff"),
        encrypted(b"{"),
        encrypted(b"[" * 50_000),
        {"dataKey": 7},
    ],
)
def test_content_that_was_changed_or_is_none_is_rejected(content: dict[str, object]) -> None:
    """Whatever is wrong with it, it is not half believed."""
    with pytest.raises(Rejected) as refused:
        read_content(content)
    assert not isinstance(refused.value, Unverified)


def test_unreadable_content_does_not_hold_up_the_others() -> None:
    """It is counted as such."""
    items = (an_item(encryptedContent=content) for content in (signed(b""), encrypted(DISABLED)))
    delivery = read(a_call(*items, tokens=[a_token()]), opener())
    assert (len(delivery.reports), delivery.unknown) == (1, ("unreadable",))


def test_each_data_key_is_opened_once() -> None:
    """Also one that does not open: asking again would not help."""
    vault = FakeVault()
    other = encrypted(DISABLED, key=b"k" * 32)
    unknown = encrypted(DISABLED, encryptionCertificateId="unknown")
    contents = [encrypted(DISABLED), other, unknown] * 3
    items = [an_item(encryptedContent=content) for content in contents]
    delivery = read(a_call(*items, tokens=[a_token()]), opener(vault))
    assert (len(delivery.reports), len(delivery.unknown)) == (6, 3)
    assert len(vault.asked) == 3


@pytest.mark.parametrize("wrong", [{"dataKey": "AAAA"}, {"encryptionCertificateId": ""}])
def test_vault_is_not_asked_for_what_can_be_no_key(wrong: dict[str, object]) -> None:
    """Each round trip counts, and the vault's patience too."""
    vault = FakeVault()
    with pytest.raises(Rejected):
        read_content(encrypted(DISABLED) | wrong, vault=vault)
    assert vault.asked == []


@pytest.mark.parametrize("failure", [Retryable("busy"), Misconfigured("no role")])
def test_vault_or_issuer_that_is_down_makes_graph_come_back(failure: Retryable) -> None:
    """What cannot be checked now is not refused for good."""
    call = a_call(an_item(encryptedContent=encrypted(DISABLED)), tokens=[a_token()])
    with pytest.raises(type(failure)):
        read(call, opener(FakeVault(down=failure)))
    with pytest.raises(type(failure)):
        read(call, opener(down=failure))


WORDS: st.SearchStrategy[object] = (
    st.text() | st.binary().map(bytes.hex) | st.none() | st.integers() | st.just([{}])
)


@given(
    content=st.dictionaries(
        st.sampled_from(["data", "dataSignature", "dataKey", "encryptionCertificateId"]), WORDS
    )
)
def test_whatever_the_content_is_it_is_read_or_rejected(content: dict[str, object]) -> None:
    """Nothing but our own failures comes out."""
    with pytest.raises(Rejected):
        read_content(encrypted(DISABLED) | {"data": ""} | content)


@given(token=st.text() | st.lists(st.text(), max_size=4).map(".".join) | st.integers())
def test_whatever_the_token_is_it_proves_nothing(token: object) -> None:
    """Nothing but our own failures comes out."""
    with pytest.raises(Unverified):
        read_content(DISABLED, tokens=[token])


def test_stand_in_opens_what_was_wrapped() -> None:
    """The other tests rest on it."""
    assert FakeVault().open_key(str(encrypted({})["encryptionCertificateId"]), wrapped(b"key"))
