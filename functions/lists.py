"""How lists are asked for and answered: so many at a time, and where the rest is."""

from datetime import datetime
from urllib.parse import urlencode

import azure.functions as func

from shared.errors import Rejected

MOST = 200  # in one answer
SECRET = "code"  # noqa: S105 - the parameter's name; who gives the key in it keeps it to himself


def limit(req: func.HttpRequest, default: int) -> int:
    """Return how many are asked for at most."""
    text = req.params.get("limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        raise Rejected(f"limit is a number from 1 to {MOST}")
    return int(text[:9])


def moment(req: func.HttpRequest, name: str) -> datetime | None:
    """Return a time that is asked for."""
    text = req.params.get(name, "")
    if not text:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Rejected(f"{name} is a time with its offset, such as 2026-05-04T03:00:00Z")
    return found


def following(req: func.HttpRequest, after: str | int | None, **also: str) -> dict[str, str]:
    """Return the header that leads to the next answer (RFC 8288), if there is one."""
    if after is None:
        return {}
    asked = {name: text for name, text in req.params.items() if name not in {SECRET, "after"}}
    # Relative to the address asked: that has two doors, and any name.
    target = urlencode({**asked, **also, "after": str(after)})
    return {"Link": f'<?{target}>; rel="next"'}
