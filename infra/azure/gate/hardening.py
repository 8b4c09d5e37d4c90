"""Policy: settings that must stand in the template as they are, whatever the defaults become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import at, line, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.azure.gate.template import Declaration, Template

_TLS = ("'1.2'", "'1.3'")


@dataclass(frozen=True)
class Setting:
    """A property of a type that must be one of these, as it is spelt in the source."""

    rule: str
    type: str
    path: str  # below `properties`
    wanted: tuple[str, ...]


SETTINGS = (
    Setting("shared-key", "Microsoft.Storage/storageAccounts", "allowSharedKeyAccess", ("false",)),
    Setting(
        "public-blobs", "Microsoft.Storage/storageAccounts", "allowBlobPublicAccess", ("false",)
    ),
    Setting("https", "Microsoft.Storage/storageAccounts", "supportsHttpsTrafficOnly", ("true",)),
    Setting(
        *("tls", "Microsoft.Storage/storageAccounts", "minimumTlsVersion"),
        ("'TLS1_2'", "'TLS1_3'"),
    ),
    Setting("purge-protection", "Microsoft.KeyVault/vaults", "enablePurgeProtection", ("true",)),
    Setting("rbac", "Microsoft.KeyVault/vaults", "enableRbacAuthorization", ("true",)),
    Setting("local-auth", "Microsoft.EventGrid/topics", "disableLocalAuth", ("true",)),
    Setting("tls", "Microsoft.EventGrid/topics", "minimumTlsVersionAllowed", _TLS),
    Setting("local-auth", "Microsoft.Insights/components", "DisableLocalAuth", ("true",)),
    Setting(
        *("local-auth", "Microsoft.OperationalInsights/workspaces"),
        *("features.disableLocalAuth", ("true",)),
    ),
    Setting("https", "Microsoft.Web/sites", "httpsOnly", ("true",)),
    Setting("tls", "Microsoft.Web/sites", "siteConfig.minTlsVersion", _TLS),
    Setting("tls", "Microsoft.Web/sites", "siteConfig.scmMinTlsVersion", _TLS),
    Setting(
        *("basic-publishing", "Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
        *("allow", ("false",)),
    ),
)


def check(template: Template) -> Iterator[Finding]:
    """Yield settings that are missing, or other than they must be."""
    for declared in template.of_kind("resource"):
        if not declared.is_existing:
            for setting in SETTINGS:
                if setting.type == declared.resource_type:
                    yield from _setting(template, declared, setting)


def _setting(template: Template, declared: Declaration, setting: Setting) -> Iterator[Finding]:
    found = at(declared.value, "properties", *setting.path.split("."))
    wanted = " or ".join(setting.wanted)
    if found is None:
        text_ = f"`{setting.path}` is missing; it must be {wanted}"
        yield Finding(template.name, declared.line, setting.rule, text_)
    elif text(found) not in setting.wanted:
        text_ = f"`{setting.path}` is {text(found)}; it must be {wanted}"
        yield Finding(template.name, line(found), setting.rule, text_)
