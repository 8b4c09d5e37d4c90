"""
A tenant's certificate is rotated without a gap.

A new version is made or found in the vault, registered with a proof signed by the old one,
tried until Entra ID knows it everywhere, and switched to; when every token of the old one has
run out, that is removed and disabled. Its parts: `rotation_beginning`, `rotation_introduction`
up to the switch, `rotation_retirement` from there on.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.credentials import rotation as judgement
from shared.credentials.rotation import Phase, Rotation
from shared.errors import Contended, Misconfigured, NotFound, Rejected, Retryable, Unfinished
from shared.flows import rotation_introduction, rotation_retirement
from shared.flows.rotation_ports import RotationPorts

REMEDY = "put right what is named here, then order a rotation; no key in use was touched"
STEPS: dict[Phase, Callable[[Rotation, RotationPorts], Rotation]] = {
    Phase.CREATING: rotation_introduction.find_successor,
    Phase.REGISTERING: rotation_introduction.register,
    Phase.PROPAGATING: rotation_introduction.try_successor,
    Phase.SWITCHING: rotation_introduction.switch,
    Phase.OVERLAP: rotation_retirement.wait,
    Phase.RETIRING: rotation_retirement.retire,
}


def go_on(rotation: Rotation, *, ports: RotationPorts) -> Rotation:
    """
    Take the rotation on from wherever it stands, and return it once it is closed.

    Unfinished says when to go on, Retryable that something is in the way. It is closed when
    it has come to an end, good or bad, and that has been told.
    """
    while not rotation.is_finished:
        try:
            rotation = STEPS[rotation.phase](rotation, ports)
        except (Contended, Unfinished):
            raise
        except Retryable as trouble:
            if not judgement.is_out_of_patience(rotation, ports.clock()):
                raise
            rotation = _stop(rotation, f"for {judgement.PATIENCE.days} days: {trouble}", ports)
        except (Rejected, Misconfigured) as refusal:
            rotation = _stop(rotation, str(refusal), ports)
    return _told(rotation, ports)


def give_up(rotation: Rotation, why: str, *, ports: RotationPorts) -> Rotation:
    """End the rotation for a reason outside it; no key is touched."""
    latest = _latest(rotation, ports)
    if not latest.is_finished:
        latest = _stop(latest, why, ports)
    return _told(latest, ports)


def _stop(rotation: Rotation, why: str, ports: RotationPorts) -> Rotation:
    latest = _latest(rotation, ports)
    if latest.phase is not rotation.phase:
        raise Contended("another worker has taken the rotation on meanwhile")
    failed = judgement.entered(latest, Phase.FAILED, why, ports.clock())
    return ports.rotations.save(replace(failed, why=why, remedy=REMEDY))


def _latest(rotation: Rotation, ports: RotationPorts) -> Rotation:
    latest = ports.rotations.find(rotation.app.tenant_id, rotation.rotation_id)
    if latest is None:
        raise NotFound(f"there is no record of rotation {rotation.rotation_id}")
    return latest


def _told(rotation: Rotation, ports: RotationPorts) -> Rotation:
    """Tell how it ended, before it counts as closed."""
    if rotation.told_at is not None:
        return rotation
    if rotation.phase is Phase.DONE:
        ports.events.certificate_rotated(rotation)
    else:
        ports.events.certificate_rotation_failed(rotation)
    return ports.rotations.save(replace(rotation, told_at=ports.clock()))
