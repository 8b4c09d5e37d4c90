"""How what users' certificates rest on is kept: before a change, to be shown and brought back."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from shared.devices import certificate_change
from shared.devices.certificate_change import (
    AddTrustedCa,
    CertificateChange,
    RemoveTrustedCa,
    SetCaCrl,
    SetCertificateMethod,
    SetModernAuthentication,
    SetPromptLogin,
    StoreChange,
)
from shared.devices.tenant_change import LONGEST_IMAGE, Image
from shared.errors import NotFound, Rejected
from shared.trust.authority import Authority, Store
from shared.trust.federation import Federation
from shared.trust.method import CertificateMethod

AUTHORITIES = "authorities"  # of a store's image: its entries


def of_authority(authority: Authority) -> Image:
    """Return all that is needed to trust it again."""
    return {"name": authority.name, **_entry(authority)}


def of_addresses(authority: Authority) -> Image:
    """Return where it says what it has revoked."""
    return {"crl_url": authority.crl_url, "delta_crl_url": authority.delta_crl_url}


def of_store(authorities: Iterable[Authority]) -> Image:
    """Return the classic store whole, in a fixed order; Rejected if it is too long to be kept."""
    return _kept(
        {AUTHORITIES: _ordered([_entry(each) for each in authorities])}, "the classic store"
    )


def store(image: Image) -> tuple[Authority, ...]:
    """Return what the classic store held."""
    return tuple(
        Authority(
            store=Store.CLASSIC,
            certificate=base64.b64decode(each["certificate"]),
            is_root=each["is_root"],
            crl_url=each["crl_url"],
            delta_crl_url=each["delta_crl_url"],
        )
        for each in image[AUTHORITIES]
    )


def of_federation(federation: Federation) -> Image:
    """Return a domain's prompt login; a value that nobody knows is shown, not understood."""
    unknown = federation.unknown_prompt_login
    return {"behavior": unknown or federation.prompt_login, "is_known": not unknown}


def of_method(method: CertificateMethod) -> Image:
    """Return the method's settings, lists in a fixed order; Rejected if they are too long."""
    image: Image = msgspec.to_builtins(method)
    ordered = {name: _ordered(each) for name, each in image.items()}
    return _kept(ordered, "what is set about sign-in by certificate")


def merged(method: CertificateMethod, change: SetCertificateMethod) -> CertificateMethod:
    """Return the settings with those in place that the change names."""
    shown = msgspec.to_builtins(method) | _settings(change)
    return msgspec.convert(shown, CertificateMethod)


def changed(change: StoreChange, held: Iterable[Authority]) -> tuple[Authority, ...]:
    """Return what the classic store is to hold, where it held this; NotFound: not whose CRL."""
    held, wanted = tuple(held), certificate_change.thumbprint(change)
    named = [each for each in held if each.thumbprint == wanted]
    others = [each for each in held if each.thumbprint != wanted]
    match change:
        case AddTrustedCa():
            return (*others, certificate_change.authority(change))
        case RemoveTrustedCa():
            return tuple(others)
        case SetCaCrl():
            if not named:
                raise not_held(change)
            crl, delta = change.crl_url, change.delta_crl_url
            moved = [replace(each, crl_url=crl, delta_crl_url=delta) for each in named]
            return (*others, *moved)


def not_held(change: StoreChange) -> NotFound:
    """Return the refusal of a change of what is not there."""
    wanted = certificate_change.thumbprint(change)
    return NotFound(
        f"the {change.store} store holds no authority {wanted}: name it by SHA-256, or add it first"
    )


def is_reached(change: CertificateChange, standing: Image | None) -> bool:
    """Whether *standing*, the image of what is to change, is what the change asks for."""
    if standing is None:
        return isinstance(change, RemoveTrustedCa)
    match change:
        case SetModernAuthentication():
            return standing.get("enabled") is change.enabled
        case SetPromptLogin():
            return bool(standing.get("is_known")) and standing.get("behavior") == change.behavior
        case SetCertificateMethod():
            wanted = _settings(change).items()
            return all(standing.get(name) == _ordered(each) for name, each in wanted)
        case _:
            return _is_so(change, entries(change, standing))


def entries(change: StoreChange, standing: Image) -> list[Mapping[str, Any]]:
    """Return what an image shows of the authority that the change is about."""
    if AUTHORITIES not in standing:
        return [standing] if standing else []
    wanted = certificate_change.thumbprint(change)
    return [each for each in standing[AUTHORITIES] if each["thumbprint"] == wanted]


def _entry(authority: Authority) -> Image:
    """Return an authority as the classic store has it: without a name."""
    return {
        "thumbprint": authority.thumbprint,
        "certificate": base64.b64encode(authority.certificate).decode(),
        "is_root": authority.is_root,
        **of_addresses(authority),
    }


def _is_so(change: StoreChange, found: list[Mapping[str, Any]]) -> bool:
    if isinstance(change, RemoveTrustedCa):
        return not found
    wanted: Image = {"crl_url": change.crl_url, "delta_crl_url": change.delta_crl_url}
    if isinstance(change, AddTrustedCa):
        wanted["is_root"] = change.is_root
    return bool(found) and all(
        all(each.get(name) == value for name, value in wanted.items()) for each in found
    )


def _settings(change: SetCertificateMethod) -> dict[str, Any]:
    """Return what the change names, as the method's image names it."""
    named: dict[str, Any] = msgspec.to_builtins(certificate_change.named(change))
    return {"is_enabled" if name == "enabled" else name: each for name, each in named.items()}


def _ordered(value: object) -> object:
    """Return a list in a fixed order: Entra ID gives it in any."""
    return sorted(value, key=msgspec.json.encode) if isinstance(value, list | tuple) else value


def _kept(image: Image, what: str) -> Image:
    length = len(msgspec.json.encode(image))
    if length > LONGEST_IMAGE:
        raise Rejected(
            f"{what} takes {length} bytes, and {LONGEST_IMAGE} can be kept: without a back-up "
            "nothing is changed; change it where it is, or take the PKI store"
        )
    return image
