"""The operations on certificates."""

from datetime import timedelta

import httpx

from infra.local.simulators.vault import importing, lifecycle, shapes
from infra.local.simulators.vault import policy as policies
from infra.local.simulators.vault.call import Call, attributes
from infra.local.simulators.vault.paging import page
from infra.local.simulators.vault.refusals import RefusedError, bad_parameter
from infra.local.simulators.vault.store import Certificate, Pending, Store


class Certificates:
    """Handlers, one for each operation; *delay* is how long issuing takes."""

    def __init__(self, store: Store) -> None:
        self.delay = timedelta()
        self._store = store

    def create(self, call: Call) -> httpx.Response:
        """Begin a version by the policy sent, or by the one that is there."""
        self._store.check_name(call.name)
        body = call.body()
        known = self._store.certificates.get(call.name)
        if body.get("policy"):
            policy = policies.complete(body["policy"])
        elif known:
            policy = known.policy
        else:
            raise bad_parameter("Property policy is required for the first version.")
        policies.check_issuable(policy)
        certificate = known or Certificate(name=call.name, policy=policy)
        certificate.policy = policy
        self._store.certificates[call.name] = certificate
        pending = lifecycle.start(
            certificate,
            call.now,
            ready=call.now + self.delay,
            enabled=attributes(body).get("enabled", True),
            tags=body.get("tags"),
        )
        shape = shapes.operation(call.base, certificate, pending)
        location = f"{shape['id']}?api-version={call.query['api-version']}"
        headers = {"Location": f"{location}&request_id={pending.request_id}", "Retry-After": "10"}
        return httpx.Response(202, json=shape, headers=headers)

    def import_(self, call: Call) -> httpx.Response:
        """Take a certificate with its key from outside."""
        self._store.check_name(call.name)
        body = call.body()
        version = importing.read(body, call.now)
        certificate = self._store.certificates.get(call.name)
        certificate = certificate or Certificate(name=call.name, policy=version.policy)
        certificate.policy = version.policy
        certificate.versions.append(version)
        self._store.certificates[call.name] = certificate
        return httpx.Response(200, json=shapes.bundle(call.base, certificate, version))

    def get(self, call: Call) -> httpx.Response:
        """Return one version, or the latest."""
        certificate = self._store.certificate(call.name)
        pending = certificate.pending
        if pending and not certificate.versions and call.version in ("", pending.version):
            return httpx.Response(200, json=shapes.unissued(call.base, certificate, pending))
        version = certificate.version(call.version)
        return httpx.Response(200, json=shapes.bundle(call.base, certificate, version))

    def update(self, call: Call) -> httpx.Response:
        """Enable or disable a version, with its key and secret, or replace its tags."""
        certificate = self._store.certificate(call.name)
        version = certificate.version(call.version)
        body = call.body()
        version.enabled = attributes(body).get("enabled", version.enabled)
        version.tags = body["tags"] if body.get("tags") is not None else version.tags
        version.updated = call.now
        return httpx.Response(200, json=shapes.bundle(call.base, certificate, version))

    def list(self, call: Call) -> httpx.Response:
        """List the latest version of each certificate, without its version in the id."""
        known = sorted(self._store.certificates.items())
        items = [
            shapes.item(call.base, certificate, certificate.versions[-1], named=name)
            for name, certificate in known
            if certificate.versions and not certificate.deleted
        ]
        return page(call, items)

    def versions(self, call: Call) -> httpx.Response:
        """List the versions of one certificate, in no order that says anything of their age."""
        certificate = self._store.certificate(call.name)
        items = [
            shapes.item(call.base, certificate, version, named=f"{call.name}/{version.version}")
            for version in sorted(certificate.versions, key=lambda known: known.version)
        ]
        return page(call, items)

    def policy(self, call: Call) -> httpx.Response:
        """Return the policy of the next version."""
        certificate = self._store.certificate(call.name)
        return httpx.Response(200, json=shapes.policy(call.base, certificate))

    def update_policy(self, call: Call) -> httpx.Response:
        """Change the policy, part by part."""
        certificate = self._store.certificate(call.name)
        certificate.policy = policies.complete({**certificate.policy, **call.body()})
        return httpx.Response(200, json=shapes.policy(call.base, certificate))

    def pending(self, call: Call) -> httpx.Response:
        """Return the operation in progress, or the last one."""
        certificate, pending = self._pending(call)
        return httpx.Response(200, json=shapes.operation(call.base, certificate, pending))

    def cancel(self, call: Call) -> httpx.Response:
        """Ask for an operation in progress to be cancelled."""
        certificate, pending = self._pending(call)
        pending.cancellation_requested = bool(call.body().get("cancellation_requested"))
        return httpx.Response(200, json=shapes.operation(call.base, certificate, pending))

    def forget_pending(self, call: Call) -> httpx.Response:
        """Delete the operation; a version it has made stays."""
        certificate, pending = self._pending(call)
        certificate.pending = None
        return httpx.Response(200, json=shapes.operation(call.base, certificate, pending))

    def _pending(self, call: Call) -> tuple[Certificate, Pending]:
        certificate = self._store.certificate(call.name)
        if certificate.pending is None:
            raise RefusedError(
                404, "PendingCertificateNotFound", f"Pending certificate not found: {call.name}"
            )
        return certificate, certificate.pending
