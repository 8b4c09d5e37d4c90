"""Certificates and tenants that are bad in one way each, and what a validation is to find."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from infra.local.simulators.entra import Entra
from infra.local.simulators.exchange.roles import ApplicationPolicy
from infra.local.simulators.keys import another_key
from shared.credentials.findings import Finding
from tests.contract.validation_world import EXCHANGE, IN_SCOPE, MANAGE, NAME, NEEDED, Chain, now
from tests.contract.vault_world import TENANT

DAY = timedelta(days=1)
SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
CLOSED_PORT = "https://127.0.0.1:9"

Breaking = Callable[[Chain], object]


@dataclass(frozen=True)
class Bad:
    """How a chain is broken, and the findings: the first is its own, others follow from it."""

    breaking: Breaking
    finding: Finding
    follows: frozenset[Finding] = frozenset()


def bad(breaking: Breaking, finding: Finding, *follows: Finding) -> Bad:
    """Return a bad chain."""
    return Bad(breaking, finding, frozenset(follows))


def imported(chain: Chain, *, bits: int = 2048, begins: timedelta = -DAY, usage: str = "") -> None:
    """Put a certificate made outside into the vault, and register it."""
    key = another_key(bits)
    name = x509.Name.from_rfc4514_string("CN=easgate")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + begins)
        .not_valid_after(now() + 30 * DAY)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + made.public_bytes(serialization.Encoding.PEM)
    policy = {
        "key_props": {"exportable": False, "kty": "RSA", "key_size": bits, "reuse_key": False},
        "x509_props": {
            "subject": "CN=easgate",
            "validity_months": 1,
            "key_usage": [usage or "digitalSignature"],
        },
        "issuer": {"name": "Unknown"},
        "secret_props": {"contentType": "application/x-pem-file"},
    }
    body = {"value": pem.decode(), "policy": policy}
    path = f"/certificates/{NAME}/import?api-version=7.5"
    assert chain.world.send("POST", path, body=body).status_code == httpx.codes.OK
    chain.unregister()
    chain.registered()


def disabled(chain: Chain) -> None:
    """Disable the version."""
    version = chain.vault.certificate_versions(NAME)[-1]
    path = f"/certificates/{NAME}/{version}?api-version=7.5"
    body = {"attributes": {"enabled": False}}
    assert chain.world.send("PATCH", path, body=body).status_code == httpx.codes.OK


def pending(chain: Chain) -> None:
    """Begin a certificate that its issuer takes a day for."""
    chain.vault.delay_issuing(DAY)
    name = "waiting"
    policy = {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=app"}}
    path = f"/certificates/{name}/create?api-version=7.5"
    assert chain.world.send("POST", path, body={"policy": policy}).status_code == 202
    chain.certificate_name = name


def another_identity(*roles: str, scope: str = "") -> Breaking:
    """Return what gives the app's identity these rights in the vault only."""

    def breaking(chain: Chain) -> None:
        chain.identity = chain.world.someone(*roles, scope=scope)

    return breaking


def successor(chain: Chain) -> None:
    """Make another version, which nobody registers."""
    chain.vault.create_certificate(NAME)


def expired_there(chain: Chain) -> None:
    """Let the entry on the application end before the certificate does."""
    chain.directory.change(
        chain.client_id,
        lambda known: replace(
            known,
            certificates=tuple(replace(each, ends=now() - DAY) for each in known.certificates),
        ),
    )


def not_yet_there(chain: Chain) -> None:
    """Let the entry on the application begin tomorrow."""
    chain.directory.change(
        chain.client_id,
        lambda known: replace(
            known,
            certificates=tuple(replace(each, starts=now() + DAY) for each in known.certificates),
        ),
    )


def refused_by(code: int) -> Breaking:
    """Return what makes Entra ID refuse the token for Exchange by an AADSTS code."""

    def breaking(chain: Chain) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and b"outlook" in request.content:
                chain.entra.refuse_next(code)
            return chain.entra(request)

        chain.to_entra = answer

    return breaking


def answered(part: str, status: int) -> Breaking:
    """Return what lets one service answer everything with a status."""

    def breaking(chain: Chain) -> None:
        setattr(chain, part, lambda _: httpx.Response(status, stream=httpx.ByteStream(b"{}")))

    return breaking


def clock_behind(chain: Chain) -> None:
    """Let Entra ID's clock be an hour ahead of ours."""
    entra = Entra(clock=lambda: now() + timedelta(hours=1))
    entra.directory.add_tenant(TENANT)
    entra.directory.add_application(chain.client_id, tenant_id=TENANT, roles={EXCHANGE: [MANAGE]})
    entra.directory.add_certificate(chain.client_id, chain.vault.certificate_der(NAME))

    def answer(request: httpx.Request) -> httpx.Response:
        return (entra if b"outlook" in request.content else chain.entra)(request)

    chain.to_entra = answer


def policy(chain: Chain) -> None:
    """Let an application access policy name the app."""
    chain.tenant.administration.application_policies.append(
        ApplicationPolicy(
            app_id=chain.client_id,
            access_right="RestrictAccess",
            scope_name="everybody",
            scope_identity="everybody",
            description="",
            created=now(),
        )
    )


def set_to(name: str, value: object) -> Breaking:
    """Return what changes one thing about a chain."""
    return lambda chain: setattr(chain, name, value)


