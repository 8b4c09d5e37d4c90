"""X1, X2, X9, X12: what surrounds a sign-in, and how the user's last ones came out."""

from collections.abc import Iterable, Sequence

from shared.trust.account import Account, SignIn
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, fine, found
from shared.trust.federation import Domain, PromptLogin


def modern_authentication(is_on: bool | None) -> tuple[Detail, ...]:  # noqa: FBT001 - a fact
    """Judge X1: without tokens there is no certificate either."""
    match is_on:
        case True:
            return (fine("modern authentication is on"),)
        case False:
            return (found(Code.MODERN_AUTHENTICATION_OFF),)
        case None:
            return (found(Code.MODERN_AUTHENTICATION_UNKNOWN),)


def prompt_login(domains: Sequence[Domain]) -> tuple[Detail, ...]:
    """Judge X2, domain by domain; where none is federated, nothing can turn into a password."""
    return tuple(_prompt(each) for each in _federated(domains)) or (fine("no domain is federated"),)


def _prompt(domain: Domain) -> Detail:
    if domain.federation is None:
        return found(Code.FEDERATION_NOT_SHOWN, about=domain.name)
    match domain.federation.prompt_login:
        case PromptLogin.DISABLED | PromptLogin.NATIVE as behavior:
            return fine(f"promptLoginBehavior is {behavior}", domain.name)
        case PromptLogin.TRANSLATE:
            return found(Code.PROMPT_TRANSLATED, about=domain.name)
        case None if domain.federation.unknown_prompt_login:
            says = domain.federation.unknown_prompt_login
            return found(Code.PROMPT_UNKNOWN, says, domain.name)
        case None:
            return found(Code.PROMPT_UNSET, about=domain.name)


def federation(domains: Sequence[Domain]) -> tuple[Detail, ...]:
    """Judge X9: what a federation server decides is not to be seen from here."""
    return tuple(
        found(Code.ADFS_NOT_CHECKABLE, about=each.name) for each in _federated(domains)
    ) or (fine("no domain is federated: Entra ID itself checks certificates"),)


def _federated(domains: Sequence[Domain]) -> Iterable[Domain]:
    return (each for each in domains if each.is_federated)


def sign_ins(account: Account, last: Sequence[SignIn]) -> tuple[Detail, ...]:
    """Judge X12 by the user's last sign-ins, the newest first."""
    disabled = (found(Code.ACCOUNT_DISABLED),) if account.is_enabled is False else ()
    return (*disabled, _last(last))


def _last(last: Sequence[SignIn]) -> Detail:
    ours = next((each for each in last if each.by_certificate), None)
    if ours is None:
        untold = any(each.by_certificate is None for each in last)
        code = Code.SIGN_IN_METHOD_UNKNOWN if untold else Code.NO_CERTIFICATE_SIGN_IN
        return found(code, f"{len(last)} sign-ins looked at")
    says = f"{ours.at:%Y-%m-%d %H:%M} UTC, {ours.app_name or ours.client_app or 'an app'}"
    if ours.error_code:
        told = f"AADSTS{ours.error_code} {ours.failure}".rstrip()
        return found(Code.SIGN_IN_REFUSED, f"{says}: {told}")
    return fine(f"came in by certificate: {says}")
