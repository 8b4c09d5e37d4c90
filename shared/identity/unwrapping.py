"""Key Vault: opens what was encrypted for one of our certificates; its key never leaves."""

import re
import threading
from collections.abc import Collection, Mapping
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm

from shared.azure_failures import translated
from shared.errors import Rejected

BAD_REQUEST = 400
MOST_CLIENTS = 16  # certificate versions that are in use at once
CERTIFICATE_ID = re.compile(r"([0-9A-Za-z-]{1,127})/([0-9a-f]{32})", re.ASCII)


class Unwrapping:
    """
    Opens data keys, by certificates named `name/version`, of which only *names* may be used.

    Whoever writes the name is Microsoft Graph, or says so: it must not choose among all that
    the vault holds. The app's identity needs keys/read and keys/decrypt (Key Vault Crypto
    User), and the certificate's policy the key usage dataEncipherment.
    """

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        *,
        names: Collection[str],
        verify_challenge_resource: bool,
        patience: Mapping[str, Any],
    ) -> None:
        self._url = url.rstrip("/")
        self._credential = credential
        self._names = frozenset(names)
        self._verify = verify_challenge_resource
        self._patience = patience
        self._clients: dict[str, CryptographyClient] = {}
        self._lock = threading.Lock()

    def open_key(self, certificate_id: str, wrapped: bytes) -> bytes:
        """Return the key that was wrapped (RSA-OAEP, SHA-1); Rejected if it does not open."""
        client = self._client(certificate_id)
        with translated("Key Vault"):
            try:
                return client.decrypt(EncryptionAlgorithm.rsa_oaep, wrapped).plaintext
            except ResourceNotFoundError as error:
                raise Rejected("the vault has no such version of the certificate") from error
            except HttpResponseError as error:
                if error.status_code == BAD_REQUEST:
                    raise Rejected("the certificate's key does not open the data key") from error
                raise

    def _client(self, certificate_id: str) -> CryptographyClient:
        """Return the version's client: a used one has read the key, and need not again."""
        found = CERTIFICATE_ID.fullmatch(certificate_id)
        if found is None or found[1] not in self._names:
            raise Rejected("the content is encrypted for a certificate that is not ours to use")
        with self._lock:
            if certificate_id not in self._clients:
                while len(self._clients) >= MOST_CLIENTS:
                    del self._clients[next(iter(self._clients))]
                self._clients[certificate_id] = CryptographyClient(
                    f"{self._url}/keys/{found[1]}/{found[2]}",
                    self._credential,
                    verify_challenge_resource=self._verify,
                    **self._patience,
                )
            return self._clients[certificate_id]
