"""What is looked at, where it stands, and the least permission that reads it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

PKI = "GET /directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
METHOD = (
    "GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate"
)
OF_METHOD = "Policy.Read.AuthenticationMethod"
OF_PKI = "PublicKeyInfrastructure.Read.All"
OF_STORES = f"{OF_PKI}, Organization.Read.All"


class Row(StrEnum):
    """A thing that has to be right, by the name that the report has for it."""

    MODERN_AUTHENTICATION = "X1"
    PROMPT_LOGIN = "X2"
    PKI_STORE = "X3"
    CLASSIC_STORE = "X3b"
    CRL_ADDRESSES = "X4"
    CRLS = "X5"
    SESSIONS = "X6"
    BINDINGS = "X7"
    METHOD = "X8"
    FEDERATION = "X9"
    RULES = "X10"
    LOST_PHONE = "X11"
    SIGN_INS = "X12"


class About(NamedTuple):
    """What a row is about."""

    title: str
    endpoint: str
    permission: str


ROWS: Mapping[Row, About] = {
    Row.MODERN_AUTHENTICATION: About(
        "Exchange lets clients sign in with tokens",
        "Get-OrganizationConfig: OAuth2ClientProfileEnabled",
        "Exchange.ManageAsApp, and the Exchange role View-Only Configuration",
    ),
    Row.PROMPT_LOGIN: About(
        "Federated domains let a certificate answer a fresh sign-in",
        "GET /domains, GET /domains/{id}/federationConfiguration: promptLoginBehavior",
        "Domain.Read.All, Domain-InternalFederation.Read.All",
    ),
    Row.PKI_STORE: About("Trusted authorities, in the PKI store", PKI, OF_PKI),
    Row.CLASSIC_STORE: About(
        "Trusted authorities, in the classic store",
        "GET /organization/{id}/certificateBasedAuthConfiguration",
        "Organization.Read.All",
    ),
    Row.CRL_ADDRESSES: About(
        "Each authority has the address of its revocation list",
        f"{PKI}: certificateRevocationListUrl",
        OF_STORES,
    ),
    Row.CRLS: About(
        "The revocation lists can be used",
        "GET the list; GET /users/{id}: signInSessionsValidFromDateTime",
        f"{OF_STORES}; with a user, User.Read.All",
    ),
    Row.SESSIONS: About(
        "A user's sessions can be revoked",
        "POST /users/{id}/revokeSignInSessions",
        "User.RevokeSessions.All",
    ),
    Row.BINDINGS: About("A certificate leads to its user", METHOD, OF_METHOD),
    Row.METHOD: About("The method is on, and for whom", METHOD, OF_METHOD),
    Row.FEDERATION: About("What federation servers decide", "GET /domains", "Domain.Read.All"),
    Row.RULES: About("What certificates count as", METHOD, OF_METHOD),
    Row.LOST_PHONE: About(
        "All is there that a lost phone takes",
        "POST /users/{id}/revokeSignInSessions, PATCH /users/{id}: accountEnabled, the lists, "
        "Exchange",
        "User.RevokeSessions.All, User.EnableDisableAccount.All, User.Read.All",
    ),
    Row.SIGN_INS: About(
        "The user has come in with a certificate", "GET /auditLogs/signIns", "AuditLog.Read.All"
    ),
}
