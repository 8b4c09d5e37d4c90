"""Which request is which call, and the permissions of which it takes one."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.simulators.graph.app_role_assignments import AppRoleAssignments
from infra.local.simulators.graph.applications import Applications
from infra.local.simulators.graph.organization import Organizations
from infra.local.simulators.graph.policy_documents import PolicyDocuments
from infra.local.simulators.graph.rights import ALL, OWNED, READ
from infra.local.simulators.graph.role_management import RoleManagement
from infra.local.simulators.graph.rolling import Rolling
from infra.local.simulators.graph.route import ID, Route
from infra.local.simulators.graph.service_principals import ServicePrincipals
from infra.local.simulators.graph.sessions import Sessions
from infra.local.simulators.graph.sign_ins import SignIns
from infra.local.simulators.graph.subscriptions.operations import Subscriptions
from infra.local.simulators.graph.trust.routes import TrustOperations
from infra.local.simulators.graph.user_delta import UserDelta
from infra.local.simulators.graph.users import Users

_BY_EITHER_ID = rf"(?:/{ID}|\(appId='(?P<app_id>[0-9A-Za-z-]+)'\))"
_USER = "(?P<user>[^/]+)"
_GRANT = "(?P<grant_id>[0-9A-Za-z_-]+)"
_DIRECTORY = frozenset({"Directory.Read.All"})
_WRITE = frozenset({ALL, OWNED})
_ROLES_WRITE = frozenset({"RoleManagement.ReadWrite.Directory"})
_ROLES_READ = _ROLES_WRITE | _DIRECTORY | {"RoleManagement.Read.Directory"}
_GRANTS_WRITE = frozenset({"AppRoleAssignment.ReadWrite.All"})
_GRANTS_READ = _GRANTS_WRITE | READ
_ORGANIZATION_READ = _DIRECTORY | {"Organization.Read.All", "User.Read"}
_DOMAINS_READ = _DIRECTORY | {"Domain.Read.All"}
_POLICIES_READ = frozenset({"Policy.Read.All"})
_USERS_READ = _DIRECTORY | {"User.Read.All", "User.ReadWrite.All"}
_SESSIONS_REVOKE = frozenset(
    {"User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
)
_SIGN_INS_READ = _DIRECTORY | {"AuditLog.Read.All"}
_USERS_WATCH = _DIRECTORY | {"User.Read.All"}  # permissions to write are none to subscribe


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Everything that carries requests out."""

    applications: Applications
    rolling: Rolling
    principals: ServicePrincipals
    grants: AppRoleAssignments
    roles: RoleManagement
    policies: PolicyDocuments
    organizations: Organizations
    trust: TrustOperations
    users: Users
    sessions: Sessions
    sign_ins: SignIns
    user_delta: UserDelta
    subscriptions: Subscriptions

    def routes(self) -> Sequence[Route]:
        """Return every operation."""
        return [
            *_applications(self.applications, self.rolling),
            *_principals(self.principals, self.grants),
            *_roles(self.roles),
            *_tenant(self.organizations),
            *_policies(self.policies),
            *_users(self.users, self.user_delta),
            *_sessions(self.sessions, self.sign_ins),
            *self.trust.routes(),
            *_subscriptions(self.subscriptions),
        ]


def _applications(applications: Applications, rolling: Rolling) -> list[Route]:
    many, one = "/applications", f"/applications{_BY_EITHER_ID}"
    gone = "/directory/deletedItems/microsoft.graph.application"
    return [
        Route("listApplications", "GET", many, READ, applications.list),
        Route("createApplication", "POST", many, _WRITE, applications.create),
        Route("getApplication", "GET", one, READ, applications.get),
        Route("updateApplication", "PATCH", one, _WRITE, applications.update),
        Route("deleteApplication", "DELETE", one, _WRITE, applications.delete),
        Route("addKey", "POST", f"{one}/addKey", (), rolling.add),
        Route("removeKey", "POST", f"{one}/removeKey", (), rolling.remove),
        Route("listDeletedApplications", "GET", gone, READ, applications.list_deleted),
    ]


