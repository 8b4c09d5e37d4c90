"""Where a sender puts its credential: a header line, or the address it posts to."""

import base64

import httpx


def basic(pair: str) -> str:
    """Return the Authorization value for "user:password" (RFC 7617)."""
    return "Basic " + base64.b64encode(pair.encode()).decode()


def bearer(token: str) -> str:
    """Return the Authorization value for a token (RFC 6750)."""
    return f"Bearer {token}"


def in_query(url: str, token: str) -> httpx.URL:
    """Return *url* with the query parameter token, the others kept."""
    return httpx.URL(url).copy_merge_params({"token": token})
