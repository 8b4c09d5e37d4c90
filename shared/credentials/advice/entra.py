"""Findings about the application in Entra ID and the token that it gets there."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Finding, Grade

ADVICE: Mapping[Finding, Advice] = {
    Finding.GRAPH_NOT_ASKED: Advice(
        Grade.UNKNOWN,
        "there is no token to ask Microsoft Graph with",
        "mend the sign-in, or compare the thumbprint with those in the Entra admin centre",
    ),
    Finding.GRAPH_UNREACHABLE: Advice(
        Grade.UNKNOWN,
        "Microsoft Graph does not answer now",
        "check the network to Microsoft Graph, and validate again",
    ),
    Finding.GRAPH_REFUSES: Advice(
        Grade.UNKNOWN,
        "Microsoft Graph answers with an error of its own",
        "look the error up in Microsoft Graph's list of errors, and validate again",
    ),
    Finding.REGISTRATION_UNREADABLE: Advice(
        Grade.UNKNOWN,
        "the app may not read its own registration in Microsoft Graph",
        "grant Application.Read.All with admin consent, or compare the thumbprints by hand",
    ),
    Finding.REGISTRATION_ELSEWHERE: Advice(
        Grade.UNKNOWN,
        "this directory holds no registration of the app",
        "if the app is registered in another tenant, compare the thumbprints there, else check "
        "client_id",
    ),
    Finding.NOTHING_REGISTERED: Advice(
        Grade.FAIL,
        "no certificate at all is registered on the application",
        "upload the public part of the certificate to the application",
    ),
    Finding.NOT_REGISTERED: Advice(
        Grade.FAIL,
        "other certificates are registered on the application, this one is not",
        "upload the public part of this very version to the application, beside those there",
    ),
    Finding.REGISTERED_EXPIRED: Advice(
        Grade.FAIL,
        "the certificate is registered, but its entry on the application has expired",
        "register a renewed certificate, and remove the expired entry",
    ),
    Finding.REGISTERED_NOT_YET_VALID: Advice(
        Grade.FAIL,
        "the certificate is registered, but its entry on the application is not valid yet",
        "wait until the entry's start date, or register the certificate again",
    ),
    Finding.ENTRA_UNREACHABLE: Advice(
        Grade.UNKNOWN,
        "Entra ID does not answer now, or asks to come back later",
        "check the network to the login host, and validate again in a minute",
    ),
    Finding.ENTRA_REFUSES: Advice(
        Grade.FAIL,
        "Entra ID refuses, for a reason that has no explanation here",
        "look the AADSTS number up on Microsoft's page of error codes",
    ),
    Finding.TENANT_UNKNOWN: Advice(
        Grade.FAIL,
        "Entra ID knows no such tenant, here in this cloud",
        "check tenant_id and CLOUD, and that the login host can be reached",
    ),
    Finding.CLOUD_WRONG: Advice(
        Grade.FAIL,
        "the tenant lives in another of Microsoft's clouds",
        "set CLOUD to the cloud of the tenant",
    ),
    Finding.APP_UNKNOWN: Advice(
        Grade.FAIL,
        "the tenant knows no application with this client id",
        "check client_id, and that the enterprise application exists in this tenant",
    ),
    Finding.APP_DISABLED: Advice(
        Grade.FAIL,
        "the application is disabled in this tenant",
        "enable the enterprise application",
    ),
    Finding.CERTIFICATE_UNKNOWN_TO_ENTRA: Advice(
        Grade.FAIL,
        "Entra ID does not find the certificate on the application",
        "register the public part of this very certificate version on the app; if that has just "
        "been done, wait a few minutes",
    ),
    Finding.SIGNATURE_REFUSED: Advice(
        Grade.FAIL,
        "Entra ID finds that signature and registered certificate do not fit each other",
        "register the public part of this very certificate version on the app anew, in place of "
        "the entry there",
    ),
    Finding.CERTIFICATE_OUTSIDE_DATES: Advice(
        Grade.FAIL,
        "Entra ID finds the certificate outside its dates",
        "renew the certificate and register it, and check the clock of this machine",
    ),
    Finding.CERTIFICATE_REVOKED: Advice(
        Grade.FAIL,
        "Entra ID has been told not to believe the certificate any more",
        "the certificate was revoked: issue and register a new one, and find out who revoked it",
    ),
    Finding.SUBJECT_NOT_TRUSTED: Advice(
        Grade.FAIL,
        "the application trusts certificates by subject and issuer, and not this one",
        "correct the trusted subject and issuer, or register the certificate itself",
    ),
    Finding.CLOCK_WRONG: Advice(
        Grade.FAIL,
        "what was signed just now is outside its time by Entra ID's clock",
        "check the clock of this machine",
    ),
    Finding.ASSERTION_MALFORMED: Advice(
        Grade.FAIL,
        "Entra ID cannot make sense of the assertion, which is a fault of this app",
        "check AUTHORITY_HOST if it is set, update the app, or report it",
    ),
    Finding.PUBLIC_CLIENT: Advice(
        Grade.FAIL,
        "the application is a public client, which may not show a certificate",
        "turn off public client flows for the app registration",
    ),
    Finding.CREDENTIAL_NOT_SENT: Advice(
        Grade.FAIL,
        "Entra ID saw no credential in the request",
        "report it, unless a proxy changes requests on their way to the login host",
    ),
    Finding.SECRET_INSTEAD: Advice(
        Grade.FAIL,
        "Entra ID was shown a client secret, where a certificate belongs",
        "find what shows a client secret as this client_id: this app signs in with a certificate",
    ),
    Finding.EXCHANGE_NOT_IN_TENANT: Advice(
        Grade.FAIL,
        "the tenant has no Exchange Online to get a token for",
        "check that the tenant has Exchange Online and that its service principal is enabled",
    ),
    Finding.TOKEN_SCOPE_WRONG: Advice(
        Grade.FAIL,
        "the scope of the token request is not one Entra ID knows",
        "correct CLOUD, which decides the scope, or report it",
    ),
    Finding.CONSENT_MISSING: Advice(
        Grade.FAIL,
        "nobody has consented to what the application asks for",
        "grant admin consent for Exchange.ManageAsApp in this tenant",
    ),
    Finding.CONDITIONAL_ACCESS: Advice(
        Grade.FAIL,
        "a Conditional Access policy for workload identities blocks the app",
        "ask the administrator of that Conditional Access policy to let the app's address pass",
    ),
    Finding.FEDERATION_MISMATCH: Advice(
        Grade.FAIL,
        "the application's federated credential does not fit the token it was shown",
        "correct issuer, subject and audience of the federated credential, letter by letter",
    ),
    Finding.TOKEN_NO_ROLE: Advice(
        Grade.FAIL,
        "the token lacks the application permission Exchange.ManageAsApp",
        "grant the permission and admin consent for Exchange.ManageAsApp to the application",
    ),
    Finding.TOKEN_LOOKALIKE_ROLE: Advice(
        Grade.FAIL,
        "the token holds a permission that only looks like Exchange.ManageAsApp",
        "grant Exchange.ManageAsApp (dc50a0fb-09a3-484d-be87-e023b12c6440) and admin consent",
    ),
}
