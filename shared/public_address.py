"""
Which addresses may be called that somebody wrote down.

A name is resolved once, all that it stands for is checked, and it is the checked address
that is connected to: a name that stands for another machine a moment later gains nothing.
What a host looks like in the URL (decimal, octal, mapped) does not count, only what comes out.
"""

import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from shared.errors import Misconfigured, Retryable

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]


class Unresolved(Retryable):
    """A name stands for no address, at the moment at least."""


class NotPublic(Misconfigured):
    """A name stands for an address that may not be called."""


# Azure's own services on each machine: a public address that leads inside.
WIRE_SERVER = ip_address("168.63.129.16")
NAT64 = IPv6Network("64:ff9b::/96")
TRANSLATED = IPv6Network("::/96")  # IPv4-compatible, long obsolete
STATELESS = IPv6Network("::ffff:0:0:0/96")  # IPv4-translated (RFC 2765)
# Not public, though not all versions of Python know it: a site's own NAT64, and site-local.
SITES_OWN = (IPv6Network("64:ff9b:1::/48"), IPv6Network("fec0::/10"))
CARRIER = ip_network("100.64.0.0/10")  # shared between providers; Azure uses parts of it inside


def resolve(host: str, port: int) -> list[str]:
    """Return every address a host stands for; OSError if there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def checked(host: str, port: int, *, allow_private: bool, resolve: Resolve) -> list[str]:
    """
    Return the addresses of a host, each of which may be connected to.

    NotPublic if a single one may not; Unresolved if there is none at the moment.
    """
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise Unresolved("the name cannot be resolved") from error
    if not found:
        raise Unresolved("the name stands for no address")
    if any(not _may_be_called(each, allow_private=allow_private) for each in found):
        raise NotPublic("the name stands for an address that is not public")
    return found


def _may_be_called(text: str, *, allow_private: bool) -> bool:
    try:
        # A zone, as in fe80::1%eth0, makes no address better.
        told = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_allowed(each, allow_private=allow_private) for each in _meant(told))


def _meant(told: Address) -> Iterator[Address]:
    """Yield an address and those that it carries inside."""
    yield told
    if isinstance(told, IPv4Address):
        return
    carried = (told.ipv4_mapped, told.sixtofour, *(told.teredo or ()))
    yield from (each for each in carried if each is not None)
    if told in NAT64 or told in STATELESS or (told in TRANSLATED and int(told) > 1):
        yield IPv4Address(int(told) & 0xFFFFFFFF)


def _is_allowed(address: Address, *, allow_private: bool) -> bool:
    # The platform's metadata and its like are for nobody to call, whatever a setting says.
    if address == WIRE_SERVER or address.is_link_local:
        return False
    if address.is_multicast or address.is_unspecified or any(address in each for each in SITES_OWN):
        return False
    if address.is_global:
        return True
    is_ours = address.is_private or address in CARRIER
    return allow_private and is_ours and not _is_reserved(address)


def _is_reserved(address: Address) -> bool:
    return isinstance(address, IPv4Address) and address.is_reserved