def _principals(principals: ServicePrincipals, grants: AppRoleAssignments) -> list[Route]:
    many, one = "/servicePrincipals", f"/servicePrincipals{_BY_EITHER_ID}"
    held, given = f"{one}/appRoleAssignments", f"{one}/appRoleAssignedTo"
    either = f"{one}/(?:appRoleAssignments|appRoleAssignedTo)/{_GRANT}"
    return [
        Route("listServicePrincipals", "GET", many, READ, principals.list),
        Route("createServicePrincipal", "POST", many, _WRITE, principals.create),
        Route("getServicePrincipal", "GET", one, READ, principals.get),
        Route("deleteServicePrincipal", "DELETE", one, _WRITE, principals.delete),
        Route("listAppRoleAssignments", "GET", held, _GRANTS_READ, grants.held),
        Route("listAppRoleAssignedTo", "GET", given, _GRANTS_READ, grants.given),
        Route("grantAppRole", "POST", held, _GRANTS_WRITE, grants.grant_to),
        Route("grantAppRole", "POST", given, _GRANTS_WRITE, grants.grant_of),
        Route("revokeAppRole", "DELETE", either, _GRANTS_WRITE, grants.revoke),
    ]


def _roles(roles: RoleManagement) -> list[Route]:
    assignments = "/roleManagement/directory/roleAssignments"
    definitions = "/roleManagement/directory/roleDefinitions"
    return [
        Route("listRoleAssignments", "GET", assignments, _ROLES_READ, roles.list),
        Route("assignRole", "POST", assignments, _ROLES_WRITE, roles.assign),
        Route("getRoleAssignment", "GET", f"{assignments}/{ID}", _ROLES_READ, roles.get),
        Route("unassignRole", "DELETE", f"{assignments}/{ID}", _ROLES_WRITE, roles.unassign),
        Route("listRoleDefinitions", "GET", definitions, _ROLES_READ, roles.definitions),
        Route("getRoleDefinition", "GET", f"{definitions}/{ID}", _ROLES_READ, roles.definition),
    ]


def _tenant(organizations: Organizations) -> list[Route]:
    many, one = "/organization", f"/organization/{ID}"
    domains, domain = "/domains", f"/domains/{ID}"
    return [
        Route("listOrganizations", "GET", many, _ORGANIZATION_READ, organizations.list),
        Route("getOrganization", "GET", one, _ORGANIZATION_READ, organizations.get),
        Route("listDomains", "GET", domains, _DOMAINS_READ, organizations.list_domains),
        Route("getDomain", "GET", domain, _DOMAINS_READ, organizations.get_domain),
    ]


def _policies(policies: PolicyDocuments) -> list[Route]:
    default, custom = "/policies/defaultAppManagementPolicy", "/policies/appManagementPolicies"
    own = f"/applications{_BY_EITHER_ID}/appManagementPolicies"
    return [
        Route("getDefaultPolicy", "GET", default, _POLICIES_READ, policies.default),
        Route("listPolicies", "GET", custom, _POLICIES_READ, policies.list),
        Route("getPolicy", "GET", f"{custom}/{ID}", _POLICIES_READ, policies.get),
        Route("listPoliciesOfApplication", "GET", own, _POLICIES_READ, policies.of_application),
    ]


def _users(users: Users, delta: UserDelta) -> list[Route]:
    many = "/users"
    return [
        Route("listUsers", "GET", many, _USERS_READ, users.list),
        Route("deltaUsers", "GET", rf"{many}/delta(?:\(\))?", _USERS_READ, delta.read),
        Route("getUser", "GET", f"{many}/{_USER}", _USERS_READ, users.get),
    ]


def _sessions(sessions: Sessions, sign_ins: SignIns) -> list[Route]:
    one, log = f"/users/{_USER}", "/auditLogs/signIns"
    revoke = f"{one}/revokeSignInSessions"
    return [
        # Which permissions a change takes depends on what is changed.
        Route("updateUser", "PATCH", one, (), sessions.update),
        Route("revokeSessions", "POST", revoke, _SESSIONS_REVOKE, sessions.revoke),
        Route("listSignIns", "GET", log, _SIGN_INS_READ, sign_ins.list),
        Route("listSignIns", "GET", f"beta{log}", _SIGN_INS_READ, sign_ins.list_beta),
    ]


def _subscriptions(subscriptions: Subscriptions) -> list[Route]:
    many, one = "/subscriptions", f"/subscriptions/{ID}"
    again, watch = f"{one}/reauthorize", _USERS_WATCH
    return [
        Route("listSubscriptions", "GET", many, watch, subscriptions.list),
        # The endpoint has ten seconds to answer, and may want to ask Graph something meanwhile.
        Route("createSubscription", "POST", many, watch, subscriptions.create, is_locked=False),
        Route("getSubscription", "GET", one, watch, subscriptions.get),
        Route("renewSubscription", "PATCH", one, watch, subscriptions.renew),
        Route("deleteSubscription", "DELETE", one, watch, subscriptions.delete),
        Route("reauthorizeSubscription", "POST", again, watch, subscriptions.reauthorize),
    ]
