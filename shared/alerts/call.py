"""One HTTP request that is to be made, and what is learnt from its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A POST; the address may be a secret, and the body may hold one."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; what it says besides is nobody's business."""

    status: int
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Whether the alert has arrived."""
        return HTTPStatus(200) <= self.status < HTTPStatus(300)

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more."""
        return self.status == HTTPStatus.GONE
