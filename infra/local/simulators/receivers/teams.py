"""
A Teams workflow, "When a Teams webhook request is received": posts Adaptive Cards.

Strict where Teams is: unknown elements and actions, a card newer than 1.4, a message over 28
KB, or a wrong `sig` in the address, which is all that it asks for. Written from Microsoft's
reference of Adaptive Cards; as much of it as an alert may need.
"""

import secrets
from typing import Annotated, Literal

import httpx
import msgspec

from infra.local.simulators.receivers.door import Door, RefusedError

PATH = "/workflows/1f0c8d52e6b14bd5a0b3a5a2a2f6a7e1/triggers/manual/paths/invoke"
LIMIT = 28 * 1024
Text = Annotated[str, msgspec.Meta(min_length=1)]
Address = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$")]
Colour = Literal["default", "dark", "light", "accent", "good", "warning", "attention"]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An object with nothing in it that is not documented."""


class TextBlock(_Strict, tag="TextBlock", tag_field="type"):
    """A text."""

    text: Text
    color: Colour = "default"
    size: Literal["default", "small", "medium", "large", "extraLarge"] = "default"
    weight: Literal["default", "lighter", "bolder"] = "default"
    spacing: Literal["none", "small", "default", "medium", "large", "extraLarge", "padding"] = (
        "default"
    )
    wrap: bool = False
    isSubtle: bool = False  # noqa: N815 - its name in the reference


class Fact(_Strict):
    """A name and a value."""

    title: Text
    value: Text


class FactSet(_Strict, tag="FactSet", tag_field="type"):
    """Facts, as a table."""

    facts: Annotated[list[Fact], msgspec.Meta(min_length=1)]


class OpenUrl(_Strict, tag="Action.OpenUrl", tag_field="type"):
    """A button that leads somewhere."""

    title: Text
    url: Address


class Width(_Strict):
    """What Teams adds to the reference."""

    width: Literal["Full"]


class Card(_Strict, tag="AdaptiveCard", tag_field="type"):
    """An Adaptive Card."""

    schema: Literal["http://adaptivecards.io/schemas/adaptive-card.json"] = msgspec.field(
        name="$schema"
    )
    version: Literal["1.0", "1.1", "1.2", "1.3", "1.4"]
    body: Annotated[list[TextBlock | FactSet], msgspec.Meta(min_length=1)]
    actions: Annotated[list[OpenUrl], msgspec.Meta(min_length=1, max_length=6)] = []
    fallbackText: Text = "-"  # noqa: N815 - its name in the reference
    msteams: Width | None = None


class Attachment(_Strict):
    """One card, in its envelope."""

    contentType: Literal["application/vnd.microsoft.card.adaptive"]  # noqa: N815 - as above
    contentUrl: None  # noqa: N815 - as above
    content: Card


class Message(_Strict):
    """What is posted."""

    type: Literal["message"]
    attachments: Annotated[list[Attachment], msgspec.Meta(min_length=1, max_length=10)]


class Workflow:
    """Keeps every card that it was sent."""

    def __init__(self) -> None:
        self.signature = secrets.token_urlsafe(32)
        self.cards: list[Card] = []
        self.door = Door(self._take)

    @property
    def address(self) -> str:
        """Where it is, below its host; all of it is a secret."""
        return f"{PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={self.signature}"

    @property
    def titles(self) -> list[str]:
        """The first text of each card."""
        return [block.text for card in self.cards if isinstance(block := card.body[0], TextBlock)]

    def is_meant(self, request: httpx.Request) -> bool:
        """Whether the address is its own."""
        return request.url.path == PATH

    def _take(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("sig") != self.signature:
            raise RefusedError(401, {"error": {"code": "AuthorizationFailed"}})
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise RefusedError(415, {"error": {"code": "UnsupportedMediaType"}})
        if len(request.content) > LIMIT:
            raise RefusedError(413, {"error": {"code": "RequestEntityTooLarge"}})
        try:
            message = msgspec.json.decode(request.content, type=Message)
        except msgspec.MsgspecError as error:
            raise RefusedError(400, {"error": {"code": "BadRequest", "message": str(error)}}) from (
                error
            )
        self.cards += [each.content for each in message.attachments]
        return httpx.Response(202)
