"""A certificate's new version that the vault gave up on; the rest is told by contract."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from shared.errors import Rejected
from shared.identity.vault_versions import VaultVersions

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class FakeClient:
    """The SDK's client in a vault whose last operation has failed."""

    def __init__(self, **operation: object) -> None:
        self.operation = SimpleNamespace(**{"error": None, "status_details": None, **operation})
        self.forgotten: list[str] = []

    def get_certificate_operation(self, name: str) -> object:
        """Return how it went."""
        assert name == "easgate"
        return self.operation

    def get_certificate(self, name: str) -> object:
        """Return the version there was before."""
        assert name == "easgate"
        return SimpleNamespace(cer=b"der", properties=SimpleNamespace(version="v1"))

    def delete_certificate_operation(self, name: str) -> None:
        """Forget how it went."""
        self.forgotten.append(name)


def versions_of(client: FakeClient) -> VaultVersions:
    """Return our client over that one."""
    found = VaultVersions(
        "https://vault.example",
        cast("TokenCredential", object()),
        verify_challenge_resource=True,
        patience={},
    )
    # Its constructor makes a client of its own and takes none; nothing has been sent yet.
    vars(found).update(_client=client)
    return found


REASONS = [
    ({"error": SimpleNamespace(message="The issuer\nsaid no.")}, "(The issuer said no.)"),
    ({"status_details": "Out of stock."}, "(Out of stock.)"),
    ({}, "(no reason given)"),
    ({"error": SimpleNamespace(message=None)}, "(no reason given)"),
]


@pytest.mark.parametrize(("told", "reason"), REASONS)
@pytest.mark.parametrize("status", ["failed", "Cancelled", "somethingNew"])
def test_failed_operation_is_told_with_the_vaults_reason_and_forgotten(
    told: dict[str, object], reason: str, status: str
) -> None:
    """As long as the vault remembers it, no new version could be told from it."""
    client = FakeClient(status=status, **told)
    with pytest.raises(Rejected) as raised:
        versions_of(client).create_version("easgate", beyond="v1")
    assert str(raised.value) == f"the vault made no new version of easgate: {status} {reason}"
    assert client.forgotten == ["easgate"]


def test_failure_of_a_later_operation_does_not_hide_the_version_that_was_made() -> None:
    """The version is what was asked for."""
    client = FakeClient(status="failed")
    assert versions_of(client).create_version("easgate", beyond="v0") == "v1"
    assert client.forgotten == []
