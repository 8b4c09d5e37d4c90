"""What whoever orders or approves a change of users' certificates should know beforehand."""

from collections.abc import Iterator, Sequence

from shared.devices import certificate_change
from shared.devices.certificate_change import (
    AddTrustedCa,
    CertificateChange,
    RemoveTrustedCa,
    SetCaCrl,
    SetCertificateMethod,
    SetModernAuthentication,
    SetPromptLogin,
)
from shared.trust.authority import Authority
from shared.trust.federation import PromptLogin

GAP = "in between the classic store is empty, and nobody's certificate is accepted"
UNREVOKED = "without a CRL address nothing that it signs is ever revoked"
LAST_ROOT = "no root is left in this store: whatever chains to it is refused"
METHOD_OFF = "nobody signs in to Entra ID by certificate any more"
PROMPT = "apps that ask for a fresh sign-in get a password prompt, not one for a certificate"
LEGACY = "clients with a certificate or any other token are shut out of Exchange"


def warnings(change: CertificateChange, left: Sequence[Authority]) -> Iterator[str]:
    """Yield what the change brings about beside what it says; *left* is then in its store."""
    match change:
        case SetModernAuthentication(enabled=False):
            yield LEGACY
        case SetPromptLogin(behavior=None | PromptLogin.TRANSLATE):
            yield PROMPT
        case SetCertificateMethod(enabled=False):
            yield METHOD_OFF
        case AddTrustedCa(crl_url="") | SetCaCrl(crl_url=""):
            yield UNREVOKED
        case RemoveTrustedCa() if not any(each.is_root for each in left):
            yield LAST_ROOT
        case _:
            pass
    if certificate_change.leaves_gap(change):
        yield GAP
