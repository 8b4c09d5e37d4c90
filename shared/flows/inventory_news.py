"""Tells what has become of single partnerships, and who did it."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.devices.drift import Verdict
from shared.devices.groups import Seen, is_known
from shared.devices.inventory_run import Run
from shared.devices.model import Action
from shared.devices.news import News
from shared.devices.origin import Acted, Cause, Origin, origin
from shared.devices.said import Said
from shared.devices.sights import Sight
from shared.flows.inventory_before import Before
from shared.flows.inventory_gone import Gone
from shared.flows.inventory_ports import InventoryEvents
from shared.flows.ports import Journal

LISTING = frozenset({Action.ALLOW, Action.BLOCK, Action.QUARANTINE, Action.CLEAR})
LOOKED_AT = 4  # words about one device, to find the last that changed its lists
LEFT = Origin(cause=Cause.EXCHANGE, reason="full runs have not listed it for long enough")
RENEWED = Origin(cause=Cause.EXCHANGE, reason="it came back under another guid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells it, unless an operation of ours has told it already."""

    journal: Journal
    events: InventoryEvents

    def tell(
        self,
        run: Run,
        sight: Sight,
        said: Said,
        *,
        gone: Gone,
        known: Before,
        drift: Verdict | None = None,
    ) -> bool:
        """Announce what there is to tell; whether there was anything."""
        found = self._origin(run, sight, said, gone=gone, since=known.at)
        if found is None:
            return False
        replaced = {each.before.guid: each.after.guid for each in gone.renewed}
        replacing = {new: old for old, new in replaced.items()}
        shown = sight.after or sight.before
        guid = shown.device.guid if shown else ""
        self.events.device_news(
            News(
                tenant_id=run.tenant_id,
                run_id=run.run_id,
                compared_with=known.run_id,
                at=run.started_at,
                sight=sight,
                origin=found,
                drift=drift,
                replaces=replacing.get(guid, ""),
                replaced_by=replaced.get(guid, ""),
            )
        )
        return True

    def _origin(
        self, run: Run, sight: Sight, said: Said, *, gone: Gone, since: datetime
    ) -> Origin | None:
        """Return who did it; None if nothing happened, or what happened was told before."""
        if sight.after is None:
            return self._of_gone(run, sight, said, gone)
        if not is_news(sight, since):
            return None
        before = sight.before and _owned(sight.before, sight.after)
        found = origin(before, sight.after, acted=self._acted(run, said), since=since)
        is_told = before is not None and found is not None and found.cause is Cause.OURS
        return None if is_told else found

    def _of_gone(self, run: Run, sight: Sight, said: Said, gone: Gone) -> Origin | None:
        if sight.before is None or sight.key not in gone.keys:
            return None
        if any(each.before.key == sight.key for each in gone.renewed):
            return RENEWED
        removed = [order for order in said.orders if order.action is Action.REMOVE]
        made = [self.journal.find(run.tenant_id, order.command_id) for order in removed]
        guids = {each.decision.device.guid for each in made if each and each.decision}
        return None if sight.before.device.guid in guids else LEFT

    def _acted(self, run: Run, said: Said) -> Acted | None:
        """Return the last operation of ours that changed the device's lists."""
        made = [self._act(run, word.word_id) for word in said.words[:LOOKED_AT]]
        return max(filter(None, made), key=lambda acted: acted.at, default=None)

    def _act(self, run: Run, operation_id: str) -> Acted | None:
        operation = self.journal.find(run.tenant_id, operation_id)
        if operation is None or operation.acted_at is None or operation.decision is None:
            return None
        action = operation.decision.action
        if action not in LISTING or action is None:
            return None
        return Acted(operation_id=operation_id, action=action, at=operation.acted_at)


def is_news(sight: Sight, since: datetime) -> bool:
    """Whether there may be anything to tell."""
    if sight.after is None or sight.before is None:
        return True
    before = _owned(sight.before, sight.after)
    return origin(before, sight.after, acted=None, since=since) is not None


def _owned(before: Seen, after: Seen) -> Seen:
    """Return it as it was; of a mailbox that has moved, with the lists that it has now."""
    return before if is_known(before.mailbox) else replace(before, mailbox=after.mailbox)
