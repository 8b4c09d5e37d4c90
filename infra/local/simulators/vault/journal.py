"""What was asked of the vault, by whom, and with what outcome."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request that was answered."""

    method: str
    path: str  # as sent, without the query
    principal_id: str  # empty until the caller has shown a token
    status: int

    @property
    def is_signature(self) -> bool:
        """Say whether a key was used to sign."""
        return self.status == 200 and self.path.endswith("/sign")  # noqa: PLR2004 -- HTTP OK
