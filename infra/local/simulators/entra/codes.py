"""Every AADSTS code this service answers with: its status, its OAuth error, a usual wording."""

from typing import NamedTuple


class Answer(NamedTuple):
    """How one code is answered."""

    status: int
    error: str
    text: str  # for a refusal that has nothing more particular to say


def _client(text: str) -> Answer:
    return Answer(401, "invalid_client", text)


def _unauthorized(text: str) -> Answer:
    return Answer(400, "unauthorized_client", text)


def _request(text: str) -> Answer:
    return Answer(400, "invalid_request", text)


def _resource(text: str) -> Answer:
    return Answer(400, "invalid_resource", text)


def _grant(text: str) -> Answer:
    return Answer(400, "invalid_grant", text)


def _busy(text: str) -> Answer:
    # A 503 was seen for 90033; that its kin answer alike is an assumption.
    return Answer(503, "temporarily_unavailable", text)


_TRANSIENT = "A transient error has occurred. Please try again."
_MATCHLESS = "No matching federated identity record found for presented assertion"

# The pairs of status and error are what callers report for each code; the service promises
# neither, so nobody should branch on more than the OAuth error.
ANSWERS = {
    50000: Answer(500, "server_error", "There was an error issuing a token."),
    50001: _resource("The resource principal is disabled or does not exist."),
    50006: _client("Signature verification failed because of an invalid signature."),
    50012: _client("Authentication failed. Client assertion contains an invalid signature."),
    50027: _request("JWT token is invalid or malformed."),
    53003: _grant(
        "Access has been blocked by Conditional Access policies. The access policy does not allow "
        "token issuance."
    ),
    65004: Answer(400, "authorization_declined", "The end user denied the authorization request."),
    65001: _grant("The user or administrator has not consented to use the application."),
    70000: _grant("The provided grant is invalid or has been redeemed before."),
    70001: _unauthorized("The application is disabled or was not found in the directory."),
    70003: Answer(400, "unsupported_grant_type", "The grant type is not supported."),
    70011: Answer(400, "invalid_scope", "The provided value for scope is not valid."),
    70016: Answer(
        400,
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    70018: Answer(400, "bad_verification_code", "The device code was not recognized."),
    70020: Answer(
        400,
        "expired_token",
        "The provided value for the input parameter 'device_code' is not valid. This device code "
        "has expired.",
    ),
    90002: Answer(400, "invalid_tenant", "The tenant was not found."),
    90006: _busy("The service is temporarily unavailable. Please retry later."),
    90012: _busy("The request has timed out."),
    90024: _busy(_TRANSIENT),
    90033: _busy(_TRANSIENT),
    90038: _request(
        "The tenant belongs to another national cloud, with which this one is not federated."
    ),
    500011: _resource("The resource principal was not found in the tenant."),
    500133: _grant("Assertion is not within its valid time range."),
    530032: _grant("The sign-in is blocked by a security policy of the tenant."),
    650052: _resource(
        "The app needs access to a service that your organization has not subscribed to or enabled."
    ),
    650056: _unauthorized(
        "Misconfigured application: no permission is listed for the resource, or the administrator "
        "has not consented."
    ),
    650057: _resource(
        "Invalid resource. The client has requested access to a resource which is not listed in "
        "the requested permissions in the client's application registration."
    ),
    700016: _unauthorized("The application was not found in the directory."),
    700021: _client("Client assertion application identifier doesn't match 'client_id' parameter."),
    700023: _client("Client assertion audience claim does not match Realm issuer."),
    700024: _client("Client assertion is not within its valid time range."),
    700025: _client(
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
    ),
    700027: _client(
        "Client assertion failed signature validation. [Reason - The key was not found.]"
    ),
    700030: _client("Invalid certificate - subject name in certificate is not authorized."),
    700211: _client(f"{_MATCHLESS} issuer."),
    700212: _client(f"{_MATCHLESS} audience."),
    700213: _client(f"{_MATCHLESS} subject."),
    700236: _client(
        "Tokens of this kind may not be used for federated identity credential flows for "
        "applications registered in this tenant."
    ),
    900144: _request("The request body must contain a parameter that it lacks."),
    900382: _request("Confidential Client is not supported in Cross Cloud request."),
    900432: _request("Confidential Client is not supported in Cross Cloud request."),
    900561: _request("The endpoint only accepts POST requests."),
    1000502: _client("The provided certificate is not within its specified validity window."),
    1002012: Answer(400, "invalid_scope", "The scope must be <resource>/.default."),
    5002738: _client("The signature algorithm of the JWT is not supported."),
    7000112: _unauthorized("The application is disabled."),
    7000214: _client("Certificate has been revoked."),
    7000215: _client("Invalid client secret provided."),
    7000218: _client(
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    ),
    7000222: _client("The provided client secret keys are expired."),
    7000274: _client("The client assertion contains an invalid signature."),
    7000277: _client("The provided certificate was revoked."),
    7002138: _client(
        f"{_MATCHLESS} subject. The subject matches with case-insensitive comparison, but not with "
        "case-sensitive comparison."
    ),
}
# No code of its own is known for it.
SLOW_DOWN = Answer(400, "slow_down", "Polling is too frequent: wait longer between requests.")

# What else stands in an answer, where that is known.
EXTRAS = {
    53003: {
        "suberror": "message_only",
        "claims": '{"access_token":{"capolids":{"essential":true,"values":["'
        'c4f0b7a2-1b1e-4d39-8a7e-5a0d0b1f9001"]}}}',
    },
    65001: {"suberror": "consent_required"},
}
