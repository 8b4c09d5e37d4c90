"""What a validation found is remembered; that something stopped working is announced."""

from typing import Protocol

from shared.credentials import validation
from shared.credentials.certificate import App
from shared.credentials.findings import Grade
from shared.credentials.validation import LastValidation, Report


class Validations(Protocol):
    """What the last validation of each tenant found."""

    def last(self, tenant_id: str) -> LastValidation | None:
        """Return it, if there was one."""
        ...

    def validated(self, tenant_id: str, found: LastValidation) -> None:
        """Remember it."""
        ...


class ValidationEvents(Protocol):
    """What we tell the world about validations."""

    def validation_failed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a chain which worked does so no more."""
        ...

    def validation_passed(self, app: App, report: Report, before: LastValidation) -> None:
        """Announce that a chain which did not work does so again."""
        ...


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
