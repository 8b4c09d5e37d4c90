"""How a change of users' certificates is told before it is made, and looked at afterwards."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from shared.devices import certificate_change
from shared.devices.certificate_change import CertificateChange
from shared.devices.certificate_images import is_reached
from shared.devices.certificate_warnings import warnings
from shared.devices.tenant_change import Altered, Image
from shared.errors import Retryable
from shared.trust.authority import Authority

NOT_YET_VISIBLE = timedelta(seconds=10)

T = TypeVar("T", bound=Image | None)


def altered(
    change: CertificateChange, before: Image | None, *, left: Sequence[Authority]
) -> Altered:
    """Return what the change would do, with what to mind; *left* is then in its store."""
    says = certificate_change.says(change)
    if is_reached(change, before):
        return Altered(says=f"{says}, as it is already", before=before)
    minded = [f"mind: {warning}" for warning in warnings(change, left)]
    return Altered(says="; ".join([says, *minded]), before=before)


def shown(change: CertificateChange, standing: T) -> T:
    """Return how it stands; Retryable while what was made is not to be seen."""
    if not is_reached(change, standing):
        about = certificate_change.target(change)
        raise Retryable(f"changed, but not to be seen yet: {about}", after=NOT_YET_VISIBLE)
    return standing
