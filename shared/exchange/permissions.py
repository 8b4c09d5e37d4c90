"""What Exchange lets the app do, asked with a token that was issued just now."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec

from shared.credentials.rights import Feature, Lack, WriteScope
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted
from shared.exchange import management_roles, role_groups
from shared.exchange.failures import OutOfScope
from shared.exchange.probe import CMDLETS
from shared.exchange.rules import SETTINGS
from shared.exchange.transport import Call, Transport, list_change

FEATURES: Mapping[Feature, tuple[str, ...]] = {
    Feature.READING: ("recognise",),
    Feature.ACCESS: ("allow", "block", "quarantine", "clear"),
    Feature.WIPES: ("wipe_account", "wipe_device", "cancel_wipe"),
    Feature.REMOVAL: ("remove", "plan_stale", "remove_stale"),
    Feature.POLICIES: ("assign_policy", "put_policy", "remove_policy"),
    Feature.ACCESS_RULES: ("put_access_rule", "remove_access_rule"),
    Feature.DEFAULT_ACCESS: ("set_default_access",),
    Feature.OFFBOARDING: ("offboard_device", "offboard_user"),
}
# Whoever never orders it need not grant a role that lets the app change the whole organisation.
NOT_JUDGED = ("set_modern_authentication",)
READS = "Get-"
LISTING = "Get-CASMailbox"
WRITING = "Set-CASMailbox"
MOST_TRIED = 5  # mailboxes


@dataclass(frozen=True, slots=True)
class Fresh:
    """A token that was issued just now: there is no better one."""

    token: str

    def text(self) -> str:
        """Return it."""
        return self.token

    def renewed(self, refused: str) -> str:
        """Return it again: another one would be refused alike."""
        return refused


class _Mailbox(msgspec.Struct, rename="pascal"):
    guid: str


class Permissions:
    """Reads, and changes that change nothing; the cmdlets' names are compared in any case."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def answering(self) -> str:
        """Return a read that Exchange answers; NotPermitted if the app may run none."""
        try:
            self._transport.invoke(SETTINGS, {})
        except NotPermitted:
            self._mailboxes()
            return LISTING
        return SETTINGS

    def cmdlets(self) -> frozenset[str]:
        """Return the cmdlets that the app may run."""
        return self._transport.exported_cmdlets()

    def lack(self, feature: Feature, allowed: Collection[str], *, may_write: bool) -> Lack:
        """Return what the feature lacks; without writing it needs less."""
        held = {each.casefold() for each in allowed}
        missing = sorted(
            each for each in needs(feature, may_write=may_write) if each.casefold() not in held
        )
        return Lack(cmdlets=dict(zip(missing, self._holders(missing), strict=True)))

    def write_scope(self, client_id: str) -> WriteScope:
        """Return whom the app may change, by what Exchange shows and by trying."""
        outcomes = [self._can_change(each) for each in _spread(self._mailboxes())]
        return WriteScope(
            limits=role_groups.limits(self._transport, client_id, changing=WRITING),
            tried=len(outcomes),
            refused=outcomes.count(False),
        )

    def named_by_policies(self) -> tuple[str, ...]:
        """Return the client ids that application access policies name."""
        found = self._transport.invoke_or_empty("Get-ApplicationAccessPolicy", {}).rows
        return tuple(str(row.get("AppId")) for row in found)

    def _holders(self, cmdlets: Sequence[str]) -> list[tuple[str, ...] | None]:
        """Return the roles that hold each cmdlet, None where nobody says."""
        answers = self._transport.batch(
            [Call("Get-ManagementRole", {"Cmdlet": each}) for each in cmdlets]
        )
        return [
            _suggested(cmdlet) if isinstance(answer, Failure) else _names(answer.rows)
            for cmdlet, answer in zip(cmdlets, answers, strict=True)
        ]

    def _mailboxes(self) -> list[str]:
        """Return the ids of some mailboxes: those of the first page."""
        pages = self._transport.pages_of(_Mailbox, LISTING, {}, select=["Guid"])
        return [each.guid for each in next(pages, []) if not isinstance(each, Misconfigured)]

    def _can_change(self, mailbox: str) -> bool:
        """
        Take an id off a list that it is not on.

        Nothing changes even if this is carried out. What WhatIf would come to over this
        API is written down nowhere.
        """
        nothing = {"ActiveSyncBlockedDeviceIDs": list_change(remove=[str(uuid.uuid4())])}
        try:
            self._transport.invoke(WRITING, {"Identity": mailbox, **nothing, "Confirm": False})
        except OutOfScope:
            return False
        except NotFound:
            return True  # gone since it was listed, which says nothing about scopes
        return True


def needs(feature: Feature, *, may_write: bool) -> frozenset[str]:
    """Return the cmdlets that a feature needs."""
    if feature is Feature.READING:
        return frozenset(each for each in chain(*CMDLETS.values()) if each.startswith(READS))
    return frozenset(each for action in FEATURES[feature] for each in CMDLETS[action] if may_write)


def _suggested(cmdlet: str) -> tuple[str, ...] | None:
    """Return the role that is known here to hold a cmdlet."""
    known = management_roles.ROLES.get(cmdlet)
    return (known,) if known else None


def _names(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(row.get("Name")) for row in rows)


def _spread(mailboxes: Sequence[str]) -> Sequence[str]:
    """Return a few of them, from all over."""
    return mailboxes[:: max(1, -(-len(mailboxes) // MOST_TRIED))]
