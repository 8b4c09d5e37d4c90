"""What a validation found is remembered; that something stopped working is announced."""

import logging
from dataclasses import dataclass, field
from typing import Protocol

from shared.credentials import validation
from shared.credentials.certificate import App
from shared.credentials.findings import Grade
from shared.credentials.validation import Check, LastValidation, Report, ValidationProgress
from shared.errors import Failure

log = logging.getLogger("easgate.validation")


class Validations(Protocol):
    """What the last validation of each tenant found."""

    def last(self, tenant_id: str) -> LastValidation | None:
        """Return it, if there was one."""
        ...

    def validated(self, tenant_id: str, found: LastValidation) -> None:
        """Remember it."""
        ...

    def has_come(self, tenant_id: str, progress: ValidationProgress) -> None:
        """Remember how far a validation has come, in place of any other."""
        ...

    def progress(self, tenant_id: str) -> ValidationProgress | None:
        """Return how far the last one has come that was followed."""
        ...


class ValidationEvents(Protocol):
    """What we tell the world about validations."""

    def validation_failed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a chain which worked does so no more."""
        ...

    def validation_passed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a chain which did not work does so again."""
        ...


@dataclass(slots=True, kw_only=True)
class Followed:
    """Notes each check when it is made, for somebody who looks on."""

    tenant_id: str
    run_id: str
    validations: Validations
    checks: list[Check] = field(default_factory=list)

    def __call__(self, check: Check) -> None:
        """Note one more; the validation goes on if that fails."""
        self.checks.append(check)
        progress = ValidationProgress(run_id=self.run_id, checks=tuple(self.checks))
        try:
            self.validations.has_come(self.tenant_id, progress)
        except Failure as failure:
            log.warning("how far a validation has come could not be noted: %s", failure)


def remember(
    app: App, report: Report, *, validations: Validations, events: ValidationEvents
) -> None:
    """Remember a report; announce it if it is the first to fail, or to pass again."""
    before = validations.last(app.tenant_id)
    if before is not None and before.is_passing and report.grade is Grade.FAIL:
        # Told before it is noted: a death in between repeats the event under the same id.
        events.validation_failed(app, report, before)
    if before is not None and not before.is_passing and report.grade is Grade.PASS:
        events.validation_passed(app, report, before)
    validations.validated(app.tenant_id, validation.remembered(report, before))
