"""Who else has changed rules, policies or the default access level since the last look."""

from dataclasses import dataclass

from shared.devices import settings_change
from shared.devices.inventory_run import Run
from shared.devices.model import AccessPolicy
from shared.devices.settings_change import Seen, SettingsChange
from shared.flows.inventory_ports import ExchangeInventory, InventoryEvents, SettingsSeen
from shared.flows.ports import Clock, Journal
from shared.flows.tenant_command import TenantOrders


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsWatch:
    """Compares what decides over all devices with how it was."""

    exchange: ExchangeInventory
    seen: SettingsSeen
    orders: TenantOrders
    journal: Journal
    events: InventoryEvents
    clock: Clock

    def look(self, run: Run) -> None:
        """Tell what somebody else has changed; the first look has nothing to compare with."""
        before, now = self.seen.last(run.tenant_id), self.clock()
        after = self.exchange.settings()
        if before is not None:
            for change in settings_change.changes(before, after):
                if not self._is_ours(run, change):
                    self.events.settings_changed(run, change)
        self.seen.keep(run.tenant_id, Seen(settings=after, at=now))

    def policy(self, run: Run) -> AccessPolicy:
        """Return what was seen by the last look."""
        seen = self.seen.last(run.tenant_id)
        if seen is None:
            raise AssertionError("a run looks before it compares")
        return AccessPolicy(default=seen.settings.default, rules=seen.settings.rules)

    def _is_ours(self, run: Run, change: SettingsChange) -> bool:
        """Whether an order of ours did it: that has told of itself."""
        newest = self.orders.newest(run.tenant_id, change.target)
        made = self.journal.find(run.tenant_id, newest.command_id) if newest else None
        return settings_change.is_ours(change, made)
