"""What the stories about users' certificates need from the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority
from shared.trust.federation import Domain, PromptLogin
from shared.trust.method import CertificateMethod


class TrustReading(Protocol):
    """
    What one tenant's directory says; NotPermitted names the permission that is missing.

    Retryable while it is down or busy, and for what cannot be read.
    """

    def authorities(self) -> tuple[Authority, ...]:
        """Return what the PKI store holds, of all infrastructures."""
        ...

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return what the classic store holds."""
        ...

    def certificate_method(self) -> CertificateMethod:
        """Return how sign-in by certificate is set."""
        ...

    def domains(self) -> tuple[Domain, ...]:
        """Return all domains, the federated ones with how they are."""
        ...

    def account(self, user: str) -> Account:
        """Return the user of this UPN or object id; NotFound if there is none."""
        ...

    def sign_ins(self, directory_id: str, since: datetime, at_most: int) -> tuple[SignIn, ...]:
        """Return the user's last sign-ins since then, the newest first."""
        ...

    def permissions(self) -> frozenset[str]:
        """Return the application permissions in Microsoft Graph that our own token carries."""
        ...


class TrustWriting(Protocol):
    """Changes of it; repeating any does no harm. Rejected says why one is refused."""

    def add_authority(self, authority: Authority) -> None:
        """Trust it, in the PKI store; a container is made if there is none to put it in."""
        ...

    def remove_authority(self, authority: Authority) -> None:
        """Take it out of the PKI store; done as well if it is not there."""
        ...

    def set_crl(self, authority: Authority, crl_url: str, delta_crl_url: str) -> None:
        """Set its addresses, in the PKI store; "" for none. NotFound if it is not there."""
        ...

    def replace_classic(
        self, authorities: Sequence[Authority], *, kept: Sequence[Authority] | None = None
    ) -> None:
        """
        Put these in place of all that the classic store holds; in between it holds nothing.

        Retryable if anything else is there than what is *kept*; None: all of it may go.
        """
        ...

    def set_certificate_method(self, method: CertificateMethod) -> None:
        """Set all of it, but what we have no word for."""
        ...

    def set_prompt_login(self, domain: str, behavior: PromptLogin | None) -> None:
        """Set a federated domain's behaviour; NotFound if it is none."""
        ...


class TrustDirectory(TrustReading, TrustWriting, Protocol):
    """Both."""


class Sessions(Protocol):
    """What ends a user's sessions, and his account."""

    def account(self, user: str) -> Account:
        """Return the user of this UPN or object id; NotFound if there is none."""
        ...

    def revoke_sessions(self, directory_id: str) -> None:
        """Let every token from before now be refused; Entra ID may need minutes for it."""
        ...

    def set_enabled(self, directory_id: str, *, enabled: bool) -> None:
        """Let the user sign in, or not; Rejected for who is managed elsewhere."""
        ...


class OrganizationSettings(Protocol):
    """What Exchange lets all of a tenant's clients do."""

    def modern_authentication(self) -> bool | None:
        """Return whether clients may sign in with tokens; None: Exchange does not say."""
        ...

    def set_modern_authentication(self, *, enabled: bool) -> None:
        """Set it; repeating this does no harm."""
        ...


class CrlSource(Protocol):
    """Where certificate revocation lists are fetched."""

    def fetch(self, url: str) -> bytes:
        """Return what stands there; Unfetched says why not."""
        ...
