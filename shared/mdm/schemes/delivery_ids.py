"""The sender's own id for a delivery: it becomes a key in storage."""

from shared.errors import Unverified

ID_LIMIT = 256  # characters


def delivery_id(header: str, text: str) -> str:
    """Return the id, or raise Unverified if it cannot be one."""
    if not 0 < len(text) <= ID_LIMIT:
        raise Unverified(f"{header} is missing or too long")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unverified(f"{header} is not Unicode") from None
    return text