BAD: dict[str, Bad] = {
    "vault unreachable": bad(set_to("url", CLOSED_PORT), Finding.VAULT_UNREACHABLE),
    "no role in the vault": bad(another_identity(), Finding.VAULT_DENIED),
    "certificate missing": bad(set_to("certificate_name", "gone"), Finding.CERTIFICATE_MISSING),
    "pinned version gone": bad(
        lambda chain: chain.pins.pin(TENANT, "0" * 32), Finding.CERTIFICATE_MISSING
    ),
    "certificate pending": bad(pending, Finding.CERTIFICATE_PENDING),
    "certificate disabled": bad(disabled, Finding.CERTIFICATE_DISABLED),
    "certificate expired": bad(
        lambda chain: chain.renew(not_after=now() - DAY), Finding.CERTIFICATE_EXPIRED
    ),
    "certificate of tomorrow": bad(
        lambda chain: imported(chain, begins=DAY), Finding.CERTIFICATE_NOT_YET_VALID
    ),
    "key of 1024 bits": bad(lambda chain: imported(chain, bits=1024), Finding.KEY_TOO_SMALL),
    "key without sign": bad(
        lambda chain: imported(chain, usage="keyEncipherment"), Finding.KEY_MAY_NOT_SIGN
    ),
    "key exportable": bad(lambda chain: chain.renew(exportable=True), Finding.KEY_EXPORTABLE),
    "key not to be looked at": bad(
        another_identity("Key Vault Reader", scope=f"certificates/{NAME}"),
        Finding.KEY_UNREADABLE,
        Finding.SIGNING_DENIED,
    ),
    "key not to be signed with": bad(another_identity("Key Vault Reader"), Finding.SIGNING_DENIED),
    "nothing registered": bad(Chain.unregister, Finding.CERTIFICATE_UNKNOWN_TO_ENTRA),
    "another version registered": bad(
        successor, Finding.NOT_REGISTERED, Finding.CERTIFICATE_UNKNOWN_TO_ENTRA
    ),
    "registered, expired there": bad(expired_there, Finding.REGISTERED_EXPIRED),
    "registered from tomorrow on": bad(not_yet_there, Finding.REGISTERED_NOT_YET_VALID),
    "Graph not permitted": bad(
        lambda chain: chain.stand_in(MANAGE, graph=""), Finding.REGISTRATION_UNREADABLE
    ),
    "Graph down": bad(answered("to_graph", 503), Finding.GRAPH_UNREACHABLE),
    "app registered elsewhere": bad(answered("to_graph", 404), Finding.REGISTRATION_ELSEWHERE),
    "Graph out of its mind": bad(answered("to_graph", 400), Finding.GRAPH_REFUSES),
    "Entra ID down": bad(answered("to_entra", 503), Finding.ENTRA_UNREACHABLE),
    "tenant unknown": bad(
        set_to("tenant_id", "99999999-6d0b-4f0e-9a57-0a4b8ed1c001"), Finding.TENANT_UNKNOWN
    ),
    "app unknown": bad(set_to("client_id", str(uuid4())), Finding.APP_UNKNOWN),
    "app disabled": bad(
        lambda chain: chain.directory.set_enabled(chain.client_id, TENANT, enabled=False),
        Finding.APP_DISABLED,
    ),
    "public client": bad(
        lambda chain: chain.entra.public_clients.allow(chain.client_id, {}), Finding.PUBLIC_CLIENT
    ),
    "clock wrong": bad(clock_behind, Finding.CLOCK_WRONG),
    "wrong cloud": bad(refused_by(90038), Finding.CLOUD_WRONG),
    "conditional access": bad(refused_by(53003), Finding.CONDITIONAL_ACCESS),
    "no Exchange in the tenant": bad(refused_by(500011), Finding.EXCHANGE_NOT_IN_TENANT),
    "token without role": bad(Chain.stand_in, Finding.TOKEN_NO_ROLE),
    "token with another generation's role": bad(
        lambda chain: chain.stand_in("Exchange.ManageAsAppV2"), Finding.TOKEN_LOOKALIKE_ROLE
    ),
    "Exchange down": bad(answered("to_exchange", 503), Finding.EXCHANGE_UNREACHABLE),
    "Exchange refuses the token": bad(answered("to_exchange", 401), Finding.EXCHANGE_REFUSES_TOKEN),
    "Exchange out of its mind": bad(answered("to_exchange", 405), Finding.EXCHANGE_REFUSES),
    "no role in Exchange": bad(
        Chain.role_group, Finding.EXCHANGE_NO_ROLE, Finding.CMDLETS_UNREADABLE
    ),
    "role too narrow": bad(
        lambda chain: chain.role_group(*set(NEEDED) - {"Organization Client Access"}),
        Finding.ROLE_TOO_NARROW,
    ),
    "Global Administrator": bad(
        lambda chain: chain.stand_in(MANAGE, wids=(GLOBAL_ADMINISTRATOR,)),
        Finding.ROLE_GLOBAL_ADMINISTRATOR,
    ),
    "needless directory role": bad(
        lambda chain: chain.stand_in(MANAGE, wids=(SECURITY_ADMINISTRATOR,)),
        Finding.ROLE_TOO_BROAD,
    ),
    "role that widens itself": bad(
        lambda chain: chain.stand_in(MANAGE, wids=(EXCHANGE_ADMINISTRATOR,)),
        Finding.ROLE_WIDENS_ITSELF,
    ),
    "changes switched off": bad(set_to("may_write", value=False), Finding.WRITES_OFF),
    "write scope limited": bad(
        lambda chain: chain.role_group(*NEEDED, scope=IN_SCOPE), Finding.SCOPE_LIMITED
    ),
    "write scope empty": bad(
        lambda chain: chain.role_group(*NEEDED, scope="CustomAttribute1 -eq 'NOBODY'"),
        Finding.SCOPE_EMPTY,
    ),
    "write scope not to be told": bad(
        lambda chain: chain.tenant.administration.service_principals.clear(),
        Finding.SCOPE_UNKNOWN,
    ),
    "application access policy": bad(policy, Finding.ACCESS_POLICY_NO_LIMIT),
}
