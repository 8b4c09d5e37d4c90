"""What a tenant may set for itself."""

from typing import Annotated

import msgspec

Budget = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
PerSecond = Annotated[float, msgspec.Meta(gt=0, le=1000)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tenant may set for itself; durations in seconds unless said otherwise."""

    wipe_settle: Annotated[float, msgspec.Meta(ge=0)] = 120.0
    # Hours that a device has to confirm its wipe.
    wipe_patience: Annotated[float, msgspec.Meta(gt=0, le=160)] = 72.0
    # Hours for which the old certificate still works after a rotation has switched to the new.
    certificate_overlap: Annotated[float, msgspec.Meta(ge=0, le=160)] = 24.0
    key_trials_apart: Annotated[float, msgspec.Meta(ge=0, le=300)] = 20.0  # of a new key
    # Days before a certificate's end when it is rotated unasked; 0: never.
    rotate_ahead: Annotated[float, msgspec.Meta(ge=0, le=365)] = 30.0
    gone_after: Annotated[float, msgspec.Meta(ge=0, le=8760)] = 48.0  # hours that nobody lists it
    repair_drift: bool = True  # False: what is not as last said is counted and told, no more
    repairs_per_run: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 500
    writes: bool = True  # False stops every change to this tenant's Exchange
    # What happens unasked, by the tenant and in any hour; more is held until somebody approves.
    wipes_per_hour: Budget = 10
    blocks_per_hour: Budget = 100
    removals_per_hour: Budget = 100
    policy_changes_per_hour: Budget = 20
    # Of the known devices, what one sender, requester or sweep may tighten in any hour.
    fleet_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    # True: the CAs of users' certificates are looked at daily, which takes permissions in Graph.
    watch_user_certificates: bool = False
    approvals: bool = True  # False: nobody is asked before a whole device is wiped, and the like
    # Hours that what is held waits for an approver.
    held_for: Annotated[float, msgspec.Meta(gt=0, le=168)] = 168.0
    calls_per_second: PerSecond = 20.0  # where learning what Exchange bears starts
    destructive_per_second: PerSecond = 2.0  # changes, of all workers together
