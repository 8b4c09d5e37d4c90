"""The order that takes a change of what users' certificates rest on back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.devices import certificate_change, certificate_images
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
from shared.devices.tenant_change import Image
from shared.errors import Conflict
from shared.trust.federation import PromptLogin


def inverse(change: CertificateChange, before: Image | None) -> CertificateChange:
    """Return it, from how its target stood before; Conflict says why there is none."""
    match change:
        case SetModernAuthentication():
            return _switched(before or {})
        case SetPromptLogin():
            return _prompted(change, before or {})
        case SetCertificateMethod():
            return _set(change, before or {})
        case AddTrustedCa():
            return RemoveTrustedCa(
                thumbprint=certificate_change.thumbprint(change),
                store=change.store,
                accept_gap=change.accept_gap,
            )
        case RemoveTrustedCa():
            return _added(change, _entry(change, before))
        case SetCaCrl():
            held = _entry(change, before)
            return msgspec.structs.replace(
                change, crl_url=held["crl_url"], delta_crl_url=held["delta_crl_url"]
            )


def _switched(before: Image) -> SetModernAuthentication:
    if before.get("enabled") is None:
        raise Conflict("Exchange did not show whether modern authentication was on")
    return SetModernAuthentication(enabled=before["enabled"])


def _prompted(change: SetPromptLogin, before: Image) -> SetPromptLogin:
    if not before.get("is_known"):
        raise Conflict(f"it stood at {before.get('behavior')}, which cannot be ordered")
    value = before["behavior"]
    behavior = None if value is None else PromptLogin(value)
    return SetPromptLogin(domain=change.domain, behavior=behavior)


def _set(change: SetCertificateMethod, before: Image) -> SetCertificateMethod:
    names = certificate_change.named(change)
    held = {name: before["is_enabled" if name == "enabled" else name] for name in names}
    return msgspec.convert(held, SetCertificateMethod)


def _added(change: RemoveTrustedCa, held: Mapping[str, Any]) -> AddTrustedCa:
    return AddTrustedCa(
        certificate=held["certificate"],
        is_root=held["is_root"],
        name=held.get("name", ""),  # the classic store has none
        crl_url=held["crl_url"],
        delta_crl_url=held["delta_crl_url"],
        store=change.store,
        accept_gap=change.accept_gap,
    )


def _entry(change: StoreChange, before: Image | None) -> Mapping[str, Any]:
    """Return how the authority stood."""
    found = certificate_images.entries(change, before or {})
    if len(found) != 1:
        # Of an authority that stood there twice the two may have differed.
        raise Conflict(f"the authority stood there {len(found)} times: look at the image before")
    return found[0]
