"""How users' certificates look to those who ask over HTTP, and to OpenAPI."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from functions.describing import TENANT, reference, route
from shared.credentials import expiry
from shared.credentials.expiry import Stage
from shared.errors import Failure, Rejected
from shared.flows.trust_examination import Asked
from shared.flows.trust_standing import Standing, known
from shared.trust import x509
from shared.trust.authority import Authority, Store
from shared.trust.doctor.findings import Report
from shared.trust.federation import Domain
from shared.trust.method import Binding, CertificateMethod, Mode, Rule, Target

LONGEST_SAMPLE = 32 * 1024


class TrustQuestion(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whom the report is to be about, and a sample certificate (PEM, or base64 of DER)."""

    user: Annotated[str, msgspec.Meta(min_length=1, max_length=320)] | None = None
    certificate: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_SAMPLE)] | None = None


class ShownAuthority(msgspec.Struct, kw_only=True):
    """An authority that a tenant trusts."""

    store: Store
    thumbprint: str  # SHA-256
    name: str
    subject: str
    is_root: bool  # as the store says
    not_before: datetime | None
    expires_at: datetime | None
    days_left: int | None
    stage: Stage | None
    stage_days: int | None
    crl_url: str
    delta_crl_url: str
    trouble: str  # why its certificate cannot be read


class ShownMethod(msgspec.Struct, kw_only=True):
    """The method, as far as we know its settings."""

    is_enabled: bool
    bindings: tuple[Binding, ...]
    default_mode: Mode
    rules: tuple[Rule, ...]
    include: tuple[Target, ...]
    exclude: tuple[Target, ...]
    requires_crl: bool | None  # null: Entra ID does not say
    unknown: tuple[str, ...]  # what is set and we have no word for


class ShownDomain(msgspec.Struct, kw_only=True):
    """A domain, and what becomes there of an app's wish for a fresh sign-in."""

    name: str
    is_federated: bool
    is_verified: bool
    prompt_login: str | None  # null: not federated, or not set


class TenantTrust(msgspec.Struct, kw_only=True):
    """How one tenant's setting stands; `problems` by part where that cannot be told."""

    tenant_id: str
    in_use: bool | None
    modern_authentication: bool | None
    method: ShownMethod | None
    authorities: list[ShownAuthority]
    domains: list[ShownDomain]
    problems: dict[str, str]


class UserCertificates(msgspec.Struct):
    """How every tenant's setting stands."""

    tenants: list[TenantTrust]


class TrustReports(msgspec.Struct):
    """What was found, tenant by tenant."""

    reports: list[Report]


def question(asked: TrustQuestion) -> Asked:
    """Return what is asked; Rejected if the sample is no certificate."""
    der = x509.from_text(asked.certificate) if asked.certificate else None
    return Asked(user=asked.user or "", certificate=der)


def standing(read: Standing) -> TenantTrust:
    """Return how a tenant's setting stands."""
    return TenantTrust(
        tenant_id=read.tenant_id,
        in_use=read.in_use,
        modern_authentication=known(read.modern_authentication),
        method=_method(read.method),
        authorities=[_authority(each, read.at) for each in read.authorities],
        domains=[_domain(each) for each in known(read.domains) or ()],
        problems=read.problems,
    )


def _authority(authority: Authority, now: datetime) -> ShownAuthority:
    facts, trouble = None, ""
    try:
        facts = x509.facts(authority.certificate)
    except Rejected as refusal:
        trouble = str(refusal)
    stage = expiry.stage(facts.not_after, now) if facts else None
    return ShownAuthority(
        store=authority.store,
        thumbprint=authority.thumbprint,
        name=authority.name,
        subject=facts.subject if facts else "",
        is_root=authority.is_root,
        not_before=facts.not_before if facts else None,
        expires_at=facts.not_after if facts else None,
        days_left=(facts.not_after - now).days if facts else None,
        stage=stage,
        stage_days=stage.days if stage else None,
        crl_url=authority.crl_url,
        delta_crl_url=authority.delta_crl_url,
        trouble=trouble,
    )


def _method(method: CertificateMethod | Failure) -> ShownMethod | None:
    if isinstance(method, Failure):
        return None
    return ShownMethod(**{name: getattr(method, name) for name in ShownMethod.__struct_fields__})


def _domain(domain: Domain) -> ShownDomain:
    federation = domain.federation
    prompt = (federation.prompt_login or federation.unknown_prompt_login) if federation else ""
    return ShownDomain(
        name=domain.name,
        is_federated=domain.is_federated,
        is_verified=domain.is_verified,
        prompt_login=prompt or None,
    )


SHAPES = (UserCertificates, TrustReports, TrustQuestion)


def paths() -> dict[str, Any]:
    """Return what OpenAPI says of the routes."""
    validating = route(
        "Look at what users' certificates rest on, row by row, and grade it.",
        {"200": "TrustReports"},
        refusals={"400": "Unknown tenant, not the shape, or no certificate", "413": "Too large"},
        parameters=[TENANT],
        body=reference("TrustQuestion"),
        is_body_needed=False,
    )
    return {
        "/user-certificates": {
            "get": route(
                "How each tenant's sign-in by certificate is set.",
                {"200": "UserCertificates"},
                refusals={"400": "Unknown tenant"},
                parameters=[TENANT],
            )
        },
        "/user-certificates/validate": {"post": validating},
    }
