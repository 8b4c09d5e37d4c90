"""Everything that is told of, and done about, the inventories of all tenants."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.flows.device_list import DeviceList
from shared.flows.inventory_ports import Pictures, Runs
from shared.flows.inventory_reports import Reporting
from shared.flows.inventory_run import InventoryRun
from shared.flows.inventory_schedule import InventorySchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventories:
    """What begins runs, what takes them further, and who answers from what they found."""

    schedule: InventorySchedule
    stories: Mapping[str, InventoryRun]  # by tenant id
    runs: Runs
    pictures: Pictures
    devices: DeviceList
    reports: Reporting
