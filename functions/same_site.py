"""
Whether a call by a person comes from our own page: browsers send cookies along from anywhere.

Another site cannot set X-Requested-With without asking us first (CORS), which we never allow; what
a browser says in Origin and Sec-Fetch-Site no page can change.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from shared.errors import NotAllowed

CHANGES_NOTHING = frozenset({"GET", "HEAD"})


def check(method: str, headers: Mapping[str, str], hosts: frozenset[str]) -> None:
    """Raise NotAllowed for what another site may have sent; *hosts* are our own names."""
    site = headers.get("sec-fetch-site", "").lower()
    if method in CHANGES_NOTHING:
        if site not in {"", "same-origin", "none"}:  # none: somebody typed the address
            raise NotAllowed("another site asks for this")
        return
    if not headers.get("x-requested-with"):
        raise NotAllowed("a change by a person carries the header X-Requested-With")
    origin = headers.get("origin", "")
    if not (site or origin):
        raise NotAllowed("a change by a person carries the browser's Origin or Sec-Fetch-Site")
    if site not in {"", "same-origin"} or (origin and not _is_ours(origin, hosts)):
        raise NotAllowed("another site asks for this change")


def _is_ours(origin: str, hosts: frozenset[str]) -> bool:
    try:
        return urlsplit(origin).netloc.lower() in hosts
    except ValueError:
        return False
