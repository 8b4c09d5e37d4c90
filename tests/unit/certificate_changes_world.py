"""What one tenant's users' certificates rest on, in memory, and authorities to trust there."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.errors import NotFound, Rejected, Retryable
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority, Store
from shared.trust.federation import Domain, Federation, PromptLogin
from shared.trust.method import (
    Binding,
    CertificateField,
    CertificateMethod,
    Mode,
    Rule,
    RuleKind,
    Target,
    UserProperty,
)

NOBODY_KNOWS = x509.ObjectIdentifier("1.3.6.1.4.1.55555.9")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ALL = Target(id="all_users")
GROUP = Target(id="0f0f0f0f-1111-4222-8333-444444444444")
CRL, DELTA = "http://crl.contoso.com/root.crl", "http://crl.contoso.com/root-delta.crl"
METHOD = CertificateMethod(
    is_enabled=True,
    bindings=(
        Binding(
            certificate_field=CertificateField.RFC822_NAME,
            user_property=UserProperty.UPN,
            priority=2,
        ),
        Binding(
            certificate_field=CertificateField.PRINCIPAL_NAME,
            user_property=UserProperty.UPN,
            priority=1,
        ),
    ),
    rules=(Rule(kind=RuleKind.POLICY, identifier="1.2.3", mode=Mode.MULTI_FACTOR),),
    include=(ALL,),
    requires_crl=True,
    unknown=("issuerHintsConfiguration",),
)


@cache
def certificate(name: str, *, issuer: str = "", is_ca: bool = True, padding: int = 0) -> bytes:
    """Return the DER of a certificate; without an issuer it vouches for itself."""
    key = ec.derive_private_key(7 + len(name), ec.SECP256R1())
    begin = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer or name))
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if padding:
        filler = x509.UnrecognizedExtension(NOBODY_KNOWS, bytes(padding))
        begin = begin.add_extension(filler, critical=False)
    made = begin.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(serialization.Encoding.DER)


def text(name: str, *, issuer: str = "", is_ca: bool = True, padding: int = 0) -> str:
    """Return a certificate as an order carries it."""
    der = certificate(name, issuer=issuer, is_ca=is_ca, padding=padding)
    return base64.b64encode(der).decode()


def authority(name: str, store: Store = Store.PKI, *, padding: int = 0) -> Authority:
    """Return a trusted root."""
    return Authority(
        store=store,
        certificate=certificate(name, padding=padding),
        is_root=True,
        name=name if store is Store.PKI else "",
        crl_url=CRL,
    )


@dataclass
class FakeOrganization:
    """Exchange's switch."""

    is_on: bool | None = False
    writes: int = 0

    def modern_authentication(self) -> bool | None:
        """Return it."""
        return self.is_on

    def set_modern_authentication(self, *, enabled: bool) -> None:
        """Set it."""
        self.is_on = enabled
        self.writes += 1


@dataclass
class FakeDirectory:
    """Both stores, the method and the domains; in the classic store's gap a test may interfere."""

    pki: list[Authority] = field(default_factory=lambda: [authority("Old")])
    classic: list[Authority] = field(default_factory=lambda: [authority("Old", Store.CLASSIC)])
    method: CertificateMethod = METHOD
    prompt: PromptLogin | None = None
    in_gap: Callable[[], None] = lambda: None
    before_replacing: Callable[[], None] = lambda: None
    refused: frozenset[str] = frozenset()  # thumbprints that the classic store does not take
    lagging: int = 0  # reads of a store that still show what it held before
    writes: list[str] = field(default_factory=list)
    _seen: list[Authority] = field(default_factory=list)

    def authorities(self) -> tuple[Authority, ...]:
        """Return the PKI store."""
        return tuple(self._read(self.pki))

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return the classic store, in no particular order."""
        return tuple(reversed(self._read(self.classic)))

    def certificate_method(self) -> CertificateMethod:
        """Return it, lists in another order each time."""
        was = self.method
        self.method = msgspec.structs.replace(
            was, bindings=was.bindings[::-1], rules=was.rules[::-1], include=was.include[::-1]
        )
        return self.method

    def domains(self) -> tuple[Domain, ...]:
        """Return a federated domain, and one that is not."""
        federation = Federation(configuration_id="f", prompt_login=self.prompt)
        return (
            Domain(name="contoso.com", is_federated=True, is_verified=True, federation=federation),
            Domain(name="contoso.net", is_federated=False, is_verified=True),
        )

    def add_authority(self, authority: Authority) -> None:
        """Trust it; a second one of the same certificate is refused."""
        self.writes.append("add_authority")
        self._seen = list(self.pki)
        if any(each.thumbprint == authority.thumbprint for each in self.pki):
            raise Rejected("Another object with the same value for property exists")
        self.pki.append(replace(authority, authority_id=f"id-{len(self.writes)}"))

    def remove_authority(self, authority: Authority) -> None:
        """Take it out."""
        self.writes.append("remove_authority")
        self.pki = [each for each in self.pki if each.thumbprint != authority.thumbprint]

    def set_crl(self, authority: Authority, crl_url: str, delta_crl_url: str) -> None:
        """Set its addresses."""
        self.writes.append("set_crl")
        if authority not in self.pki:
            raise NotFound("no such authority")
        moved = replace(authority, crl_url=crl_url, delta_crl_url=delta_crl_url)
        self.pki = [moved if each == authority else each for each in self.pki]

    def replace_classic(
        self, authorities: Sequence[Authority], *, kept: Sequence[Authority] | None = None
    ) -> None:
        """Delete all, and make these."""
        self.before_replacing()
        if self.classic and kept is not None and {*self.classic} not in ({*kept}, {*authorities}):
            raise Retryable("something else is there")
        self.writes.append("replace_classic")
        self._seen = list(self.classic)
        self.classic = []
        self.in_gap()
        if any(each.thumbprint in self.refused for each in authorities):
            raise Rejected("one of them is not taken")
        self.classic = list(authorities)

    def set_certificate_method(self, method: CertificateMethod) -> None:
        """Set it."""
        self.writes.append("set_certificate_method")
        self.method = method

    def set_prompt_login(self, domain: str, behavior: PromptLogin | None) -> None:
        """Set it for the federated domain."""
        self.writes.append("set_prompt_login")
        if domain.lower() != "contoso.com":
            raise NotFound("no such domain")
        self.prompt = behavior

    def account(self, user: str) -> Account:
        """Return nobody."""
        raise NotFound(user)

    def sign_ins(self, directory_id: str, since: datetime, at_most: int) -> tuple[SignIn, ...]:
        """Return none."""
        del directory_id, since, at_most
        return ()

    def _read(self, store: list[Authority]) -> list[Authority]:
        if self.lagging and self.writes:
            self.lagging -= 1
            return self._seen
        return store

    def permissions(self) -> frozenset[str]:
        """Return none."""
        return frozenset()


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
