"""What was asked of the vault, by whom, and with what outcome."""

from dataclasses import dataclass
from http import HTTPStatus


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
        return self.status == HTTPStatus.OK and self.path.endswith("/sign")

    @property
    def is_decryption(self) -> bool:
        """Say whether a key was used to decrypt."""
        return self.status == HTTPStatus.OK and self.path.endswith("/decrypt")
