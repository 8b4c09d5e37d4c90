"""What has changed among the users since a reader last looked, in rounds of pages."""

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx

from infra.local.simulators.graph import query
from infra.local.simulators.graph.call import Call, answer
from infra.local.simulators.graph.refusals import RefusedError, bad_request, unsupported
from infra.local.simulators.graph.user_directory import (
    USER,
    USUAL,
    Standing,
    User,
    UserDirectory,
)

_OPTIONS = {"$select", "$deltatoken", "$skiptoken"}
_LASTS = timedelta(days=7)
_USUAL_SIZE = 100
_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)")
_REASONS = {Standing.DELETED: "changed", Standing.PURGED: "deleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How far a reader has come; the tokens in its links are this."""

    select: str
    since: int  # serial of the last change of the round before; zero in the first
    until: int  # serial of the last change of this round
    seen: int  # serial of the last change on the page before
    made: int  # unix seconds


class UserDelta:
    """The operation `delta` of users."""

    def __init__(self, directory: UserDirectory) -> None:
        self._directory = directory

    def read(self, call: Call) -> httpx.Response:
        """Return a page of changes, with the link to the next page or to the next round."""
        place = self._place(call)
        asked = query.read(
            httpx.QueryParams({"$select": place.select}), kind="user", names=USER, usual=USUAL
        )
        found = self._found(call, place)
        page = found[: _size(call)]
        if page != found:
            further = replace(place, seen=page[-1].serial)
            link = {"@odata.nextLink": _link(call, "$skiptoken", further)}
        else:
            link = {"@odata.deltaLink": _link(call, "$deltatoken", place)}
        context = {"@odata.context": f"{call.base}/$metadata#users{asked.suffix}"}
        value = [_entry(user, asked) for user in page]
        return answer({**context, **link, "value": value}, HTTPStatus.OK)

    def _place(self, call: Call) -> _Place:
        params, now, serial = call.request.url.params, call.now, self._directory.serial
        for option in params:
            if option not in _OPTIONS:
                raise unsupported(f"The query option '{option}' is not supported for delta.")
        made = int(now.timestamp())
        if token := params.get("$skiptoken"):
            return _read(token, call)
        if (token := params.get("$deltatoken", "")) not in ("", "latest"):
            last = _read(token, call)
            return replace(last, since=last.until, until=serial, seen=last.until, made=made)
        now_on = serial if token else 0
        select = params.get("$select", "")
        return _Place(select=select, since=now_on, until=serial, seen=now_on, made=made)

    def _found(self, call: Call, place: _Place) -> list[User]:
        """
        Return what is left of a round; who changes meanwhile moves on to the next one.

        The first round tells of nobody who is gone.
        """
        changed = [
            user
            for user in self._directory.everybody(call.tenant.tenant_id)
            if place.seen < user.serial <= place.until
            and (place.since or user.standing is Standing.PRESENT)
        ]
        return sorted(changed, key=lambda user: user.serial)


def _entry(user: User, asked: query.Query) -> dict[str, Any]:
    if user.standing is Standing.PRESENT:
        return {**asked.project(user.shape), "id": user.object_id}
    return {"id": user.object_id, "@removed": {"reason": _REASONS[user.standing]}}


def _size(call: Call) -> int:
    asked = _SIZE.search(call.request.headers.get("Prefer", ""))
    return max(1, int(asked[1])) if asked else _USUAL_SIZE


def _link(call: Call, option: str, place: _Place) -> str:
    token = base64.urlsafe_b64encode(json.dumps(asdict(place)).encode()).decode().rstrip("=")
    return f"{call.base}/users/delta?{option}={token}"


def _read(token: str, call: Call) -> _Place:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        place = _Place(**json.loads(raw))
    except (binascii.Error, ValueError, TypeError) as error:
        raise bad_request("Badly formed token.", code="BadRequest") from error
    if call.now.timestamp() - place.made > _LASTS.total_seconds():
        raise RefusedError(
            HTTPStatus.GONE,
            "syncStateNotFound",
            "The sync state generation is not found; start over.",
            headers={"Location": f"{call.base}/users/delta?$deltatoken="},
        )
    return place
