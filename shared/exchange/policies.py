"""Mobile device mailbox policies in Exchange Online, and which mailbox is under which."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from shared.devices.policy import (
    Assignment,
    Policy,
    PolicyChange,
    Settings,
    check,
    difference,
    plan,
    read,
)
from shared.devices.policy_settings import PARAMETERS, Value
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange import rows
from shared.exchange.looking_back import NOT_YET_VISIBLE, Sleep, look_back, not_shown
from shared.exchange.mailboxes import named, read_mailbox
from shared.exchange.paging import complete, rows_of
from shared.exchange.transport import Row, Transport


class _PolicyRow(msgspec.Struct, rename="pascal"):
    name: str
    guid: str
    is_default: bool


class _MailboxRow(msgspec.Struct):
    policy: str = msgspec.field(name="ActiveSyncMailboxPolicy", default="")
    is_inherited: bool = msgspec.field(name="ActiveSyncMailboxPolicyIsDefaulted", default=False)


class Policies:
    """One tenant's policies; repeating any order does no harm."""

    def __init__(self, transport: Transport, sleep: Sleep = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def list(self) -> tuple[Policy, ...]:
        """Return all policies, or raise."""
        whole = partial(self._transport.pages_of, Row, "Get-MobileDeviceMailboxPolicy", {})
        # A listing that was started again brings rows twice.
        found = {each.identity: each for each in map(_policy, rows_of(complete(whole)))}
        return tuple(found.values())

    def put(self, name: str, settings: Mapping[str, object]) -> PolicyChange:
        """
        Create the policy, or change what differs, and return what was done.

        A setting that is not named stays as it is, or as Exchange sets it in a new policy.
        """
        wanted = check(settings)
        change = plan(_named(name), wanted, self.list())
        if change.is_in_place:
            return replace(change, after=change.before)
        if change.before is None:
            self._create(change.name, wanted)
        else:
            changed = {field: wanted[field] for field in change.changes}
            self._set(change.before.identity, changed)
        return replace(change, after=self._shown(change.name, wanted))

    def remove(self, name: str) -> None:
        """Delete the policy; Rejected while it is the default or a mailbox is assigned to it."""
        policy = self._find(_named(name))
        if policy is None:
            return  # gone is what was asked for; an earlier attempt may have done it
        if policy.is_default:
            raise Rejected(
                f"policy {name} is the default: make another one the default, then remove it"
            )
        try:
            self._transport.invoke(
                "Remove-MobileDeviceMailboxPolicy", {"Identity": policy.identity, "Confirm": False}
            )
        except NotFound:
            return
        except Rejected as refusal:
            raise Rejected(
                f"policy {name} was not removed; one that is assigned to a mailbox cannot be: "
                f"assign those another one first. {refusal}"
            ) from refusal
        if look_back(partial(self._find, name), lambda shown: shown is None, self._sleep):
            raise not_shown(f"the removal of policy {name}")

    def assignment(self, mailbox: str) -> Assignment:
        """Return the policy the mailbox is under; NotFound if there is no such mailbox."""
        row = rows.read(read_mailbox(self._transport, mailbox), _MailboxRow)
        return Assignment(mailbox=mailbox, policy=row.policy, is_inherited=row.is_inherited)

    def assign(self, mailbox: str, name: str) -> Assignment:
        """Put the mailbox under the policy, by name even if that is the default one."""
        policies = self.list()
        policy = _of_name(name, policies)
        if policy is None:
            known = ", ".join(each.name for each in policies)
            raise NotFound(f"there is no policy {name}: create it, or take one of {known}")
        return self._assign(mailbox, policy.name)

    def revert(self, mailbox: str) -> Assignment:
        """Put the mailbox back under whatever policy is the default."""
        return self._assign(mailbox, None)

    def _assign(self, mailbox: str, name: str | None) -> Assignment:
        identity = named(mailbox)
        change = {"Identity": identity, "ActiveSyncMailboxPolicy": name, "Confirm": False}
        try:
            self._transport.invoke("Set-CASMailbox", change)
        except NotFound as error:
            self.assignment(mailbox)  # NotFound again, if it is the mailbox that is not known
            raise Retryable(
                f"Exchange does not know policy {name} everywhere yet: {error}",
                after=NOT_YET_VISIBLE,
            ) from error
        look = partial(self.assignment, mailbox)
        shown = look_back(look, lambda seen: _is_under(seen, name), self._sleep)
        if not _is_under(shown, name):
            raise not_shown(f"the policy of mailbox {mailbox}")
        return shown

    def _create(self, name: str, wanted: Settings) -> None:
        try:
            self._transport.invoke(
                "New-MobileDeviceMailboxPolicy", {**_sent(wanted), "Name": name, "Confirm": False}
            )
        except Rejected as refusal:
            # It may exist by now: made by an attempt whose answer was lost, and not listed yet.
            try:
                self._set(name, wanted)
            except NotFound:
                raise refusal from None

    def _set(self, identity: str, changed: Settings) -> None:
        self._transport.invoke(
            "Set-MobileDeviceMailboxPolicy",
            {**_sent(changed), "Identity": identity, "Confirm": False},
        )

    def _shown(self, name: str, wanted: Settings) -> Policy:
        """Read back until Exchange shows what was written."""
        missing = partial(_missing, wanted)
        policy = look_back(partial(self._find, name), lambda seen: not missing(seen), self._sleep)
        if policy is None or missing(policy):
            raise not_shown(f"policy {name} ({missing(policy)})")
        return policy

    def _find(self, name: str) -> Policy | None:
        """Look among all: Exchange may answer an unknown identity with all policies, too."""
        return _of_name(name, self.list())


def _policy(row: dict[str, Any]) -> Policy:
    known = rows.read(row, _PolicyRow)
    return Policy(
        name=known.name, identity=known.guid, is_default=known.is_default, settings=read(row)
    )


def _of_name(name: str, policies: tuple[Policy, ...]) -> Policy | None:
    return next((each for each in policies if each.name.casefold() == name.casefold()), None)


def _missing(wanted: Settings, shown: Policy | None) -> str:
    """Return what is not as it was written; empty where all is."""
    return ", ".join(difference(wanted, shown.settings)) if shown else "the policy itself"


def _is_under(shown: Assignment, name: str | None) -> bool:
    """
    Whether the policy is assigned by name, or None: inherited.

    Exchange may show a name with its container before.
    """
    if name is None:
        return shown.is_inherited
    last = shown.policy.casefold().removesuffix(name.casefold())
    is_named = last != shown.policy.casefold() and (not last or last[-1] in "/\\")
    return is_named and not shown.is_inherited


def _sent(settings: Settings) -> dict[str, object]:
    return {name: _value(name, value) for name, value in settings.items()}


def _value(name: str, value: Value) -> object:
    """Return the value as Exchange takes it: no entries is null, what may be Unlimited is text."""
    if value == ():
        return None
    return str(value) if PARAMETERS[name].is_unlimited else value


def _named(name: str) -> str:
    return str(check({"Name": name})["Name"])
