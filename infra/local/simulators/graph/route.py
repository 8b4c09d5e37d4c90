"""One operation: the request it is, and the permissions of which it takes one."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

import httpx

from infra.local.simulators.graph.call import Call

Handler = Callable[[Call], httpx.Response]

ID = "(?P<id>[0-9A-Za-z._-]+)"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; without `needs` the handler decides who may call it."""

    name: str
    method: str
    path: str  # a regular expression, without the version unless that is not v1.0
    needs: Collection[str]
    handler: Handler
    is_locked: bool = True  # False for one that waits for somebody else to answer

    def match(self, path: str) -> re.Match[str] | None:
        """Match the whole path, whatever the method."""
        return re.fullmatch(self.path, path)
