"""What Event Grid says of the vault is read in every form it is documented in, and no further."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import vault_events
from shared.errors import Rejected
from shared.vault_events import VaultEvent

VAULT = "https://contoso-kv.vault.azure.net"
SOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso-kv"
EXPIRED = "Microsoft.KeyVault.CertificateExpired"
DATA = {
    "Id": f"{VAULT}/certificates/easgate/v1",
    "VaultName": "contoso-kv",
    "ObjectType": "Certificate",
    "ObjectName": "easgate",
    "Version": "v1",
    "NBF": 1762000000,
    "EXP": 1780000000,
}
GRID: dict[str, object] = {
    "id": "1",
    "topic": SOURCE,
    "subject": "easgate",
    "eventType": EXPIRED,
    "data": DATA,
}
CLOUD: dict[str, object] = {
    "id": "1",
    "source": SOURCE,
    "subject": "easgate",
    "type": EXPIRED,
    "data": DATA,
}
READ = VaultEvent(
    kind=EXPIRED,
    certificate_name="easgate",
    vault_name="contoso-kv",
    vault_host="contoso-kv.vault.azure.net",
)


def with_data(**changes: object) -> dict[str, object]:
    """Return the event with other data; None takes a field away."""
    data = {name: value for name, value in {**DATA, **changes}.items() if value is not None}
    return {**GRID, "data": data}


ODD: list[dict[str, object]] = [
    GRID,
    CLOUD,
    {name.upper(): value for name, value in GRID.items()},
    {f" {name} ": value for name, value in CLOUD.items()},
    with_data(ObjectName=None, **{"ObjectName ": " easgate "}),
    with_data(ObjectName="EASGATE", VaultName=" Contoso-KV"),
    with_data(Version=" v1", NBF="1762000000", EXP="soon"),
    with_data(EXP=None, NBF=None),
    with_data(ObjectName=None),
    with_data(VaultName=None),
    {**GRID, "data": {name[0].lower() + name[1:]: value for name, value in DATA.items()}},
    {**GRID, "data": {name.lower(): value for name, value in DATA.items()}},
    {**GRID, "waiting_since": "2026-05-04T10:00:00Z", "attempt": 3, "unheard-of": [1]},
]


@pytest.mark.parametrize("event", ODD)
def test_event_is_read_however_it_is_spelled(event: dict[str, object]) -> None:
    """Keys and values in any case and with any spaces; dates as they come, or not at all."""
    read = vault_events.read(json.dumps(event).encode())
    assert read == READ
    assert (read.is_of_certificate, read.is_of_vault(VAULT), read.is_about("EasGate")) == (
        True,
    ) * 3


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_event_without_data_is_about_its_subject(data: object) -> None:
    """Of the vault that it comes from."""
    read = vault_events.read(json.dumps({**GRID, "data": data}).encode())
    assert (read.is_of_vault(VAULT), read.is_about("easgate")) == (True, True)


def test_event_of_another_vault_or_certificate_is_told_apart() -> None:
    """Names that only begin alike are others."""
    other = with_data(Id="https://contoso-kv2.vault.azure.net/certificates/x/1", VaultName="other")
    assert not vault_events.read(json.dumps(other).encode()).is_of_vault(VAULT)
    assert not READ.is_about("easgate2")


def test_vault_may_be_known_by_its_address_alone() -> None:
    """One that is reached by another name has a port or a domain of its own."""
    read = vault_events.read(
        json.dumps(with_data(Id="https://127.0.0.1:8443/certificates/a/b")).encode()
    )
    assert read.is_of_vault("https://127.0.0.1:8443/")
    assert not read.is_of_vault("https://127.0.0.1:8444")
    assert read.is_of_vault("https://contoso-kv.privatelink.example")


@pytest.mark.parametrize(
    "kind",
    [
        "Microsoft.KeyVault.SecretNearExpiry",
        "Microsoft.KeyVault.KeyNewVersionCreated",
        "Microsoft.KeyVault.VaultAccessPolicyChanged",
        "something new",
    ],
)
def test_event_of_another_type_makes_nobody_look(kind: str) -> None:
    """Whatever its data looks like."""
    read = vault_events.read(json.dumps({"type": kind, "data": {"a": 1}}).encode())
    assert not read.is_of_certificate


UNREADABLE = [
    b"",
    b"\xff",
    b"null",
    b"3",
    b"[" * 50_000,
    b"{}",
    b'{"data": {}}',
    b'{"type": 3}',
    b'{"type": " "}',
    json.dumps({"type": EXPIRED}).encode(),
    json.dumps({"type": EXPIRED, "subject": "easgate"}).encode(),
    json.dumps({"type": EXPIRED, "data": {"Id": "https://[", "ObjectName": "a"}}).encode(),
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_is_no_event_is_rejected(body: bytes) -> None:
    """With the reason."""
    with pytest.raises(Rejected, match="event"):
        vault_events.read(body)


def test_array_is_taken_apart() -> None:
    """So that each event can be put back by itself."""
    one, two = json.dumps(GRID).encode(), b'"no event"'
    assert vault_events.each(one) == [one]
    assert vault_events.each(b"[" + one + b"," + two + b"]") == [one, two]
    assert vault_events.each(b"[]") == []
    assert vault_events.each(b"nonsense") == [b"nonsense"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "eventType ", "data", "Id", "objectname", "subject", "topic"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
)


@given(said=JSON)
def test_nothing_but_a_rejection_comes_of_nonsense(said: object) -> None:
    """Whatever others write on the queue."""
    for event in vault_events.each(json.dumps(said).encode()):
        try:
            vault_events.read(event)
        except Rejected:
            continue
