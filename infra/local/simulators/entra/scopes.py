"""What a delegated token is asked for: permissions of one resource, beside those of OpenID."""

from dataclasses import dataclass
from typing import Self

from infra.local.simulators.entra.refusals import RefusedError

GRAPH = "https://graph.microsoft.com"  # whose permissions may be named without it
_OPENID = {"openid", "profile", "email", "offline_access"}
DEFAULT = ".default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """A scope parameter, taken apart."""

    resource: str
    permissions: tuple[str, ...]  # or `.default` alone: whatever has been consented to
    openid: frozenset[str]
    asked: tuple[str, ...]  # all of it, as it was written

    @classmethod
    def read(cls, written: str) -> Self:
        """Read the parameter; raise `RefusedError` where it names two resources."""
        asked = tuple(written.split())
        pairs = [_split(word) for word in asked if word not in _OPENID]
        resources = sorted({resource for resource, _ in pairs})
        permissions = tuple(permission for _, permission in pairs)
        mixed = DEFAULT in permissions and len(permissions) > 1
        if len(resources) > 1 or mixed or "" in permissions:
            raise RefusedError(70011, f"The provided value for scope {written} is not valid.")
        return cls(
            resource=resources[0] if resources else GRAPH,
            permissions=permissions,
            openid=frozenset(_OPENID.intersection(asked)),
            asked=asked,
        )


def _split(word: str) -> tuple[str, str]:
    if "://" not in word:
        return GRAPH, word
    resource, _, permission = word.rpartition("/")
    return resource, permission
