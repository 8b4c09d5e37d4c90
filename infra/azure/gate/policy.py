"""Part four: what our deployment promises, read from the syntax tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.gate import catalogue, hardening, keys, roles
from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import at, literal, properties, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.azure.gate.template import Declaration, Template

_LOGGED = frozenset(
    {
        *("Microsoft.KeyVault/vaults", "Microsoft.EventGrid/topics"),
        "Microsoft.EventGrid/systemTopics",
        *(
            f"Microsoft.Storage/storageAccounts/{service}"
            for service in ("blobServices", "queueServices", "tableServices")
        ),
    }
)
_BY_IDENTITY = {
    "dead-letter": "deadLetterWithResourceIdentity",
    "delivery": "deliveryWithResourceIdentity",
}
_BASIC_PUBLISHING = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"


def check(templates: list[Template]) -> Iterator[Finding]:
    """Yield each broken promise."""
    for template in templates:
        yield from roles.check(template)
        yield from keys.check(template)
        yield from hardening.check(template)
        own = [each for each in template.of_kind("resource") if not each.is_existing]
        for declared in own:
            yield from _subscription(template, declared)
            yield from _tags(template, declared)
            yield from _logs(template, declared, own)
            yield from _publishing(template, declared, own)


def _subscription(template: Template, declared: Declaration) -> Iterator[Finding]:
    if not declared.resource_type.endswith("/eventSubscriptions"):
        return
    for rule, name in _BY_IDENTITY.items():
        if at(declared.value, "properties", name) is None:
            text_ = f"`{name}` is missing: events are lost, or need a key"
            yield Finding(template.name, declared.line, rule, text_)


def _tags(template: Template, declared: Declaration) -> Iterator[Finding]:
    found = catalogue.resource_type(declared.type)
    if found is None or "tags" not in found.written.properties:
        return
    if "tags" not in properties(declared.value):
        yield Finding(template.name, declared.line, "tags", f"`{declared.name}` has no tags")


def _logs(template: Template, declared: Declaration, own: list[Declaration]) -> Iterator[Finding]:
    if declared.resource_type not in _LOGGED:
        return
    for each in own:
        scope = at(each.value, "scope")
        is_setting = each.resource_type.endswith("/diagnosticSettings")
        if is_setting and scope is not None and text(scope) == declared.name:
            return
    text_ = f"no diagnostic setting has `{declared.name}` as its scope"
    yield Finding(template.name, declared.line, "diagnostics", text_)


def _publishing(
    template: Template, declared: Declaration, own: list[Declaration]
) -> Iterator[Finding]:
    if declared.resource_type != "Microsoft.Web/sites":
        return
    closed = {
        literal(at(each.value, "name")) for each in own if each.resource_type == _BASIC_PUBLISHING
    }
    for way in sorted({"ftp", "scm"} - closed):
        text_ = f"publishing by password through {way} is not turned off"
        yield Finding(template.name, declared.line, "basic-publishing", text_)
