"""Codes about what surrounds a sign-in: Exchange, federation, the user, the lost phone."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Grade
from shared.trust.doctor.codes import Code

ADVICE: Mapping[Code, Advice] = {
    Code.MODERN_AUTHENTICATION_OFF: Advice(
        Grade.FAIL,
        "Exchange offers clients no sign-in with tokens, and so none with a certificate",
        "order set_modern_authentication with enabled true",
    ),
    Code.MODERN_AUTHENTICATION_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "Exchange does not say whether clients may sign in with tokens",
        "look at Get-OrganizationConfig in PowerShell, and for an update of this app",
    ),
    Code.PROMPT_UNSET: Advice(
        Grade.FAIL,
        "promptLoginBehavior is not set, so a fresh sign-in turns into a prompt for a password",
        "order set_prompt_login with disabled, or nativeSupport if the federation server knows "
        "prompt=login",
    ),
    Code.PROMPT_TRANSLATED: Advice(
        Grade.FAIL,
        "a fresh sign-in is translated into a prompt for a password",
        "order set_prompt_login with disabled, or nativeSupport if the federation server knows "
        "prompt=login",
    ),
    Code.PROMPT_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "promptLoginBehavior has a value that this app does not know",
        "look the value up in Microsoft's documentation of internalDomainFederation",
    ),
    Code.FEDERATION_NOT_SHOWN: Advice(
        Grade.UNKNOWN,
        "the domain is federated, and Entra ID shows no federation settings of it",
        "look at the domain with Get-MgDomainFederationConfiguration",
    ),
    Code.ADFS_NOT_CHECKABLE: Advice(
        Grade.UNKNOWN,
        "whether AD FS takes certificates, and its claims rules, cannot be read from the cloud",
        "check AD FS itself, or move the domain to Entra ID's own sign-in by certificate, by "
        "staged rollout first",
    ),
    Code.USER_IS_A_GUEST: Advice(
        Grade.FAIL,
        "the user is a guest, and sessions can be revoked only where the account is at home",
        "have the user's own organization revoke them, or disable the guest's account here",
    ),
    Code.PERMISSION_MISSING: Advice(
        Grade.FAIL,
        "the app's token lacks a permission that this takes",
        "grant the permission that is named here, with admin consent",
    ),
    Code.WRITES_OFF: Advice(
        Grade.FAIL,
        "changes to this tenant are switched off, and so is everything that a lost phone takes",
        'set "writes": true in the tenant\'s limits',
    ),
    Code.REVOCATION_USELESS: Advice(
        Grade.FAIL,
        "a certificate of this authority that is revoked would still be let in",
        "mend the authority's revocation list or its address, as the rows X4 and X5 say",
    ),
    Code.ACCOUNT_DISABLED: Advice(
        Grade.FAIL,
        "the user's account is disabled",
        "enable it in Entra ID, or where the account is managed, if the user is to come in",
    ),
    Code.NO_CERTIFICATE_SIGN_IN: Advice(
        Grade.WARN,
        "none of the user's last sign-ins was by certificate",
        "let the user sign in with the certificate once, and validate again in some minutes",
    ),
    Code.SIGN_IN_METHOD_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "the log does not say how the user has signed in",
        "look at the sign-in's authentication details in the Entra admin centre",
    ),
    Code.SIGN_IN_REFUSED: Advice(
        Grade.FAIL,
        "the user's last sign-in by certificate was refused",
        "look the AADSTS number up on Microsoft's page of error codes",
    ),
}
