"""
Microsoft Teams: an Adaptive Card for a workflow that posts what a webhook receives.

Version 1.4 is what Teams shows everywhere. Its texts are Markdown, so that what others
have named, such as devices, is escaped.
"""

import re
from collections.abc import Iterable

import msgspec

from shared.alerts import wording
from shared.alerts.call import Call
from shared.alerts.told import Told
from shared.alerts.trouble import Severity, severity
from shared.alerts.wording import Link

COLOURS = {
    Severity.CRITICAL: "attention",
    Severity.ERROR: "attention",
    Severity.WARNING: "warning",
    Severity.INFO: "good",
}
MARKDOWN = re.compile(r"([\\`*_\[\]<>~#|!])")


def call(url: str, told: Told, links: Iterable[Link]) -> Call:
    """Return the message that shows an event."""
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card(told, links),
    }
    message = {"type": "message", "attachments": [attachment]}
    headers = {"Content-Type": "application/json"}
    return Call(url=url, headers=headers, body=msgspec.json.encode(message))


def card(told: Told, links: Iterable[Link]) -> dict[str, object]:
    """Return the card: a title in the colour of its severity, the facts, and where to go."""
    level = severity(told)
    heading = {
        "type": "TextBlock",
        "text": _plain(wording.title(told)),
        "size": "large",
        "weight": "bolder",
        "color": COLOURS[level],
        "wrap": True,
    }
    about = {
        "type": "TextBlock",
        "text": f"{level.value}: {_plain(told.kind)}, {told.time:%Y-%m-%d %H:%M} UTC",
        "isSubtle": True,
        "spacing": "none",
        "wrap": True,
    }
    facts = [{"title": label, "value": _plain(text)} for label, text in wording.facts(told).items()]
    actions = [{"type": "Action.OpenUrl", "title": each.title, "url": each.url} for each in links]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": wording.title(told),
        "msteams": {"width": "Full"},
        "body": [heading, about, {"type": "FactSet", "facts": facts}],
        **({"actions": actions} if actions else {}),
    }


def _plain(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)
