"""Read after write: for a while after a change, readers are shown what was before."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.organization import Organization

_ORGANIZATION = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What a reader sees at one moment."""

    organization: Organization
    mailboxes: dict[UUID, Mailbox]


@dataclass(slots=True)
class OldCopies:
    """The copies that readers still see, each until the change after it has arrived."""

    _copies: dict[UUID, list[tuple[datetime, Mailbox | Organization]]] = field(default_factory=dict)

    def keep(self, thing: Mailbox | Organization, until: datetime) -> None:
        """Remember *thing* as it is, just before it changes."""
        if isinstance(thing, Mailbox):
            shared = {id(thing.organization): thing.organization}
            self._copies.setdefault(thing.guid, []).append((until, deepcopy(thing, shared)))
        else:
            self._copies.setdefault(_ORGANIZATION, []).append((until, deepcopy(thing)))

    def seen(self, truth: Directory, now: datetime) -> Directory:
        """Return the directory as a reader sees it now."""
        for key, copies in list(self._copies.items()):
            self._copies[key] = [copy for copy in copies if copy[0] > now]
        old = {key: copies[0][1] for key, copies in self._copies.items() if copies}
        if not old:
            return truth
        organization = old.get(_ORGANIZATION)
        mailboxes = {key: one for key, one in old.items() if isinstance(one, Mailbox)}
        return Directory(
            organization=organization
            if isinstance(organization, Organization)
            else truth.organization,
            mailboxes=truth.mailboxes | mailboxes,
        )
