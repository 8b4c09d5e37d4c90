"""People who sign in."""

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of one tenant, with the directory roles that are active."""

    tenant_id: str
    user_principal_name: str
    name: str = ""
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    wids: tuple[str, ...] = ()  # template ids

    def pairwise(self, audience: str) -> str:
        """Return the id by which only *audience* knows this person."""
        return str(uuid.uuid5(uuid.UUID(self.object_id), audience))
