"""Which requests are about whom a tenant believes, and the permissions they take."""

from dataclasses import dataclass

from infra.local.simulators.graph.route import ID, Route
from infra.local.simulators.graph.trust.authorities import Authorities
from infra.local.simulators.graph.trust.certificate_method import CertificateMethod
from infra.local.simulators.graph.trust.classic_store import ClassicStore
from infra.local.simulators.graph.trust.deleted_items import WRITE, DeletedItems
from infra.local.simulators.graph.trust.federations import Federations
from infra.local.simulators.graph.trust.pkis import KIND, PATH, Pkis
from infra.local.simulators.graph.trust.uploads import Uploads

_READ = WRITE | {"PublicKeyInfrastructure.Read.All"}
_CLASSIC_WRITE = frozenset({"Organization.ReadWrite.All"})
_CLASSIC_READ = _CLASSIC_WRITE | {"Organization.Read.All"}
_METHOD_WRITE = frozenset({"Policy.ReadWrite.AuthenticationMethod"})
_METHOD_READ = _METHOD_WRITE | {"Policy.Read.AuthenticationMethod"}
_POLICY_READ = _METHOD_READ | {"Policy.Read.All"}
_FEDERATION_WRITE = frozenset({"Domain-InternalFederation.ReadWrite.All", "Domain.ReadWrite.All"})
_FEDERATION_READ = _FEDERATION_WRITE | {"Domain-InternalFederation.Read.All", "Domain.Read.All"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustOperations:
    """Everything that carries such requests out."""

    pkis: Pkis
    authorities: Authorities
    uploads: Uploads
    deleted: DeletedItems
    classic: ClassicStore
    method: CertificateMethod
    federations: Federations

    def routes(self) -> list[Route]:
        """Return every operation."""
        return [
            *self._pkis(),
            *self._deleted(),
            *self._classic(),
            *self._method(),
            *self._federations(),
        ]

    def _pkis(self) -> list[Route]:
        many, one = f"/{PATH}", f"/{PATH}/{ID}"
        inside = f"{one}/certificateAuthorities"
        authority = f"{inside}/(?P<authority>[0-9A-Za-z-]+)"
        start = self.uploads.start
        return [
            Route("listPkis", "GET", many, _READ, self.pkis.list),
            Route("createPki", "POST", many, WRITE, self.pkis.create),
            Route("getPki", "GET", one, _READ, self.pkis.get),
            Route("updatePki", "PATCH", one, WRITE, self.pkis.update),
            Route("deletePki", "DELETE", one, WRITE, self.pkis.delete),
            # The file may be served by somebody who is waiting for Graph.
            Route("uploadPki", "POST", f"{one}/upload", WRITE, start, is_locked=False),
            Route("listAuthorities", "GET", inside, _READ, self.authorities.list),
            Route("createAuthority", "POST", inside, WRITE, self.authorities.create),
            Route("getAuthority", "GET", authority, _READ, self.authorities.get),
            Route("updateAuthority", "PATCH", authority, WRITE, self.authorities.update),
            Route("deleteAuthority", "DELETE", authority, WRITE, self.authorities.delete),
        ]

    def _deleted(self) -> list[Route]:
        many = "/directory/deletedItems"
        pkis = f"{many}/microsoft.graph.{KIND}"
        authorities = f"{many}/microsoft.graph.certificateAuthorityDetail"
        one = f"{many}/(?P<id>[0-9A-Fa-f-]+)"
        return [
            Route("listDeletedPkis", "GET", pkis, _READ, self.deleted.list_pkis),
            Route(
                "listDeletedAuthorities", "GET", authorities, _READ, self.deleted.list_authorities
            ),
            Route("getDeletedItem", "GET", one, _READ, self.deleted.get),
            Route("purgeDeletedItem", "DELETE", one, WRITE, self.deleted.purge),
            Route("restoreDeletedItem", "POST", f"{one}/restore", (), self.deleted.restore),
        ]

    def _classic(self) -> list[Route]:
        many = f"/organization/{ID}/certificateBasedAuthConfiguration"
        one = f"{many}/(?P<store>[0-9A-Za-z-]+)"
        return [
            Route("listClassicStores", "GET", many, _CLASSIC_READ, self.classic.list),
            Route("createClassicStore", "POST", many, _CLASSIC_WRITE, self.classic.create),
            Route("getClassicStore", "GET", one, _CLASSIC_READ, self.classic.get),
            Route("deleteClassicStore", "DELETE", one, _CLASSIC_WRITE, self.classic.delete),
        ]

    def _method(self) -> list[Route]:
        policy = "/policies/authenticationMethodsPolicy"
        one = f"{policy}/authenticationMethodConfigurations/(?i:x509Certificate)"
        return [
            Route("getMethodsPolicy", "GET", policy, _POLICY_READ, self.method.policy),
            Route("getCertificateMethod", "GET", one, _METHOD_READ, self.method.get),
            Route("updateCertificateMethod", "PATCH", one, _METHOD_WRITE, self.method.update),
            Route("resetCertificateMethod", "DELETE", one, _METHOD_WRITE, self.method.reset),
        ]

    def _federations(self) -> list[Route]:
        many = f"/domains/{ID}/federationConfiguration"
        one = f"{many}/(?P<federation>[0-9A-Za-z-]+)"
        return [
            Route("listFederations", "GET", many, _FEDERATION_READ, self.federations.list),
            Route("getFederation", "GET", one, _FEDERATION_READ, self.federations.get),
            Route("updateFederation", "PATCH", one, _FEDERATION_WRITE, self.federations.update),
        ]
