"""The vault: checks a request as the service does, carries it out, and notes it down."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.vault import issuing, lifecycle, shapes
from infra.local.simulators.vault import policy as policies
from infra.local.simulators.vault.bearer import Gate
from infra.local.simulators.vault.certificates import Certificates
from infra.local.simulators.vault.deleted import DeletedCertificates
from infra.local.simulators.vault.events import Announcements, Subscriber
from infra.local.simulators.vault.faults import Fault, Faults
from infra.local.simulators.vault.journal import Operation
from infra.local.simulators.vault.keys import Keys
from infra.local.simulators.vault.roles import Assignments
from infra.local.simulators.vault.routes import routes
from infra.local.simulators.vault.secret_values import Secrets
from infra.local.simulators.vault.service import Service
from infra.local.simulators.vault.store import (
    Certificate,
    CertificateVersion,
    SecretVersion,
    Store,
)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Vault:
    """One key vault; *jwks* gives the keys of the login service it trusts."""

    def __init__(
        self,
        *,
        jwks: Callable[[], dict[str, Any]],
        tenant_id: str,
        authority: str = "https://login.microsoftonline.com",
        resource: str = "https://vault.azure.net",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.operations: list[Operation] = []
        self.roles = Assignments()
        self._clock = clock
        self._store = Store()
        self._announcements = Announcements(self._store)
        self._faults = Faults()
        self._lock = threading.RLock()
        self._certificates = Certificates(self._store)
        self._secrets = Secrets(self._store)
        deleted, keys = DeletedCertificates(self._store), Keys(self._store)
        self._service = Service(
            gate=Gate(authority=authority, tenant_id=tenant_id, resource=resource, jwks=jwks),
            roles=self.roles,
            faults=self._faults,
            store=self._store,
            routes=routes(self._certificates, deleted, keys, self._secrets),
            clock=clock,
            lock=self._lock,
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request and add it to `operations`."""
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        caller, response = self._service.answer(request, path)
        self.operations.append(
            Operation(
                method=request.method,
                path=path,
                principal_id=caller.object_id if caller else "",
                status=response.status_code,
            )
        )
        return response

    @property
    def signatures(self) -> int:
        """Count the signatures made so far."""
        return sum(operation.is_signature for operation in tuple(self.operations))

    @property
    def decryptions(self) -> int:
        """Count the blocks decrypted so far."""
        return sum(operation.is_decryption for operation in tuple(self.operations))

    def fail_next(
        self,
        status: int,
        *,
        on: str = "",
        code: str = "ServiceUnavailable",
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """Fail the next *times* authenticated requests whose path contains *on*."""
        self._faults.order(Fault(on=on, status=status, code=code, headers=headers or {}), times)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell *subscriber* of each certificate version that is created from now on."""
        with self._lock:
            self._announcements.subscribe(subscriber)

    def tick(self) -> None:
        """
        Do what is due by the clock, and tell the subscribers of everything new.

        As with the service, no request waits for this: whoever runs the vault calls it.
        """
        with self._lock:
            now = self._clock()
            lifecycle.settle(self._store, now)
            due = self._announcements.due(now)
        for subscriber, event in due:
            subscriber(event)

    def delay_issuing(self, delay: timedelta) -> None:
        """Let certificates created from now on stay pending for *delay*."""
        self._certificates.delay = delay

    def create_certificate(
        self,
        name: str,
        *,
        subject: str = "CN=app",
        months: int = 12,
        not_after: datetime | None = None,
        exportable: bool = False,
        key_usage: Sequence[str] = policies.USAGE,
    ) -> str:
        """
        Make a version at once and return it; *not_after* moves its validity to end then.

        It is not renewed by itself, whatever its age: dates are chosen for a purpose. What its
        key may do follows from *key_usage*: to decrypt takes "dataEncipherment".
        """
        properties = {"subject": subject, "validity_months": months, "key_usage": [*key_usage]}
        given = {
            "key_props": {"exportable": exportable},
            "x509_props": properties,
            "lifetime_actions": policies.NO_RENEWAL,
            "issuer": {"name": "Self"},
        }
        with self._lock:
            return self._keep(name, policies.complete(given), not_after)

    def set_secret(self, name: str, value: str) -> str:
        """Keep a new version of a secret and return it."""
        now = self._clock()
        version = SecretVersion(value=value, created=now, updated=now)
        with self._lock:
            self._secrets.keep(name, version)
        return version.version

    def certificate_der(self, name: str, version: str = "") -> bytes:
        """Return the public certificate of a version, or of the latest."""
        with self._lock:
            return shapes.der(self._store.certificate(name).version(version).certificate)

    def certificate_versions(self, name: str) -> list[str]:
        """Return the versions of a certificate, oldest first."""
        with self._lock:
            lifecycle.settle(self._store, self._clock())
            return [known.version for known in self._store.certificate(name).versions]

    def private_keys(self) -> list[rsa.RSAPrivateKey]:
        """Return every private key ever made here, to search for where none may be."""
        with self._lock:
            known = self._store.certificates.values()
            return [version.key for certificate in known for version in certificate.versions]

    def _keep(self, name: str, policy: dict[str, Any], not_after: datetime | None) -> str:
        self._store.check_name(name)
        now = self._clock()
        key = issuing.new_key(policy)
        version = CertificateVersion(
            certificate=issuing.self_signed(policy, key, now, not_after=not_after),
            key=key,
            policy=policy,
            created=now,
            updated=now,
        )
        known = self._store.certificates.setdefault(name, Certificate(name=name, policy=policy))
        known.policy = policy
        known.versions.append(version)
        return version.version
