"""A tenant as TENANTS names it, and what it has set for itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from shared.credentials.certificate import App, Credential
from shared.devices.guard import Allowances
from shared.limits import Limits

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=127)]


class TenantEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of TENANTS, as written."""

    tenant_id: UUID
    organization: Name
    client_id: UUID
    credential: Credential = Credential.CERTIFICATE
    certificate_name: Annotated[str, msgspec.Meta(max_length=127)] = ""
    application_object_id: UUID | None = None  # needed where the app may not read it
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One tenant and its app registration; GUIDs in lower case."""

    app: App
    organization: str
    limits: Limits

    @property
    def wipe_settle(self) -> timedelta:
        """How long a look back after a wipe of unknown outcome still proves nothing."""
        return timedelta(seconds=self.limits.wipe_settle)

    @property
    def wipe_patience(self) -> timedelta:
        """How long after its request a wipe's confirmation is waited for."""
        return timedelta(hours=self.limits.wipe_patience)

    @property
    def certificate_overlap(self) -> timedelta:
        """How long the old certificate still works after a rotation has switched to the new."""
        return timedelta(hours=self.limits.certificate_overlap)

    @property
    def key_trials_apart(self) -> timedelta:
        """How long after a trial of a new key the next one shows anything new."""
        return timedelta(seconds=self.limits.key_trials_apart)

    @property
    def rotate_ahead(self) -> timedelta:
        """How long before its end a certificate is rotated unasked."""
        return timedelta(days=self.limits.rotate_ahead)

    @property
    def allowances(self) -> Allowances:
        """What happens in any hour before somebody has to approve it."""
        limits = self.limits
        return Allowances(
            wipes=limits.wipes_per_hour,
            blocks=limits.blocks_per_hour,
            removals=limits.removals_per_hour,
            policy_changes=limits.policy_changes_per_hour,
            share=limits.fleet_share,
            four_eyes=limits.approvals,
        )

    @property
    def held_for(self) -> timedelta:
        """How long a held operation waits for an approver before it is given up."""
        return timedelta(hours=self.limits.held_for)

    @property
    def gone_after(self) -> timedelta:
        """How long full runs must have missed a device before it counts as gone."""
        return timedelta(hours=self.limits.gone_after)
