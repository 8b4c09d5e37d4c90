"""An office for orders about users' certificates, over what is held in memory."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.devices import certificate_images as images
from shared.devices.guard import Allowances
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from tests.contract.planned_office import Planned
from tests.contract.tenant_commands_world import Office
from tests.unit.brake_world import UNLIMITED
from tests.unit.certificate_changes_world import FakeDirectory, FakeOrganization


@dataclass
class CertificateOffice:
    """One tenant's."""

    directory: FakeDirectory = field(default_factory=FakeDirectory)
    organization: FakeOrganization = field(default_factory=FakeOrganization)
    allowances: Allowances = UNLIMITED
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office(
            directory=self.directory, organization=self.organization, allowances=self.allowances
        )

    @property
    def planned(self) -> Planned:
        """Return it for those who look first, and think again."""
        return Planned(office=self.office)

    @property
    def shown(self) -> Any:  # noqa: ANN401 - to be compared only
        """All that orders may change, as it stands, in a fixed order."""
        return {
            "pki": sorted(msgspec.json.encode(images.of_authority(e)) for e in self.directory.pki),
            "classic": images.of_store(self.directory.classic),
            "method": images.of_method(self.directory.method),
            "prompt": self.directory.prompt,
            "organization": self.organization.is_on,
        }

    @property
    def classic(self) -> set[str]:
        """The thumbprints in the classic store."""
        return {each.thumbprint for each in self.directory.classic}

    @property
    def writes(self) -> int:
        """How often anything was changed."""
        return len(self.directory.writes) + self.organization.writes

    def done(self, command: TenantCommand) -> Operation:
        """Take an order in, carry it out, and let Entra ID settle."""
        operation = self.planned.done(command)
        self.settle()
        return operation

    def settle(self) -> None:
        """Let some minutes pass."""
        self.office.scene.world.clock.advance(minutes=5)
