"""What the vault says about a certificate's key, in our words."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from shared.credentials.certificate import KeyFacts
from shared.identity.vault import Vault
from tests.unit.certificates import a_certificate

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class FakeClients:
    """The SDK's two clients, as far as they are used here."""

    def __init__(self, *, exportable: bool | None) -> None:
        self.exportable = exportable

    def get_key(self, name: str, version: str) -> object:
        """Return the key; its own `exportable` is about something else."""
        assert (name, version) == ("easgate", "v1")
        return SimpleNamespace(
            key=SimpleNamespace(n=(1 << 2047).to_bytes(256)),
            key_type="RSA",
            key_operations=["sign", "verify"],
            properties=SimpleNamespace(exportable=not self.exportable),
        )

    def get_certificate_policy(self, certificate_name: str) -> object:
        """Return the policy that decides."""
        assert certificate_name == "easgate"
        return SimpleNamespace(exportable=self.exportable)


@pytest.mark.parametrize("exportable", [True, False, None])
def test_policy_of_the_certificate_says_whether_its_key_can_leave(
    *, exportable: bool | None
) -> None:
    """Silence is not a no."""
    vault = Vault(
        "https://vault.example",
        cast("TokenCredential", object()),
        verify_challenge_resource=True,
        patience={},
    )
    clients = FakeClients(exportable=exportable)
    # Its constructor makes clients of its own and takes none; nothing has been sent yet.
    vars(vault).update(_keys=clients, _certificates=clients)
    assert vault.key_facts(a_certificate()) == KeyFacts(
        kind="RSA", bits=2048, operations=frozenset({"sign", "verify"}), is_exportable=exportable
    )
