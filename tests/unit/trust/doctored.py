"""What the doctor says of a tenant."""

from dataclasses import dataclass, field

from shared.flows.trust_examination import Asked
from shared.trust.doctor.findings import Detail, Finding, Report
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeClock
from tests.unit.trust import pki
from tests.unit.trust_world import FakeLists, FakeTenant, TrustWorld

NOBODY = Asked()
ADELE = Asked(user=pki.UPN)
SAMPLE = Asked(user=pki.UPN, certificate=pki.a_user_certificate())


@dataclass
class Patient:
    """A tenant, and what stands at the addresses of its lists."""

    tenant: FakeTenant = field(default_factory=FakeTenant)
    lists: FakeLists = field(default_factory=FakeLists)
    may_write: bool = True

    def report(self, asked: Asked = SAMPLE) -> Report:
        """Let the doctor look."""
        world = TrustWorld(FakeClock(), {TENANT: self.tenant}, self.lists, self.may_write)
        return world.trusting.doctor(TENANT).report(asked)

    def row(self, name: str, asked: Asked = SAMPLE) -> Finding:
        """Return one row of the report."""
        [found] = [each for each in self.report(asked).rows if each.row == name]
        return found


def codes(row: Finding) -> list[str]:
    """Return what is not as it should be."""
    return [each.code for each in row.details if each.code]


def about(row: Finding, code: str) -> list[Detail]:
    """Return the details with a code."""
    return [each for each in row.details if each.code == code]
