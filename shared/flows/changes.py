"""What an order that is not about one device would do, and the doing of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from shared.devices import policy
from shared.devices.model import AccessLevel, AccessRule
from shared.devices.policy import Assignment, Policy, PolicyChange
from shared.devices.tenant_change import (
    LONGEST_IMAGE,
    Altered,
    AssignPolicy,
    ExchangeChange,
    Image,
    PutAccessRule,
    PutPolicy,
    RemoveAccessRule,
    RemovePolicy,
    ShortChange,
    says,
)
from shared.flows.certificate_changes import CertificateChanging


class Policies(Protocol):
    """One tenant's mailbox policies; repeating any order does no harm."""

    def list(self) -> tuple[Policy, ...]:
        """Return all policies."""
        ...

    def put(self, name: str, settings: Mapping[str, object]) -> PolicyChange:
        """Create the policy, or change what differs; Rejected where Exchange would not obey."""
        ...

    def remove(self, name: str) -> None:
        """Delete the policy; Rejected while it is the default or in use."""
        ...

    def assignment(self, mailbox: str) -> Assignment:
        """Return the policy the mailbox is under; NotFound if there is no such mailbox."""
        ...

    def assign(self, mailbox: str, name: str) -> Assignment:
        """Put the mailbox under the policy; NotFound if there is none of this name."""
        ...

    def revert(self, mailbox: str) -> Assignment:
        """Put the mailbox back under whatever policy is the default."""
        ...


class AccessRules(Protocol):
    """One tenant's device access rules; repeating any order does no harm."""

    def list(self) -> tuple[AccessRule, ...]:
        """Return all rules."""
        ...

    def put(self, characteristic: str, query: str, *, level: AccessLevel) -> None:
        """Make the rule say *level*."""
        ...

    def remove(self, characteristic: str, query: str) -> None:
        """Remove the rule; done as well if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """Plans and makes changes in one tenant."""

    exchange: "ExchangeChanging"
    certificates: CertificateChanging

    def plan(self, change: ShortChange) -> Altered:
        """Return what the change would do to what stands now; nothing is done."""
        if isinstance(change, ExchangeChange):
            return self.exchange.plan(change)
        return self.certificates.plan(change)

    def require_as_planned(self, change: ShortChange, before: Image | None) -> None:
        """Raise Rejected if what is replaced as a whole is no longer what is kept of it."""
        if not isinstance(change, ExchangeChange):
            self.certificates.require_as_planned(change, before)

    def make(self, change: ShortChange, before: Image | None) -> Image | None:
        """
        Make the change, and return how its target then stands; None: there is none.

        Of a target that is only replaced as a whole, *before* is what is kept: after a
        death half way nothing else tells what was there.
        """
        if isinstance(change, ExchangeChange):
            return self.exchange.make(change)
        return self.certificates.make(change, before)

    def give_up(self, change: ShortChange, before: Image | None) -> None:
        """Bring back what an attempt has deleted and not made anew."""
        if not isinstance(change, ExchangeChange):
            self.certificates.give_up(change, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeChanging:
    """Plans and makes changes of what Exchange keeps of policies and rules."""

    policies: Policies
    rules: AccessRules

    def plan(self, change: ExchangeChange) -> Altered:
        """Return what the change would do to what stands now; nothing is done."""
        if isinstance(change, PutPolicy):
            wanted = policy.check(change.settings)
            planned = policy.plan(change.policy, wanted, self.policies.list())
            return Altered(says=planned.says, before=_image(planned.before))
        return Altered(says=says(change), before=self._standing(change))

    def make(self, change: ExchangeChange) -> Image | None:
        """Make the change, and return how its target then stands; None: there is none."""
        match change:
            case AssignPolicy():
                return _image(self._assign(change.mailbox, change.policy))
            case PutPolicy():
                return _image(self.policies.put(change.policy, change.settings).after)
            case RemovePolicy():
                self.policies.remove(change.policy)
            case PutAccessRule():
                self.rules.put(change.characteristic, change.query, level=change.level)
            case RemoveAccessRule():
                self.rules.remove(change.characteristic, change.query)
        return self._standing(change)

    def _assign(self, mailbox: str, name: str | None) -> Assignment:
        if name is None:
            return self.policies.revert(mailbox)
        return self.policies.assign(mailbox, name)

    def _standing(self, change: ExchangeChange) -> Image | None:
        match change:
            case AssignPolicy():
                return _image(self.policies.assignment(change.mailbox))
            case PutPolicy() | RemovePolicy():
                return _image(self._policy(change.policy))
            case PutAccessRule() | RemoveAccessRule():
                return _image(self._rule(change.characteristic, change.query))

    def _policy(self, name: str) -> Policy | None:
        named = [each for each in self.policies.list() if each.name.casefold() == name.casefold()]
        return named[0] if named else None

    def _rule(self, characteristic: str, query: str) -> AccessRule | None:
        for rule in self.rules.list():
            if (rule.characteristic, rule.query) == (characteristic, query):
                return rule
        return None


def _image(found: Policy | Assignment | AccessRule | None) -> Image | None:
    if found is None:
        return None
    image: dict[str, Any] = msgspec.to_builtins(found)
    settings = msgspec.json.encode(image.get("settings", {}))
    if len(settings) > LONGEST_IMAGE:
        # What was done must be recorded, even if it cannot be recorded whole.
        told_apart = sha256(settings).hexdigest()
        return {**image, "settings": f"too long to be kept; SHA-256 {told_apart}"}
    return image
