"""The watch finds that a certificate is due: its rotation is begun, or helped on."""

import uuid
from collections.abc import Callable

from shared.credentials import rotation as judgement
from shared.credentials.certificate import App
from shared.credentials.rotation import Rotation
from shared.devices.operation import Operation
from shared.devices.tenant_change import RotateCertificate, TenantCommand
from shared.flows import certificate_rotation, rotation_beginning
from shared.flows.rotation_ports import RotationPorts

ASKED_BY = "timer"


def begin_if_due(
    app: App, *, ports: RotationPorts, accept: Callable[[TenantCommand], Operation]
) -> None:
    """
    Order a rotation whose time has come; one whose message was lost is ordered again.

    Of two that begin at once the records keep one. Its id cannot be foretold: a system that
    ordered something under it first could make the rotation wait for an approver.
    """
    now = ports.clock()
    last = ports.rotations.last(app.tenant_id)
    if last is not None and judgement.is_stalled(last, ports.overlap, now):
        if accept(_order(last)).is_finished:
            why = "its order has ended, and nobody takes it further"
            certificate_rotation.give_up(last, why, ports=ports)
        return
    if last is not None and not last.is_finished:
        return
    own_id = str(uuid.uuid4())
    begun = rotation_beginning.begin_if_due(app, rotation_id=own_id, asked_by=ASKED_BY, ports=ports)
    if begun is not None:
        accept(_order(begun))


def is_rotating(app: App, ports: RotationPorts) -> bool:
    """Whether a rotation is under way."""
    last = ports.rotations.last(app.tenant_id)
    return last is not None and not last.is_finished


def _order(rotation: Rotation) -> TenantCommand:
    return TenantCommand(
        command_id=rotation.rotation_id,
        tenant_id=rotation.app.tenant_id,
        change=RotateCertificate(),
        reason="the certificate is due",
        requested_by=rotation.asked_by,
    )
