"""A rotation begins: because somebody orders it, or because the certificate's time has come."""

from dataclasses import replace

from shared.credentials import rotation as judgement
from shared.credentials.certificate import App, Certificate
from shared.credentials.rotation import Phase, Rotation, Step
from shared.errors import Rejected
from shared.flows.rotation_ports import RotationPorts


def order(app: App, *, rotation_id: str, asked_by: str, ports: RotationPorts) -> Rotation:
    """
    Begin a rotation, whether or not one is due; return the one that runs, if one does.

    To repeat the order with the same id is harmless. Rejected if the tenant has not signed
    with any certificate yet, or signs in with something else.
    """
    _require_certificate(app)
    last = ports.rotations.last(app.tenant_id)
    if last and not last.is_finished:
        return last
    active = replaceable(app, ports)
    rotation = _new(app, active, last, rotation_id=rotation_id, asked_by=asked_by, ports=ports)
    return ports.rotations.open(_not_as_before(rotation, last))


def replaceable(app: App, ports: RotationPorts) -> Certificate:
    """Return the certificate in use; Rejected if the tenant has none."""
    _require_certificate(app)
    active = _active(app, ports)
    if active is None:
        raise Rejected("no certificate has earned a token yet: validate the certificate first")
    return active


def begin_if_due(
    app: App, *, rotation_id: str, asked_by: str, ports: RotationPorts
) -> Rotation | None:
    """
    Begin a rotation if the certificate nears its end, or the vault has renewed it by itself.

    Return the one that runs, if one does; None if there is nothing to do.
    """
    if not app.has_certificate:
        return None
    last = ports.rotations.last(app.tenant_id)
    if last and not last.is_finished:
        return last
    active = _active(app, ports)
    if active is None or judgement.rests(last, ports.clock()):
        return None
    versions = ports.vault.versions(app.certificate_name)
    if not judgement.is_due(active, versions, ports.clock(), ahead=ports.ahead):
        return None
    rotation = _new(app, active, last, rotation_id=rotation_id, asked_by=asked_by, ports=ports)
    return ports.rotations.open(rotation)


def _require_certificate(app: App) -> None:
    if not app.has_certificate:
        raise Rejected("this app signs in without a certificate: there is nothing to rotate")


def _active(app: App, ports: RotationPorts) -> Certificate | None:
    pinned = ports.pins.active(app.tenant_id)
    return ports.vault.certificate(app.certificate_name, pinned) if pinned else None


def _new(
    app: App,
    active: Certificate,
    last: Rotation | None,
    *,
    rotation_id: str,
    asked_by: str,
    ports: RotationPorts,
) -> Rotation:
    now = ports.clock()
    known = last.left if last else ()
    others = (key for key in known if key.thumbprint != active.thumbprint)
    return Rotation(
        rotation_id=rotation_id,
        app=app,
        asked_by=asked_by,
        started_at=now,
        since=now,
        old=judgement.key_of(active, known),
        leftovers=tuple(key for key in others if now < key.expires_at)[: judgement.MOST_LEFTOVERS],
        history=(Step(at=now, phase=Phase.CREATING, note=f"asked for by {asked_by}"),),
    )


def _not_as_before(rotation: Rotation, last: Rotation | None) -> Rotation:
    """Pass over the version that the last rotation failed with: who orders wants another."""
    failed = last.new if last and last.phase is Phase.FAILED else None
    if failed is None or failed.version == rotation.old.version:
        return rotation
    return replace(rotation, passed_over=failed.version)
