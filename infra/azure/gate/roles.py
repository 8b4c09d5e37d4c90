"""Policy: each role is one we know, assigned where it means something, under a name that lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import arguments, at, called, line, literal, parts, text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from infra.azure.gate.template import Declaration, Template

_VAULT = ("Microsoft.KeyVault/vaults",)
_ACCOUNT = "Microsoft.Storage/storageAccounts"
_BLOBS = (_ACCOUNT, f"{_ACCOUNT}/blobServices/containers")
_QUEUE = f"{_ACCOUNT}/queueServices/queues"
_QUEUES = (_ACCOUNT, _QUEUE)
_TABLES = (_ACCOUNT, f"{_ACCOUNT}/tableServices/tables")
_TOPIC = "Microsoft.EventGrid/topics"

# Built-in roles by name: the id, and the types of resource that the role may be assigned on.
ROLES = {
    "Key Vault Administrator": ("00482a5a-887f-4fb3-b363-3b7fe8e74483", _VAULT),
    "Key Vault Reader": ("21090545-7ca7-4776-b22c-e363652d74d2", _VAULT),
    "Key Vault Certificates Officer": ("a4417e6f-fecd-4de8-b567-7b0420556985", _VAULT),
    "Key Vault Crypto User": ("12338af0-0e69-4776-bea7-57ae8d297424", _VAULT),
    "Key Vault Crypto Officer": ("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", _VAULT),
    "Key Vault Secrets Officer": ("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", _VAULT),
    "Key Vault Purge Operator": ("a68e7c17-0ab2-4c09-9a58-125dae29748c", _VAULT),
    # On the vault it would read the private key of an exportable certificate.
    "Key Vault Secrets User": (
        "4633458b-17de-408a-b874-0445c86b69e6",
        ("Microsoft.KeyVault/vaults/secrets",),
    ),
    "Storage Blob Data Owner": ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", _BLOBS),
    "Storage Blob Data Contributor": ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", _BLOBS),
    "Storage Queue Data Contributor": ("974c5e8b-45b9-4653-ba55-5f855dd0fb88", _QUEUES),
    "Storage Queue Data Reader": ("19e7f393-937e-4f77-808e-94535e297925", _QUEUES),
    "Storage Queue Data Message Processor": ("8a0f0c08-91a1-4084-bc3d-661d67233fed", _QUEUES),
    # On the account it could put an order into the queue of commands.
    "Storage Queue Data Message Sender": ("c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", (_QUEUE,)),
    "Storage Table Data Contributor": ("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", _TABLES),
    "Monitoring Metrics Publisher": (
        "3913510d-42f4-4e42-8a64-420c390055eb",
        ("Microsoft.Insights/components",),
    ),
    "EventGrid Data Sender": ("d5a91429-5739-47e2-a06b-3470a27159e7", (_TOPIC,)),
    "EventGrid EventSubscription Contributor": (
        "428e0ff0-5e57-4d9c-a221-2c70d0e0a443",
        (_TOPIC, "Microsoft.EventGrid/systemTopics"),
    ),
}
_BY_ID = {id_: (name, scopes) for name, (id_, scopes) in ROLES.items()}
_BY_VARIABLE = {name.replace(" ", "").lower(): name for name in ROLES}


def check(template: Template) -> Iterator[Finding]:
    """Yield role assignments that are wrong or unsteady, and ids under another role's name."""
    for declared in template.of_kind("var"):
        name = _BY_VARIABLE.get(declared.name.lower())
        if name and literal(declared.value) not in {None, ROLES[name][0]}:
            text_ = f"`{declared.name}` is not the id of {name}, which is {ROLES[name][0]}"
            yield Finding(template.name, declared.line, "role", text_)
    for declared in template.of_kind("resource"):
        if declared.resource_type.endswith("/roleAssignments") and not declared.is_existing:
            yield from _assignment(template, declared)


def _assignment(template: Template, declared: Declaration) -> Iterator[Finding]:
    body = declared.value
    definition = at(body, "properties", "roleDefinitionId")
    id_ = _role_id(template, definition)
    if definition is not None and id_ not in _BY_ID:
        shown = id_ or text(definition)
        yield _say(template, definition, f"{shown} is no role of the table in gate/roles.py")
    if id_ in _BY_ID:
        yield from _scope(template, declared, *_BY_ID[id_])
    if body is not None and at(body, "properties", "principalType") is None:
        text_ = "`principalType` is missing: a new identity is not found without it"
        yield _say(template, body, text_)
    yield from _name(template, body)


def _role_id(template: Template, definition: Node | None) -> str:
    for node in walk(definition) if definition is not None else ():
        if called(node).lower().endswith("resourceid") and arguments(node):
            last = arguments(node)[-1]
            named = template.symbols.get(text(last)) if last.type == "identifier" else None
            return literal(named.value if named is not None else last) or ""
    return ""


def _scope(
    template: Template, declared: Declaration, role: str, fitting: tuple[str, ...]
) -> Iterator[Finding]:
    scope = at(declared.value, "scope")
    if scope is None:
        yield _say(template, declared.node, f"{role} is assigned on the whole resource group")
        return
    first = parts(scope)[0] if scope.type == "subscript_expression" else scope
    named = template.symbols.get(text(first))
    where = named.resource_type if named is not None else ""
    if where not in fitting:
        text_ = f"{role} is assigned on {where or text(scope)}, not on {' or '.join(fitting)}"
        yield _say(template, scope, text_)


def _name(template: Template, body: Node | None) -> Iterator[Finding]:
    name = at(body, "name")
    if name is None:
        return
    given = {text(each) for each in arguments(name)} if called(name) == "guid" else set()
    principal = at(body, "properties", "principalId")
    if principal is None:
        return
    # Without scope, principal and role in it, two assignments take one name, or one changes its.
    if len(given) < len(("scope", "principal", "role")) or text(principal) not in given:
        text_ = "the name is not guid() of scope, principal and role"
        yield _say(template, name, text_)


def _say(template: Template, node: Node, text_: str) -> Finding:
    return Finding(template.name, line(node), "role", text_)
