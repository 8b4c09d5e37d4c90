"""Who asks over HTTP, and what that one may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do here, as the app role is spelt; each includes those before it."""

    VIEWER = "Viewer"
    OPERATOR = "Operator"
    APPROVER = "Approver"

    @property
    def includes(self) -> "frozenset[Role]":
        """This role and those below it."""
        ranked = tuple(Role)
        return frozenset(ranked[: ranked.index(self) + 1])


class CallerKind(StrEnum):
    """Whether somebody can be held to account."""

    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who signed in, or a system, of which no more is known than that it holds a key."""

    kind: CallerKind
    id: str  # of a person: the object id in Entra ID
    name: str
    roles: frozenset[Role]

    @property
    def asked_as(self) -> str:
        """How an operation remembers who ordered it: names can be taken, object ids cannot."""
        return f"{self.kind}:{self.id}" if self.kind is CallerKind.PERSON else self.kind.value

    def may(self, role: Role) -> bool:
        """Whether what needs *role* is allowed; four eyes are people's, whatever a system holds."""
        if role is Role.APPROVER and self.kind is not CallerKind.PERSON:
            return False
        return any(role in held.includes for held in self.roles)


# A key opens everything but approving.
SYSTEM = Caller(kind=CallerKind.SYSTEM, id="", name="", roles=frozenset({Role.OPERATOR}))
