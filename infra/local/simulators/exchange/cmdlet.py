"""What a cmdlet is: a name, its parameters, the roles that hold it, and what it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments, Binder
from infra.local.simulators.exchange.listing import NOTHING, Listing
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.roles import Grant, ManagementRole
from infra.local.simulators.exchange.tenant import Tenant

SHOULD_PROCESS: Mapping[str, Binder] = {"Confirm": binding.boolean, "WhatIf": binding.boolean}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where and when a cmdlet runs, and by which grants."""

    tenant: Tenant
    now: datetime
    grants: tuple[Grant, ...]  # those that hold this cmdlet

    def check_write_scope(self, mailbox: Mailbox, what: str) -> None:
        """Raise unless one of the caller's grants reaches the mailbox."""
        scopes = [grant.write_scope for grant in self.grants]
        if not any(scope is None or scope.holds(mailbox) for scope in scopes):
            raise errors.out_of_write_scope(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a cmdlet wrote: rows and warnings."""

    rows: Listing = NOTHING
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlet:
    """
    One line of the table of cmdlets.

    Each group in *needs* wants exactly one of its parameters, each in *at_most_one* no more
    than one. What the service does with a Clear- whose Confirm is left out is not known:
    *asks_unless_told* then asks back and does nothing, so that no client relies on it.
    """

    name: str
    parameters: Mapping[str, Binder]
    roles: frozenset[ManagementRole]
    run: Callable[[Context, Arguments], Outcome]
    needs: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    asks_unless_told: bool = False

    def bind(self, given: Mapping[str, object]) -> Arguments:
        """Bind the JSON parameters, or raise the error the service has for them."""
        known = dict(self.parameters)
        if not self.name.startswith("Get-"):
            known |= SHOULD_PROCESS
        for name in given:
            if name not in known:
                raise errors.unknown_parameter(name)
        bound = {name: known[name](name, value) for name, value in given.items()}
        self._check_sets(bound)
        return Arguments(bound)

    def _check_sets(self, bound: Mapping[str, object]) -> None:
        for group in self.needs + self.at_most_one:
            if sum(bound.get(name) is not None for name in group) > 1:
                raise errors.conflicting_parameters()
        for group in self.needs:
            if not any(bound.get(name) is not None for name in group):
                raise errors.missing_parameter(" or ".join(group))

    def must_ask(self, arguments: Arguments) -> bool:
        """Tell whether this call only wants the question that a person would be asked."""
        return arguments.flag("Confirm") or (self.asks_unless_told and "Confirm" not in arguments)


def no_change(identity: str) -> str:
    """Return the warning of a Set- that changed nothing."""
    return f"The command completed successfully but no settings of '{identity}' have been modified."
