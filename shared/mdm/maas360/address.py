"""Where the web services of a customer are."""

from urllib.parse import urlsplit

from shared.errors import Misconfigured

# By the first digit of the billing id, as public clients have it.
HOSTS = {
    "1": "services.fiberlink.com",
    "2": "services.m2.maas360.com",
    "3": "services.m3.maas360.com",
    "4": "services.m4.maas360.com",
    "6": "services.m6.maas360.com",
}
LONGEST_ID = 20  # digits


def complaints(account: str | None, base_url: str | None) -> list[str]:
    """Return what an administrator must change; nothing if the two lead somewhere."""
    found = []
    if not account:
        found.append("give the billing id as account")
    elif not (account.isascii() and account.isdecimal() and len(account) <= LONGEST_ID):
        found.append("account is not a billing id: that is digits only")
    elif not base_url and account[0] not in HOSTS:
        found.append(
            f"for billing ids with {account[0]} give the address of the web services as base_url"
        )
    if base_url and not _is_https(base_url):
        found.append(f"base_url {base_url} is not an https address without query")
    return found


def base(account: str | None, base_url: str | None) -> str:
    """Return the address that all paths are put behind; Misconfigured where there is none."""
    if wrong := complaints(account, base_url):
        raise Misconfigured(f"MDM_SENDERS, vendor maas360: {'; '.join(wrong)}")
    return (base_url or f"https://{HOSTS[(account or '')[0]]}").rstrip("/")


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_clean = url.isascii() and url.isprintable() and " " not in url
    return bool(parts.scheme == "https" and parts.hostname and port != 0 and is_plain and is_clean)
