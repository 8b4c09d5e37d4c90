"""The old certificate goes: when no token of its is left, and the new one works that moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.credentials import rotation as judgement
from shared.credentials.certificate import Certificate
from shared.credentials.rotation import Key, Phase, Rotation
from shared.errors import Misconfigured, NotFound, NotPermitted, Rejected, Retryable, Unfinished
from shared.flows.rotation_ports import RotationPorts

BY_HAND = "remove from the app registration, and disable in the vault, what is named here"


def wait(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Let both keys work until every token and assertion of the old one has run out."""
    left = judgement.overlap_left(rotation, ports.overlap, ports.clock())
    if left > timedelta():
        raise Unfinished("the old key stays registered for the overlap", after=left)
    return _entered(rotation, Phase.RETIRING, "the overlap is over", ports)


def retire(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Remove and disable the old key, if the new one is in use and has just been proved to work."""
    app, key = rotation.app, rotation.successor
    pinned = ports.pins.active(app.tenant_id)
    if pinned != key.version:
        raise Rejected(f"the tenant has come to sign with version {pinned} again")
    new = ports.vault.certificate(app.certificate_name, key.version)
    if not _works(rotation, new, ports):
        return _fall_back(rotation, ports)
    # Whoever has moved the rotation on meanwhile stops us here.
    rotation = ports.rotations.save(replace(rotation, attempted_at=ports.clock()))
    left, undone = [], []
    for each in rotation.doomed:
        old = _in_vault(rotation, each, ports)
        if why := _not_removed(rotation, each, old, new, ports=ports):
            left.append(each)
            undone.append(why)
        # Even then: nobody is to sign with it any more.
        undone.append(_not_disabled(old, ports))
    why = "; ".join(filter(None, undone))
    done = replace(rotation, leftovers=tuple(left), why=why, remedy=BY_HAND if why else "")
    return _entered(done, Phase.DONE, why or "the old key is removed and disabled", ports)


def _works(rotation: Rotation, certificate: Certificate, ports: RotationPorts) -> bool:
    is_usable = judgement.is_usable(certificate, ports.clock())
    return is_usable and ports.entra.earns_token(rotation.app, certificate)


def _fall_back(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Sign with the old key again, if at least that one works; nothing is removed."""
    app = rotation.app
    old = ports.vault.certificate(app.certificate_name, rotation.old.version)
    if not _works(rotation, old, ports):
        raise Rejected("neither the new key works any more nor the old one: validate both")
    rotation = ports.rotations.save(replace(rotation, attempted_at=ports.clock()))
    ports.pins.move(app.tenant_id, old=rotation.successor.version, new=old.version)
    why = f"version {rotation.successor.version} stopped working after the switch"
    remedy = f"the tenant signs with version {old.version} again: validate, then order a rotation"
    return _entered(replace(rotation, why=why, remedy=remedy), Phase.FAILED, why, ports)


def _in_vault(rotation: Rotation, key: Key, ports: RotationPorts) -> Certificate | None:
    try:
        return ports.vault.certificate(rotation.app.certificate_name, key.version)
    except NotFound:
        return None


def _not_removed(
    rotation: Rotation,
    key: Key,
    old: Certificate | None,
    new: Certificate,
    *,
    ports: RotationPorts,
) -> str:
    """Take an old key off the registration; return why it may still be there."""
    named = f"key SHA-256 {key.thumbprint} may still be registered"
    try:
        ids = _key_ids(rotation, key, old, new, ports=ports)
        for key_id in ids or ():
            ports.registrations.remove_key(rotation.app, key_id, signed_by=new)
    except (Rejected, Misconfigured) as refusal:
        return f"{named}: {refusal}"
    return "" if ids is not None else f"{named}: the app may not read its registration"


def _key_ids(
    rotation: Rotation,
    key: Key,
    old: Certificate | None,
    new: Certificate,
    *,
    ports: RotationPorts,
) -> Sequence[str] | None:
    """Return the ids under which an old key is registered; None if nobody can tell."""
    app, known = rotation.app, (key.key_id,) if key.key_id else None
    if old is None:
        return known
    try:
        if not ports.registrations.key_ids(app, new, signed_by=new):
            raise Retryable("the registration does not show the new key yet: the old one stays")
        return ports.registrations.key_ids(app, old, signed_by=new)
    except NotPermitted:
        return known


def _not_disabled(old: Certificate | None, ports: RotationPorts) -> str:
    """Disable an old version, if the vault still has it; return why it may be enabled."""
    if old is None:
        return ""
    try:
        ports.versions.disable(old)
    except (Rejected, Misconfigured) as refusal:
        return f"version {old.version} may still be enabled: {refusal}"
    return ""


def _entered(rotation: Rotation, phase: Phase, note: str, ports: RotationPorts) -> Rotation:
    return ports.rotations.save(judgement.entered(rotation, phase, note, ports.clock()))
