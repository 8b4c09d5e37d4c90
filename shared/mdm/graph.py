"""
Change notifications of Microsoft Graph about a tenant's users.

A change of a user does not say what has changed: the report names the owner by directory id,
and whoever handles it asks the directory. A user who was created has no devices yet, and
with a user who was deleted the mailbox is gone too; to delete one at first comes as a change.
What happens to the subscription itself are kinds that begin with `lifecycle.`.
Source: learn.microsoft.com/graph, "Receive change notifications through webhooks" and
"Reduce missing subscriptions and change notifications".
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from shared.devices.model import Posture
from shared.devices.subject import About, Subject
from shared.errors import Rejected
from shared.mdm.call import Answer, Call
from shared.mdm.facts import address, text
from shared.mdm.moments import moment
from shared.mdm.paths import find
from shared.mdm.reading import batch, json_of
from shared.mdm.settings import SenderSettings
from shared.mdm.vendor import Answers, Heard, Vendor
from shared.mdm.verification import Verified

NAME: Final = "graph"
LONGEST_TOKEN: Final = 2048  # characters; those that Graph sends have about a hundred

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "users.created": None,
    "users.updated": None,  # unless it may be that the account was disabled
    "users.deleted": None,
    "lifecycle.missed": None,
    "lifecycle.reauthorizationRequired": None,
    "lifecycle.subscriptionRemoved": None,
}

# Reads an item's encrypted content.
Content = Callable[[object], object]
# Reads that of one body, once its validation tokens have proved who sends.
Open = Callable[[object], Content]

_USER = re.compile(
    r"/?users(?:/|\(')([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:'\))?", re.IGNORECASE
)
_MARKS = (("id",), ("resourceData", "sequenceNumber"), ("resourceData", "eventTime"))
# Graph gives up after three seconds, and tries again for four hours upon any 5xx.
_ANSWERS: Final = Answers(busy=HTTPStatus.SERVICE_UNAVAILABLE, patience=timedelta(seconds=3))


def vendor_for(settings: SenderSettings, opened: Open | None) -> Vendor:
    """Return the vendor for one tenant; *opened*: None where no content is to be read."""
    return _vendor(str(settings.tenant_id), opened)


def greet(call: Call, origins: Sequence[str]) -> Answer | None:
    """Answer a validation of our address: anybody may ask, so the token stays plain text."""
    del origins
    token = call.query.get("validationToken")
    if call.method != "POST" or token is None:
        return None
    if not token or text(token, LONGEST_TOKEN) != token:
        raise Rejected("the validation token is not one that Microsoft Graph would send")
    return Answer(
        status=HTTPStatus.OK,
        text=token,
        content_type="text/plain",
        headers={"X-Content-Type-Options": "nosniff"},
    )


def _vendor(tenant_id: str, opened: Open | None) -> Vendor:
    return Vendor(
        name=NAME,
        schemes=("body",),
        read=partial(_read, tenant_id=tenant_id.lower(), opened=opened),
        meanings=MEANINGS,
        answers=_ANSWERS,
        greet=greet,
        body_secret="value[*].clientState",  # noqa: S106 - where it is found, not what it is
    )


def _read(verified: Verified, *, tenant_id: str, opened: Open | None) -> Sequence[Heard]:
    body = json_of(verified)
    items = body.get("value") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(items, list):
        raise Rejected("the body is no collection of change notifications")
    content: Content | None = None
    if opened and any(find(item, ("encryptedContent",)) is not None for item in items):
        content = opened(body.get("validationTokens"))
    return batch(items, partial(_hear, tenant_id=tenant_id, content=content))


def _hear(item: object, *, tenant_id: str, content: Content | None) -> Heard:
    if text(find(item, ("tenantId",))).lower() != tenant_id:
        raise Rejected("the notification is not of the sender's tenant")
    change = text(find(item, ("changeType",)))
    if lifecycle := text(find(item, ("lifecycleEvent",))):
        return Heard(kind=f"lifecycle.{lifecycle}", subject=Subject())
    if not change:
        raise Rejected("the notification does not say what has happened")
    user = _USER.fullmatch(text(find(item, ("resource",))))
    if user is None:
        kind = text(find(item, ("resourceData", "@odata.type"))).rpartition(".")[2].lower()
        return Heard(kind=f"{kind or 'something'}.{change}", subject=Subject())
    directory_id = user[1].lower()
    heard = Heard(
        kind=f"users.{change}",
        subject=Subject(directory_id=directory_id),
        event_id=_told_apart(item, directory_id),
        occurred_at=moment(find(item, ("resourceData", "eventTime"))),
        about=About.OWNER,
    )
    return _changed(heard, item, content) if change == "updated" else heard


def _told_apart(item: object, directory_id: str) -> str:
    """Return a name for the notification: Graph may tell of two changes in the very same words."""
    marks = [text(find(item, path)) for path in _MARKS]
    # Without a mark, a repeated delivery is another report; for all else a change would be lost.
    return "|".join((*marks, directory_id)) if any(marks) else str(uuid.uuid4())


def _changed(heard: Heard, item: object, content: Content | None) -> Heard:
    """Return what a change of a user may mean, or does mean, if it says what has changed."""
    encrypted = find(item, ("encryptedContent",))
    if content is None or encrypted is None:
        return replace(heard, posture=Posture.RETIRED)
    said = content(encrypted)
    whose = text(find(said, ("id",))).lower()
    if whose and whose != heard.subject.directory_id:
        raise Rejected("the notification's content is about somebody else")
    is_enabled = find(said, ("accountEnabled",))
    if is_enabled is True:
        return heard
    if is_enabled is not False:
        return replace(heard, posture=Posture.RETIRED)
    named = replace(
        heard.subject,
        upn=address(find(said, ("userPrincipalName",))),
        mail=address(find(said, ("mail",))),
    )
    return replace(heard, posture=Posture.RETIRED, subject=named)


VENDOR: Final = _vendor("", None)  # of no tenant: it can be named, and reads nothing
