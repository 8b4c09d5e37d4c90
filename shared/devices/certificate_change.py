"""What can be ordered about the certificates that users sign in with."""

from typing import Annotated, Any

import msgspec

from shared.devices.change import Change
from shared.trust import x509
from shared.trust.authority import Authority, Store
from shared.trust.federation import PromptLogin
from shared.trust.method import Binding, Mode, Rule, Target

DomainName = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.-]+$")]
Certificate = Annotated[
    str, msgspec.Meta(min_length=1, max_length=12_000, description="Base64 of DER, or PEM.")
]
Thumbprint = Annotated[
    str,
    msgspec.Meta(
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of the certificate.",
    ),
]
CrlAddress = Annotated[
    str, msgspec.Meta(max_length=1000, description="http: or https:; empty: there is none.")
]
AcceptGap = Annotated[
    bool,
    msgspec.Meta(
        description="Needed for the classic store: it is deleted and made anew, and nobody's "
        "certificate is accepted in between."
    ),
]
CaName = Annotated[str, msgspec.Meta(max_length=256)]


class SetModernAuthentication(Change, frozen=True, kw_only=True, tag="set_modern_authentication"):
    """Let Exchange take tokens, in place of passwords, or not."""

    enabled: bool


class SetPromptLogin(Change, frozen=True, kw_only=True, tag="set_prompt_login"):
    """Set what a federated domain makes of an app's wish for a fresh sign-in."""

    domain: DomainName
    behavior: PromptLogin | None


class AddTrustedCa(Change, frozen=True, kw_only=True, tag="add_trusted_ca"):
    """Trust an authority; in the classic store all others are gone for a moment."""

    certificate: Certificate
    is_root: bool
    name: CaName = ""
    crl_url: CrlAddress = ""
    delta_crl_url: CrlAddress = ""
    store: Store = Store.PKI
    accept_gap: AcceptGap = False


class RemoveTrustedCa(Change, frozen=True, kw_only=True, tag="remove_trusted_ca"):
    """Trust an authority no longer: who has a certificate of its own is shut out."""

    thumbprint: Thumbprint
    store: Store = Store.PKI
    accept_gap: AcceptGap = False


class SetCaCrl(Change, frozen=True, kw_only=True, tag="set_ca_crl"):
    """Set where an authority says what it has revoked."""

    thumbprint: Thumbprint
    crl_url: CrlAddress
    delta_crl_url: CrlAddress = ""
    store: Store = Store.PKI
    accept_gap: AcceptGap = False


class SetCertificateMethod(Change, frozen=True, kw_only=True, tag="set_certificate_method"):
    """Set sign-in by certificate; what is not named stays as it is."""

    enabled: bool | None = None
    bindings: list[Binding] | None = None
    default_mode: Mode | None = None
    rules: list[Rule] | None = None
    include: list[Target] | None = None
    exclude: list[Target] | None = None


StoreChange = AddTrustedCa | RemoveTrustedCa | SetCaCrl
CertificateChange = SetModernAuthentication | SetPromptLogin | StoreChange | SetCertificateMethod
KINDS: tuple[type[CertificateChange], ...] = (
    SetModernAuthentication,
    SetPromptLogin,
    AddTrustedCa,
    RemoveTrustedCa,
    SetCaCrl,
    SetCertificateMethod,
)
SHORT = 8  # characters of a thumbprint that tell authorities apart to a reader


def target(change: CertificateChange) -> str:
    """Return what the change is about: of two orders about the same, the newer stands."""
    match change:
        case SetModernAuthentication():
            return "modern authentication"
        case SetPromptLogin():
            return f"federated domain {change.domain.lower()}"
        case SetCertificateMethod():
            return "sign-in by certificate"
        case _ if leaves_gap(change):
            return "classic store of authorities"  # all of it is replaced at once
        case _:
            return f"authority {thumbprint(change)}"


def leaves_gap(change: object) -> bool:
    """Whether it replaces the whole classic store, which holds nothing in between."""
    return isinstance(change, StoreChange) and change.store is Store.CLASSIC


def thumbprint(change: StoreChange) -> str:
    """Return which authority it is about; Rejected if there is no certificate in it."""
    if isinstance(change, AddTrustedCa):
        return authority(change).thumbprint
    return change.thumbprint


def authority(change: AddTrustedCa) -> Authority:
    """Return the authority that is to be trusted; Rejected if there is no certificate in it."""
    return Authority(
        store=change.store,
        certificate=x509.from_text(change.certificate),
        is_root=change.is_root,
        name=change.name,
        crl_url=change.crl_url,
        delta_crl_url=change.delta_crl_url,
    )


def says(change: CertificateChange) -> str:
    """Return what the change is, in a few words."""
    match change:
        case SetModernAuthentication():
            return f"modern authentication switched {'on' if change.enabled else 'off'}"
        case SetPromptLogin():
            return f"prompt login of {change.domain} set to {change.behavior or 'nothing'}"
        case AddTrustedCa():
            kind = "root" if change.is_root else "intermediate"
            return f"{_named(change)} trusted as {kind} in {_where(change)}"
        case RemoveTrustedCa():
            return f"{_named(change)} trusted no longer in {_where(change)}"
        case SetCaCrl():
            urls = " and ".join(filter(None, [change.crl_url, change.delta_crl_url]))
            return f"CRL of {_named(change)} set to {urls or 'nothing'} in {_where(change)}"
        case SetCertificateMethod():
            return f"sign-in by certificate set ({', '.join(named(change))})"


def named(change: SetCertificateMethod) -> dict[str, Any]:
    """Return the settings that the change is to set, by their names in it."""
    fields = msgspec.structs.asdict(change)
    return {name: value for name, value in fields.items() if value is not None}


def _named(change: StoreChange) -> str:
    if not isinstance(change, AddTrustedCa):
        return f"authority {change.thumbprint[:SHORT]}"
    wanted = authority(change)
    name = change.name or x509.facts(wanted.certificate).subject
    return f"authority {name} ({wanted.thumbprint[:SHORT]})"


def _where(change: StoreChange) -> str:
    return "the classic store" if change.store is Store.CLASSIC else "the PKI store"
