"""How Graph reaches those who subscribe."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """
    The way out, and what differs from the service by its owner's wish.

    The service gives no data of users away: with `data_of_users` receivers can be tried with
    encrypted notifications all the same.
    """

    client: httpx.Client
    sign: Callable[[str, str], str]  # a validation token for a tenant and an app
    loopback: bool = False  # endpoints on this machine will do, without TLS too
    data_of_users: bool = False

    def may_reach(self, url: str) -> bool:
        """Say whether an endpoint could be reached: the service sees public addresses only."""
        return self.loopback or not is_local(url)

    def accepts(self, url: str) -> bool:
        """Say whether the URL of an endpoint is of the right form."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        plain = parsed.scheme == "http" and self.loopback and is_local(url)
        return bool(parsed.host) and (parsed.scheme == "https" or plain)


def is_local(url: str) -> bool:
    """Say whether a URL leads to this machine or to a private network."""
    host = httpx.URL(url).host
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host
