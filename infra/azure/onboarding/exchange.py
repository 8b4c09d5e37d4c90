"""Exchange, asked as the person who has signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.credentials.findings import Found
from shared.errors import NotPermitted
from shared.exchange.transport import Repeat, Row, Transport

NEEDS = (
    "the signed-in person has to be Exchange Administrator, or hold the management role Role "
    "Management as members of Organization Management do, and the token has to carry "
    "Exchange.Manage"
)
CHANGING = (
    "New-ServicePrincipal",
    "New-ManagementScope",
    "New-RoleGroup",
    "Add-RoleGroupMember",
)
TAKING_BACK = (
    "Remove-RoleGroupMember",
    "Remove-RoleGroup",
    "Remove-ManagementScope",
    "Remove-ServicePrincipal",
)


@dataclass(frozen=True, slots=True)
class PersonalBearer:
    """A person's tokens, in the form the transport asks for."""

    token: Callable[[], str]

    def text(self) -> str:
        """Return a token."""
        return self.token()

    def renewed(self, refused: str) -> str:
        """Return one more; a person who is refused once is refused again."""
        del refused
        return self.token()


class Cmdlets:
    """Runs cmdlets; NotPermitted says what the person lacks, not what an app would."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def rows(self, cmdlet: str, **parameters: object) -> tuple[Row, ...]:
        """Return the rows of a cmdlet that only reads."""
        return self._run(cmdlet, parameters, Repeat.SAFE)

    def run(self, cmdlet: str, **parameters: object) -> None:
        """Run a cmdlet that changes something; after a Retryable nobody knows whether it did."""
        self._run(cmdlet, {**parameters, "Confirm": False}, Repeat.NEVER)

    def check(self, *needed: str) -> None:
        """Raise NotPermitted unless the person may run all of these."""
        try:
            held = {each.casefold() for each in self._transport.exported_cmdlets()}
        except (NotPermitted, Found) as denial:
            raise _denied("anything", denial) from denial
        if lacking := [each for each in needed if each.casefold() not in held]:
            raise NotPermitted(f"Exchange does not let you run {', '.join(lacking)}: {NEEDS}")

    def _run(
        self, cmdlet: str, parameters: dict[str, object], repeat: Repeat
    ) -> tuple[dict[str, Any], ...]:
        try:
            return self._transport.invoke(cmdlet, parameters, repeat).rows
        except (NotPermitted, Found) as denial:
            raise _denied(cmdlet, denial) from denial


def text(row: Row, name: str) -> str:
    """Return a property as text; empty if it is missing."""
    return str(row.get(name) or "")


def named(rows: tuple[Row, ...], name: str) -> Row | None:
    """Return the row of this name, whatever its case."""
    return next((row for row in rows if text(row, "Name").casefold() == name.casefold()), None)


def _denied(what: str, denial: NotPermitted | Found) -> NotPermitted:
    said = str(denial).rpartition("(")[2].partition(")")[0]
    return NotPermitted(f"Exchange does not let you run {what}: {NEEDS} ({said})")
