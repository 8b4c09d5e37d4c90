"""The end of a run: what it has seen is told, acted upon, and becomes the picture."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.devices import bookmark
from shared.devices.bookmark import Bookmark, Stage
from shared.devices.inventory_run import Run
from shared.flows.inventory_changes import Changes, Context
from shared.flows.inventory_comparison import Comparison
from shared.flows.inventory_gone import Missing
from shared.flows.inventory_ports import Publishing, Runs
from shared.flows.inventory_settings import SettingsWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Goes on with it stage by stage; readers see the old picture until the very end."""

    runs: Runs
    publishing: Publishing
    missing: Missing
    settings: SettingsWatch
    changes: Changes
    comparison: Comparison

    def go_on(self, run: Run, until: datetime) -> Run:
        """Return the run once it is complete; Unfinished if that takes longer."""
        mark = bookmark.read(run.cursor)
        gone = self.missing.gone(run, mark.listed)
        if mark.stage is Stage.SETTINGS:
            self.settings.look(run)
            run = self._at(run, mark.noted(gone.note).at(Stage.CHANGES))
        context = Context(run=run, gone=gone, policy=self.settings.policy(run), until=until)
        if _mark(run).stage is Stage.CHANGES:
            run = self.changes.go_through(context)
            run = self._at(run, _mark(run).at(Stage.DRIFT))
        if _mark(run).stage is Stage.DRIFT:
            run = self.comparison.go_through(replace(context, run=run))
            note = self.comparison.reconciling.note(_mark(run))
            run = self._at(run, _mark(run).noted(note).at(Stage.PUBLISH))
        told = replace(run, why="; ".join(_mark(run).notes))
        return self.publishing.finish(told, gone.keys, until)

    def _at(self, run: Run, mark: Bookmark) -> Run:
        return self.runs.save(replace(run, cursor=mark.text))


def _mark(run: Run) -> Bookmark:
    return bookmark.read(run.cursor)
