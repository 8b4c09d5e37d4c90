"""The word of an operation that was given up, kept so that it can be tried again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWord:
    """One word, as it stood on its queue."""

    tenant_id: str
    operation_id: str
    queue: str
    body: bytes
    asked: str
    asked_by: str  # of a sender's: mdm: and its name
    given_up_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which of a tenant's abandoned operations are meant; what is not said, any."""

    asked: str = ""
    asked_by: str = ""
    sender: str = ""
    since: datetime | None = None  # given up

    def has(self, word: KeptWord) -> bool:
        """Whether the word's operation is among them."""
        wanted = (self.asked, self.asked_by, self.sender and f"mdm:{self.sender}")
        said = (word.asked, word.asked_by, word.asked_by)
        is_asked = all(each in {"", found} for each, found in zip(wanted, said, strict=True))
        return is_asked and (self.since is None or word.given_up_at >= self.since)
