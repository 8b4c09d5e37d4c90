"""
One handler, two doors: with a function key for systems, below portal/api for people.

The platform checks keys, and does not tell us of them. People hold none: they come through
functions/portal.py, which is open to everybody and looks for who has signed in.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import azure.functions as func

from functions import people, rate_limits, replies
from functions.replies import Detail, HttpFunction
from shared.devices.caller import Role
from shared.errors import NotFound


class Doors(Enum):
    """Through which doors a route is reached."""

    BOTH = "both"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A route, and what answers there once the caller is known to be allowed."""

    route: str
    method: str
    needs: Role
    doors: Doors
    handler: HttpFunction

    @property
    def _pattern(self) -> re.Pattern[str]:
        # The platform, too, takes letter case as it comes.
        return re.compile("/".join(map(_segment, self.route.split("/"))), re.IGNORECASE)

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the route's parameters if it takes this path."""
        found = self._pattern.fullmatch(path) if method == self.method else None
        return found.groupdict() if found else None


# Filled as the blueprints are: when the app is indexed, each file says what it serves.
_served: list[Served] = []


def served(
    blueprint: func.Blueprint,
    *,
    route: str,
    method: str,
    needs: Role,
    doors: Doors = Doors.BOTH,
) -> Callable[[HttpFunction], Any]:  # as the platform's own decorators are typed
    """Serve a route to whoever may do what it does."""

    def decorate(handler: HttpFunction) -> HttpFunction:
        admitting = rate_limits.limited(_admitting(handler, needs))
        _served.append(
            Served(route=route, method=method, needs=needs, doors=doors, handler=admitting)
        )
        answering = replies.answering(Detail.TOLD)(admitting)
        if doors is Doors.PEOPLE:
            return answering
        by_key: HttpFunction = blueprint.route(route=route, methods=[method])(answering)
        return by_key

    return decorate


def routes() -> tuple[Served, ...]:
    """Return what is served; no two take the same path."""
    return tuple(_served)


def find(method: str, path: str) -> tuple[Served, Mapping[str, str]]:
    """Return what answers there, and the parameters in the path; NotFound if nothing does."""
    for each in _served:
        parameters = each.match(method, path)
        if parameters is not None:
            return each, parameters
    raise NotFound(f"nothing answers to {method} here")


def _segment(part: str) -> str:
    return f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)


def _admitting(handler: HttpFunction, role: Role) -> HttpFunction:
    @functools.wraps(handler)
    def admit(req: func.HttpRequest) -> func.HttpResponse:
        people.needs(people.caller(req), role)
        return handler(req)

    return admit
