"""What may be called: what a name stands for counts, whatever it looks like."""

import socket

import pytest

from shared import public_address
from shared.public_address import NotPublic, Unresolved

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
NEVER = [  # whatever the settings say
    "169.254.169.254",
    "168.63.129.16",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::ffff:0:169.254.169.254",
    "64:ff9b:1::a9fe:a9fe",
    "fec0::1",
    "224.0.0.1",
    "ff02::1",
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "::",
    "240.0.0.1",
    "255.255.255.255",
    "not an address",
    "",
]
OUR_OWN = [  # only with allow_private
    "127.0.0.1",
    "127.8.9.10",
    "::1",
    "10.0.0.4",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.4",
]
# As somebody may write this machine: the resolver understands all of them.
SPELLINGS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "127.0.0.1"]


def checked(*found: str, allow_private: bool = False) -> list[str]:
    """Check a name that stands for these addresses."""
    return public_address.checked(
        "name.example", 443, allow_private=allow_private, resolve=lambda *_: list(found)
    )


@pytest.mark.parametrize("found", PUBLIC)
def test_public_addresses_may_be_called(found: str) -> None:
    assert checked(found) == [found]
    assert checked(found, allow_private=True) == [found]


@pytest.mark.parametrize("found", NEVER)
def test_the_platforms_own_addresses_are_never_called(found: str) -> None:
    for allow_private in (False, True):
        with pytest.raises(NotPublic, match="not public"):
            checked(found, allow_private=allow_private)


@pytest.mark.parametrize("found", OUR_OWN)
def test_our_own_network_is_called_only_if_that_is_meant(found: str) -> None:
    assert checked(found, allow_private=True) == [found]
    with pytest.raises(NotPublic):
        checked(found)


def test_one_address_that_may_not_be_called_spoils_the_name() -> None:
    with pytest.raises(NotPublic):
        checked(PUBLIC[0], "10.0.0.4")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_this_machine_is_known_in_every_spelling(spelling: str) -> None:
    with pytest.raises(NotPublic):
        public_address.checked(spelling, 443, allow_private=False, resolve=public_address.resolve)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_stands_for_nothing_may_do_so_later(error: Exception) -> None:
    def failing(*_: object) -> list[str]:
        raise error

    def empty(*_: object) -> list[str]:
        return []

    for resolve in (failing, empty):
        with pytest.raises(Unresolved):
            public_address.checked("name.example", 443, allow_private=False, resolve=resolve)
