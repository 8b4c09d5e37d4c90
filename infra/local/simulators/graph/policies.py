"""App management policies: what a tenant allows certificates on its applications to be."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes

from infra.local.simulators.entra.directory import Application, RegisteredCertificate
from infra.local.simulators.entra.registrations import new_id
from infra.local.simulators.graph import shapes
from infra.local.simulators.graph.refusals import RefusedError

LIFETIME, AUTHORITY = "asymmetricKeyLifetime", "trustedCertificateAuthority"
_TENANT_POLICY = "00000000-0000-0000-0000-000000000000"
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?)?")
_DAYS = (365, 30, 7, 1, 1 / 24)  # a year and a month have no fixed length: these are guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """
    One rule for new certificates.

    *max_lifetime* is an ISO 8601 duration, down to hours; *authorities* are the certificates
    that may have issued one. It holds for applications created after *created_after*.
    """

    kind: str  # LIFETIME or AUTHORITY
    max_lifetime: str | None = None
    authorities: tuple[x509.Certificate, ...] = ()
    created_after: datetime | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if self.kind == LIFETIME:
            _duration(self.max_lifetime or "")

    def shape(self) -> dict[str, Any]:
        """Return it as Graph writes it."""
        shape: dict[str, Any] = {
            "restrictionType": self.kind,
            "state": "enabled" if self.enabled else "disabled",
            "maxLifetime": self.max_lifetime,
            "restrictForAppsCreatedAfterDateTime": (
                shapes.instant(self.created_after) if self.created_after else None
            ),
        }
        if self.kind == AUTHORITY:
            prints = [one.fingerprint(hashes.SHA256()).hex() for one in self.authorities]
            ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, one)) for one in prints]
            shape["certificateBasedApplicationConfigurationIds"] = ids
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules that hold together, or not at all."""

    name: str = "policy"
    restrictions: tuple[Restriction, ...] = ()
    enabled: bool = True
    policy_id: str = field(default_factory=new_id)

    def shape(self) -> dict[str, Any]:
        """Return what all policies look alike in."""
        return {
            "id": self.policy_id,
            "displayName": self.name,
            "description": self.name,
            "isEnabled": self.enabled,
        }

    def rules(self) -> dict[str, Any]:
        """Return the restrictions as Graph writes them."""
        keys = [restriction.shape() for restriction in self.restrictions]
        return {"passwordCredentials": [], "keyCredentials": keys}


class Policies:
    """
    The policy of the whole tenant, and those that take its place for single applications.

    One that is not enabled takes no place: that is a guess.
    """

    def __init__(self) -> None:
        self.default = Policy(name="Default policy", enabled=False, policy_id=_TENANT_POLICY)
        self.assigned: dict[str, Policy] = {}  # by the application's object id

    def restrict(self, *restrictions: Restriction) -> None:
        """Put these rules, and no others, on every application of the tenant."""
        self.default = replace(self.default, restrictions=restrictions, enabled=bool(restrictions))

    def assign(self, object_id: str, policy: Policy) -> None:
        """Let *policy* hold for one application instead of the tenant's."""
        self.assigned[object_id] = policy

    def check(self, application: Application, keys: Iterable[RegisteredCertificate]) -> None:
        """Raise `RefusedError` unless *keys* may be put on *application*."""
        policy = self.assigned.get(application.object_id, self.default)
        policy = policy if policy.enabled else self.default
        if not policy.enabled:
            return
        for rule in policy.restrictions:
            since = rule.created_after
            if rule.enabled and (since is None or application.created > since):
                for key in keys:
                    _check(rule, key, policy.policy_id)


def _check(rule: Restriction, key: RegisteredCertificate, policy_id: str) -> None:
    if rule.kind == LIFETIME:
        longest = _duration(rule.max_lifetime or "")
        if key.ends - key.starts > longest:
            raise _too_long(policy_id)
    elif not any(_issued(key.certificate, by=authority) for authority in rule.authorities):
        # The code is one the service has; that it is the one for this rule is a guess.
        raise RefusedError(
            400,
            "CredentialTypeNotAllowedAsPerAppPolicy",
            f"Credential type not allowed as per assigned policy '{policy_id}'.",
        )


def _too_long(policy_id: str) -> RefusedError:
    message = (
        f"Credential lifetime exceeds the max value allowed as per assigned policy '{policy_id}'."
    )
    detail = {"code": "InvalidKeyEndDate", "message": message, "target": "EndDate"}
    return RefusedError(400, "CredentialInvalidLifetimeAsPerAppPolicy", message, details=[detail])


def _issued(certificate: x509.Certificate, *, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match or text in {"P", "PT"}:
        raise ValueError(f"not a duration that is understood here: {text!r}")
    counts = (int(count or 0) for count in match.groups())
    return timedelta(days=sum(count * days for count, days in zip(counts, _DAYS, strict=True)))
