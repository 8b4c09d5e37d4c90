"""Our client for the trust in users' certificates, in front of the simulated Microsoft Graph."""

from dataclasses import replace
from functools import cache
from typing import Any

import httpx

from infra.local.simulators.certificate_authority import CertificateAuthorities
from shared.directory.tenant_trust import TenantTrust
from shared.identity import login
from shared.trust.authority import Authority, Store
from tests.contract.graph_certificates import NOON
from tests.contract.graph_world import GRAPH, World

TO_READ = (
    "Domain.Read.All",
    "Domain-InternalFederation.Read.All",
    "PublicKeyInfrastructure.Read.All",
    "Organization.Read.All",
    "Policy.Read.AuthenticationMethod",
    "User.Read.All",
    "AuditLog.Read.All",
)
TO_CHANGE = (
    "Domain-InternalFederation.ReadWrite.All",
    "PublicKeyInfrastructure.ReadWrite.All",
    "Organization.ReadWrite.All",
    "Policy.ReadWrite.AuthenticationMethod",
)
TO_SHUT_OUT = ("User.RevokeSessions.All", "User.EnableDisableAccount.All", "User.Read.All")
ALL = tuple(dict.fromkeys(TO_READ + TO_CHANGE + TO_SHUT_OUT))
CRL, DELTA = "http://crl.contoso.example/ca.crl", "http://crl.contoso.example/ca-delta.crl"
ADELE = "adele@contoso.example"


@cache
def ders() -> tuple[bytes, bytes, bytes]:
    """Return a root, an authority below it, and another root: made once, for keys take long."""
    authorities = CertificateAuthorities(clock=lambda: NOON)
    authorities.base_url = "http://crl.contoso.example"
    root = authorities.root("contoso-root")
    issuing = authorities.intermediate("contoso-issuing", root)
    return root.der, issuing.der, authorities.root("fabrikam-root").der


def root(**changes: Any) -> Authority:  # noqa: ANN401 - fields of an authority
    """Return the root, as an order has it."""
    plain = Authority(store=Store.PKI, certificate=ders()[0], is_root=True, name="Contoso root")
    return replace(plain, **{"crl_url": CRL, **changes})


def issuing(**changes: Any) -> Authority:  # noqa: ANN401 - fields of an authority
    """Return the authority below it, as an order has it."""
    return root(certificate=ders()[1], is_root=False, name="Contoso issuing", **changes)


def plain(authority: Authority) -> Authority:
    """Return an authority without what the store has given it."""
    return replace(authority, authority_id="", container_id="")


class TrustWorld(World):
    """A tenant, and our client with a token that carries *roles*: all there are, to begin with."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: tuple[str, ...] = ALL
        self.asked: list[tuple[str, str]] = []
        self.adele = ""  # the id of a user, where a test has one
        self.trust = TenantTrust(
            httpx.Client(transport=httpx.MockTransport(self._graph)),
            GRAPH,
            tenant_id=self.tenant,
            token=lambda: self.token(*self.roles),
            roles=lambda token: login.claims(token).roles,
            may_write=True,
        )
        self.graph.methods.put(self.tenant, state="enabled")

    def user(self, upn: str = ADELE, **fields: Any) -> str:  # noqa: ANN401 - Graph's names
        """Add a user, and return the object id."""
        user = self.graph.users.add(self.tenant, upn, **fields)
        return str(user.object_id)

    @property
    def writes(self) -> list[str]:
        """The methods of the requests that were sent beyond reading."""
        return [method for method, _ in self.asked if method != "GET"]

    def _graph(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path))
        return self.graph(request)
