"""Any sender of JSON or XML, read by the paths and meanings that its administrator gives."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.errors import Misconfigured
from shared.mdm.fields import Reader
from shared.mdm.reading import Meanings, reading
from shared.mdm.settings import Fields, SenderSettings
from shared.mdm.vendor import Answers, Heard, Read, Vendor
from shared.mdm.verification import Verified
from shared.mdm.xml_body import decoded_either


def vendor(settings: SenderSettings) -> Vendor:
    """Return the vendor for one sender; Misconfigured if its paths are missing or none."""
    if settings.fields is None:
        raise Misconfigured(_NO_FIELDS)
    read = read_by(settings.fields, meanings(settings))
    return replace(VENDOR, read=read, signature=settings.signature)


def read_by(fields: Fields, known: Meanings) -> Read:
    """Return how bodies are read in which the facts stand at these paths."""
    reader = Reader.of(fields)
    return reading(reader.hear, known, content=_content, events=reader.events)


def meanings(settings: SenderSettings) -> Meanings:
    """Return what the administrator says that the sender's kinds of event mean."""
    return {kind: meaning.posture for kind, meaning in settings.events.items()}


def _content(verified: Verified) -> object:
    return decoded_either(verified.body)


def _refuse(verified: Verified) -> Sequence[Heard]:
    del verified
    raise Misconfigured(_NO_FIELDS)


_NO_FIELDS: Final = "a sender of vendor generic needs fields: set them in MDM_SENDERS"

# Complete but for what only an administrator knows; see `vendor`.
VENDOR: Final = Vendor(
    name="generic",
    schemes=("hmac", "standard-webhooks", "bearer", "header", "basic", "url"),
    read=_refuse,
    # Nothing is known of it; 503 with Retry-After is what HTTP itself has for "later".
    answers=Answers(),
)
