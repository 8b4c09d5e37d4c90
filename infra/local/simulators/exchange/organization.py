"""What holds for a whole tenant: default access, rules, policies, accepted domains."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from infra.local.simulators.exchange.access import AccessLevel, Characteristic
from infra.local.simulators.exchange.rows import DirectoryEntry


@dataclass(slots=True, kw_only=True)
class AccessRule:
    """A device access rule; its characteristic and query never change."""

    characteristic: Characteristic
    query: str
    level: AccessLevel
    created: datetime
    changed: datetime
    guid: UUID = field(default_factory=uuid4)

    @property
    def name(self) -> str:
        """The rule's name, which is also its identity."""
        return f"{self.query} ({self.characteristic})"


@dataclass(slots=True, kw_only=True)
class MailboxPolicy:
    """A mobile device mailbox policy: every setting under its parameter's name."""

    name: str
    settings: dict[str, object]
    created: datetime
    changed: datetime
    guid: UUID = field(default_factory=uuid4)


@dataclass(slots=True, kw_only=True)
class DeviceClass:
    """A kind of device that has connected at least once."""

    device_type: str
    model: str
    updated: datetime
    guid: UUID = field(default_factory=uuid4)


@dataclass(slots=True, kw_only=True)
class Organization:
    """One tenant's configuration, and the switches for what is not known of the real service."""

    tenant_id: UUID
    domain: str
    clock: Callable[[], datetime]
    created: datetime
    default_access_level: AccessLevel = AccessLevel.ALLOW
    settings: dict[str, object] = field(default_factory=dict)  # the other ActiveSync settings
    config: dict[str, object] = field(default_factory=dict)  # what Set-OrganizationConfig changed
    rules: dict[str, AccessRule] = field(default_factory=dict)  # by name in lower case
    policies: dict[str, MailboxPolicy] = field(default_factory=dict)  # by name in lower case
    classes: dict[tuple[str, str], DeviceClass] = field(default_factory=dict)  # by type and model
    domains: list[str] = field(default_factory=list)
    # Both as in Exchange Server 2013; not verified for Exchange Online.
    recompute_on_read: bool = True
    lists_exclude_each_other: bool = True
    # Documents do not say whether the default still holds Outlook where rules are skipped.
    conditional_access_skips_default: bool = False
    # Nor whether a client too old for an account-only wipe is refused at once or never obeys.
    refuses_account_wipe_at_once: bool = True

    @property
    def default_policy(self) -> MailboxPolicy:
        """The one policy that holds wherever none is assigned."""
        return next(one for one in self.policies.values() if one.settings["IsDefault"])

    def policy(self, guid: UUID | None) -> MailboxPolicy:
        """Return the policy with this id; None, or one not seen yet, is the default one."""
        assigned = (one for one in self.policies.values() if one.guid == guid)
        return self.default_policy if guid is None else next(assigned, self.default_policy)

    def snapshot(self) -> Self:
        """Return a copy that later changes leave as it is."""
        return replace(
            self,
            settings=dict(self.settings),
            config=dict(self.config),
            rules={name: replace(rule) for name, rule in self.rules.items()},
            policies={
                name: replace(policy, settings=dict(policy.settings))
                for name, policy in self.policies.items()
            },
            domains=list(self.domains),
        )

    def entry(
        self, name: str, object_class: str, *, guid: UUID, created: datetime, changed: datetime
    ) -> DirectoryEntry:
        """Describe a configuration object that is known by its name."""
        return DirectoryEntry(
            name=name,
            identity=name,
            guid=guid,
            distinguished_name=f"CN={name},CN=Configuration,{self.distinguished_name}",
            object_class=("top", object_class),
            created=created,
            changed=changed,
            organization=self.domain,
        )

    @property
    def distinguished_name(self) -> str:
        """The tenant's place in the directory."""
        return (
            f"OU={self.domain},OU=Microsoft Exchange Hosted Organizations,"
            "DC=NAMPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
        )
