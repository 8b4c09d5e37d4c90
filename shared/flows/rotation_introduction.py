"""The new certificate comes in: found or made, registered, tried, and only then switched to."""

from collections.abc import Sequence
from dataclasses import replace

from shared.credentials import rotation as judgement
from shared.credentials.certificate import Certificate
from shared.credentials.rotation import NEEDED, Key, Phase, Rotation
from shared.errors import Conflict, NotPermitted, Rejected, Retryable, Unfinished
from shared.flows.rotation_ports import RotationPorts


def find_successor(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """
    Take the newer version that the vault has, or have it make one.

    The vault may have renewed by itself, and so may a worker that died before it could say so.
    """
    name = rotation.app.certificate_name
    if not rotation.beyond:
        versions = ports.vault.versions(name)
        found = _newer(rotation, versions, ports)
        if found is not None:
            return _chosen(rotation, found, ports)
        # Noted first: what comes after it is ours, whoever of us has had it made.
        rotation = ports.rotations.save(replace(rotation, beyond=versions[-1].version))
    version = ports.versions.create_version(name, beyond=rotation.beyond)
    if version is None:
        raise Retryable("the vault is still issuing the new version", after=ports.apart)
    return _chosen(rotation, ports.vault.certificate(name, version), ports)


def register(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Put the new certificate on the registration, unless it is there; the old one vouches."""
    name, key = rotation.app.certificate_name, rotation.successor
    new = ports.vault.certificate(name, key.version)
    old = ports.vault.certificate(name, rotation.old.version)
    known = _registered(rotation, new, old, ports)
    if known is not None:
        found = replace(rotation, new=known)
        return _entered(found, Phase.PROPAGATING, "the new certificate is registered", ports)
    if not judgement.is_usable(old, ports.clock()):
        raise Rejected(_break_glass(new))
    if not ports.vault.proves_key(new):
        raise Rejected(f"the vault's key does not belong to version {new.version}")
    # Written down first: whoever finds it like this cannot know whether it was done.
    rotation = ports.rotations.save(replace(rotation, attempted_at=ports.clock()))
    try:
        key_id = ports.registrations.add_key(rotation.app, new, signed_by=old)
    except Conflict:
        key_id = ""
    done = replace(rotation, new=replace(key, key_id=key_id))
    return _entered(done, Phase.PROPAGATING, "the new certificate has been registered", ports)


def try_successor(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Try the new key, until it has worked several times running: replicas learn one by one."""
    rest = judgement.rest_before_trial(rotation, ports.clock(), ports.apart)
    if rest:
        raise Unfinished("the new key was tried a moment ago", after=rest)
    if _works(rotation, ports):
        rotation = judgement.tried(rotation, ports.clock(), successes=rotation.successes + 1)
    elif judgement.is_too_slow(rotation, ports.clock()):
        return _never_known(rotation, ports)
    else:
        rotation = judgement.tried(rotation, ports.clock(), successes=0)
    if rotation.successes >= NEEDED:
        note = f"the new key has earned {rotation.successes} tokens running"
        return _entered(rotation, Phase.SWITCHING, note, ports)
    ports.rotations.save(rotation)
    earned = f"the new key has earned {rotation.successes} tokens so far"
    raise Unfinished(earned, after=ports.apart)


def switch(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Let the tenant sign with the new key, if it works this very moment, in Exchange too."""
    app, key = rotation.app, rotation.successor
    pinned = ports.pins.active(app.tenant_id)
    if pinned not in {key.version, rotation.old.version}:
        raise Rejected(f"the tenant has come to sign with version {pinned}, which is neither")
    if pinned != key.version:
        if not _works(rotation, ports):
            doubted = judgement.tried(rotation, ports.clock(), successes=0)
            return _entered(doubted, Phase.PROPAGATING, "the new key does not work again", ports)
        ports.exchange.answers(app, ports.vault.certificate(app.certificate_name, key.version))
        # Whoever has moved the rotation on meanwhile stops us here, even if we slept for days.
        rotation = ports.rotations.save(replace(rotation, attempted_at=ports.clock()))
        ports.pins.move(app.tenant_id, old=rotation.old.version, new=key.version)
    switched = replace(rotation, switched_at=ports.clock())
    return _entered(switched, Phase.OVERLAP, f"the tenant signs with version {key.version}", ports)


def _newer(
    rotation: Rotation, versions: Sequence[Certificate], ports: RotationPorts
) -> Certificate | None:
    newest = judgement.newer(versions, rotation.old.version, ports.clock())
    if newest is None or newest.version != rotation.passed_over:
        return newest
    return newest if ports.entra.earns_token(rotation.app, newest) else None


def _chosen(rotation: Rotation, found: Certificate, ports: RotationPorts) -> Rotation:
    chosen = replace(rotation, new=judgement.key_of(found, rotation.leftovers))
    note = f"version {found.version} is to follow on {rotation.old.version}"
    return _entered(chosen, Phase.REGISTERING, note, ports)


def _registered(
    rotation: Rotation, new: Certificate, old: Certificate, ports: RotationPorts
) -> Key | None:
    """Return the new key if it is registered; Retryable while an earlier attempt is in doubt."""
    key = rotation.successor
    if key.key_id or ports.entra.earns_token(rotation.app, new):
        return key
    doubt = judgement.SETTLE
    try:
        # An old key that has run out cannot ask; then the token alone was to tell.
        usable = judgement.is_usable(old, ports.clock())
        asked = ports.registrations.key_ids(rotation.app, new, signed_by=old) if usable else ()
    except NotPermitted:
        asked, doubt = (), judgement.LONGEST_PROPAGATION
    if asked:
        return replace(key, key_id=asked[0])
    if judgement.is_uncertain(rotation, ports.clock(), doubt):
        doubtful = "whether the new certificate was registered is not known yet"
        raise Retryable(doubtful, after=ports.apart)
    return None


def _works(rotation: Rotation, ports: RotationPorts) -> bool:
    app = rotation.app
    new = ports.vault.certificate(app.certificate_name, rotation.successor.version)
    if not judgement.is_usable(new, ports.clock()):
        raise Rejected(f"version {new.version} is disabled or out of its dates in the vault")
    return ports.entra.earns_token(app, new)


def _never_known(rotation: Rotation, ports: RotationPorts) -> Rotation:
    why = (
        f"Entra ID does not know the new certificate {rotation.successor.thumbprint}, which was "
        "registered"
    )
    # Its key id is forgotten: the next rotation may find that it is not registered at all.
    forgotten = replace(rotation, new=replace(rotation.successor, key_id=""), why=why)
    remedy = "the tenant signs with the old certificate as before: order a rotation later"
    return _entered(replace(forgotten, remedy=remedy), Phase.FAILED, why, ports)


def _break_glass(new: Certificate) -> str:
    return (
        "the old certificate cannot vouch for the new one any more: let an owner of the app "
        f"register version {new.version} (SHA-256 {new.thumbprint}) by hand, then order a rotation"
    )


def _entered(rotation: Rotation, phase: Phase, note: str, ports: RotationPorts) -> Rotation:
    return ports.rotations.save(judgement.entered(rotation, phase, note, ports.clock()))
