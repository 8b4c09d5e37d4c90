"""
Key Vault: new versions of a certificate, and the end of old ones.

The identity that writes here is not the one that signs: it needs Key Vault Certificates
Officer, where the app at work gets by with reading and signing.
"""

from collections.abc import Mapping
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest, HttpResponse
from azure.keyvault.certificates import CertificateClient, CertificateOperation

from shared.azure_failures import translated
from shared.credentials.certificate import Certificate
from shared.errors import NotFound, Rejected

CONFLICT = 409


class VaultVersions:
    """The versions of one vault's certificates, made and ended with *credential*."""

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        *,
        verify_challenge_resource: bool,
        patience: Mapping[str, Any],
    ) -> None:
        self._client = CertificateClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, **patience
        )

    def create_version(self, name: str, *, beyond: str) -> str | None:
        """
        Return the version that comes after *beyond*; None while the vault is still making it.

        The first call begins it under the certificate's own policy; later ones look how
        far it is. *beyond* is the newest version there was before the first call: it lets
        one who died after the vault had finished find that version instead of making a
        second. NotFound if there is no such certificate; Rejected, once, if the vault gave
        up or somebody cancelled: a call after that begins anew.
        """
        with translated("Key Vault"):
            # Before the version, which would be missed if it came between the two looks.
            operation = self._operation(name)
            newest = self._newest(name)
            if newest not in {"", beyond}:
                return newest
            status = (operation.status or "").lower() if operation else "completed"
            if operation and status not in {"inprogress", "completed"}:
                self._client.delete_certificate_operation(name)
                raise Rejected(f"the vault made no new version of {name}: {_reason(operation)}")
            if status == "completed":
                self._begin(name)
            return None

    def disable(self, certificate: Certificate) -> None:
        """Let a version sign no more, unless it is gone; it can be enabled again."""
        with translated("Key Vault"):
            try:
                self._client.update_certificate_properties(
                    certificate.name, certificate.version, enabled=False
                )
            except ResourceNotFoundError:
                return

    def _operation(self, name: str) -> CertificateOperation | None:
        """Return how the making of the last version goes or went, if the vault still knows."""
        try:
            return self._client.get_certificate_operation(name)
        except ResourceNotFoundError:
            return None

    def _newest(self, name: str) -> str:
        """Return the newest version; nothing while the very first is being made."""
        try:
            found = self._client.get_certificate(name)
        except ResourceNotFoundError as error:
            raise NotFound(f"the vault has no certificate {name}") from error
        return str(found.properties.version) if found.cer and found.properties else ""

    def _begin(self, name: str) -> None:
        # The SDK's own method would leave a thread behind that polls until it is done.
        path = f"certificates/{name}"
        policy = self._sent(HttpRequest("GET", f"{path}/policy"))
        policy.raise_for_status()
        begun = self._sent(HttpRequest("POST", f"{path}/create", json={"policy": policy.json()}))
        if begun.status_code != CONFLICT:  # somebody else has just begun one
            begun.raise_for_status()

    def _sent(self, request: HttpRequest) -> HttpResponse:
        return self._client.send_request(request)


def _reason(operation: CertificateOperation) -> str:
    """Return what the vault says of an operation that has come to nothing."""
    error = operation.error.message if operation.error else operation.status_details
    return f"{operation.status} ({' '.join((error or 'no reason given').split())[:300]})"
