"""What a run of the inventory has to tell of one partnership."""

from dataclasses import dataclass
from datetime import datetime

from shared.devices.drift import Verdict
from shared.devices.origin import Origin
from shared.devices.sights import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A partnership that is new, gone, or whose access has changed; and who did it."""

    tenant_id: str
    run_id: str
    compared_with: str  # the run before, whose picture shows it as it was
    at: datetime  # when the run began
    sight: Sight
    origin: Origin
    drift: Verdict | None = None  # whether it is as it was last said to be
    replaces: str = ""  # the guid it was known under before
    replaced_by: str = ""  # the guid it is known under now
