"""Which request is which operation, and the data action it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from infra.local.simulators.vault.call import Call
from infra.local.simulators.vault.certificates import Certificates
from infra.local.simulators.vault.deleted import DeletedCertificates
from infra.local.simulators.vault.keys import Keys
from infra.local.simulators.vault.secret_values import Secrets

_NAME = "(?P<name>[0-9a-zA-Z-]{1,127})"
_VERSION = "(?:/(?P<version>[0-9a-zA-Z]*))?"  # left out or empty means the latest

Handler = Callable[[Call], httpx.Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    method: str
    path: str  # a regular expression
    action: str  # without the prefix Microsoft.KeyVault/vaults/
    handler: Handler

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """Match the method and the whole path."""
        return re.fullmatch(self.path, path) if method == self.method else None


def routes(
    certificates: Certificates, deleted: DeletedCertificates, keys: Keys, secrets: Secrets
) -> list[Route]:
    """Return every operation; the first that matches is meant."""
    one, gone = f"/certificates/{_NAME}", f"/deletedcertificates/{_NAME}"
    key, secret = f"/keys/{_NAME}", f"/secrets/{_NAME}"
    used = f"{key}/(?P<version>[0-9a-zA-Z]*)"
    return [
        Route("GET", "/certificates/?", "certificates/read", certificates.list),
        Route("POST", f"{one}/create", "certificates/create/action", certificates.create),
        Route("POST", f"{one}/import", "certificates/import/action", certificates.import_),
        Route("GET", f"{one}/versions", "certificates/read", certificates.versions),
        Route("GET", f"{one}/policy", "certificates/read", certificates.policy),
        Route("PATCH", f"{one}/policy", "certificates/update/action", certificates.update_policy),
        Route("GET", f"{one}/pending", "certificates/read", certificates.pending),
        Route("PATCH", f"{one}/pending", "certificates/update/action", certificates.cancel),
        Route("DELETE", f"{one}/pending", "certificates/delete", certificates.forget_pending),
        Route("GET", one + _VERSION, "certificates/read", certificates.get),
        Route("PATCH", one + _VERSION, "certificates/update/action", certificates.update),
        Route("DELETE", one, "certificates/delete", deleted.delete),
        Route("GET", "/deletedcertificates/?", "certificates/read", deleted.list),
        Route("GET", gone, "certificates/read", deleted.get),
        Route("DELETE", gone, "certificates/purge/action", deleted.purge),
        Route("POST", f"{gone}/recover", "certificates/recover/action", deleted.recover),
        Route("GET", "/keys/?", "keys/read", keys.list),
        Route("GET", f"{key}/versions", "keys/read", keys.versions),
        Route("POST", f"{used}/sign", "keys/sign/action", keys.sign),
        Route("POST", f"{used}/decrypt", "keys/decrypt/action", keys.decrypt),
        Route("GET", key + _VERSION, "keys/read", keys.get),
        Route("GET", "/secrets/?", "secrets/readMetadata/action", secrets.list),
        Route("PUT", secret, "secrets/setSecret/action", secrets.set),
        Route("GET", f"{secret}/versions", "secrets/readMetadata/action", secrets.versions),
        Route("GET", secret + _VERSION, "secrets/getSecret/action", secrets.get),
        Route("PATCH", secret + _VERSION, "secrets/update/action", secrets.update),
    ]
