"""What one tenant trusts its users' certificates by, with the tenant's own token."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import httpx

from shared.directory.accounts import Accounts
from shared.directory.certificate_method import CertificateMethods
from shared.directory.classic_trust_store import ClassicTrustStore
from shared.directory.domains import Domains
from shared.directory.sign_ins import SignIns
from shared.directory.trust_store import TrustStore
from shared.errors import Misconfigured
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority
from shared.trust.federation import Domain, PromptLogin
from shared.trust.method import CertificateMethod


class TenantTrust:
    """
    Microsoft Graph, asked with the token that *token* has, and *roles* can read, at the time.

    Without *may_write*, every change is a Misconfigured: the switch that stops all writes.
    """

    def __init__(
        self,
        http: httpx.Client,
        base_url: str,
        *,
        tenant_id: str,
        token: Callable[[], str],
        roles: Callable[[str], Collection[str]],
        may_write: bool,
    ) -> None:
        self._store = TrustStore(http, base_url)
        self._classic = ClassicTrustStore(http, base_url, tenant_id)
        self._method = CertificateMethods(http, base_url)
        self._domains = Domains(http, base_url)
        self._accounts = Accounts(http, base_url)
        self._sign_ins = SignIns(http, base_url)
        self._tenant_id = tenant_id
        self._token = token
        self._roles = roles
        self._may_write = may_write

    def authorities(self) -> tuple[Authority, ...]:
        """Return what the PKI store holds, of all infrastructures."""
        return self._store.list(self._token())

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return what the classic store holds."""
        return self._classic.list(self._token())

    def certificate_method(self) -> CertificateMethod:
        """Return how sign-in by certificate is set."""
        return self._method.read(self._token())

    def domains(self) -> tuple[Domain, ...]:
        """Return all domains, the federated ones with how they are."""
        return self._domains.list(self._token())

    def account(self, user: str) -> Account:
        """Return the user of this UPN or object id; NotFound if there is none."""
        return self._accounts.find(user, self._token())

    def sign_ins(self, directory_id: str, since: datetime, at_most: int) -> tuple[SignIn, ...]:
        """Return the user's last interactive sign-ins since then, the newest first."""
        return self._sign_ins.last(directory_id, since, at_most, self._token())

    def permissions(self) -> frozenset[str]:
        """Return the application permissions that the token carries."""
        return frozenset(self._roles(self._token()))

    def add_authority(self, authority: Authority) -> None:
        """Trust it, in the PKI store; a container is made if there is none to put it in."""
        self._store.add(authority, self._token_to_write())

    def remove_authority(self, authority: Authority) -> None:
        """Take it out of the PKI store; done as well if it is not there."""
        self._store.remove(authority, self._token_to_write())

    def set_crl(self, authority: Authority, crl_url: str, delta_crl_url: str) -> None:
        """Set its addresses, in the PKI store; "" for none. NotFound if it is not there."""
        self._store.set_crl(authority, crl_url, delta_crl_url, self._token_to_write())

    def replace_classic(
        self, authorities: Sequence[Authority], *, kept: Sequence[Authority] | None = None
    ) -> None:
        """Put these in place of all that the classic store holds; in between it holds nothing."""
        self._classic.replace(authorities, self._token_to_write(), kept=kept)

    def set_certificate_method(self, method: CertificateMethod) -> None:
        """Set all of it, but what we have no word for."""
        self._method.set(method, self._token_to_write())

    def set_prompt_login(self, domain: str, behavior: PromptLogin | None) -> None:
        """Set a federated domain's behaviour; NotFound if it is none."""
        self._domains.set_prompt_login(domain, behavior, self._token_to_write())

    def revoke_sessions(self, directory_id: str) -> None:
        """Let every token from before now be refused; a repeat moves the moment."""
        self._accounts.revoke_sessions(directory_id, self._token_to_write())

    def set_enabled(self, directory_id: str, *, enabled: bool) -> None:
        """Let the user sign in, or not; Rejected for who is managed elsewhere."""
        self._accounts.set_enabled(directory_id, self._token_to_write(), enabled=enabled)

    def _token_to_write(self) -> str:
        if not self._may_write:
            raise Misconfigured(
                f"writes to tenant {self._tenant_id} are switched off (Microsoft Graph): set "
                '"writes": true in its limits in TENANTS to go on'
            )
        return self._token()
