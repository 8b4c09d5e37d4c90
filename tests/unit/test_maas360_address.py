"""Where MaaS360 is asked, and that nobody who does not ask it loads what it takes."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.errors import Misconfigured
from shared.mdm.maas360 import address
from tests.unit.maas360_portal import ACCOUNT, Portal

LOADED = """
import sys
import shared.mdm.vendors, shared.mdm.senders, shared.mdm.maas360.address
print([name for name in ("httpx", "ssl") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("account", "base_url", "found"),
    [
        ("10012345", None, "https://services.fiberlink.com"),
        ("20012345", None, "https://services.m2.maas360.com"),
        ("30012345", None, "https://services.m3.maas360.com"),
        ("40012345", None, "https://services.m4.maas360.com"),
        ("60012345", None, "https://services.m6.maas360.com"),
        ("50012345", "https://services.m5.maas360.com/", "https://services.m5.maas360.com"),
        ("30012345", "https://127.0.0.1:8443", "https://127.0.0.1:8443"),
    ],
)
def test_address_follows_from_the_billing_id(
    account: str, base_url: str | None, found: str
) -> None:
    """Unless an administrator knows better."""
    assert address.base(account, base_url) == found


@pytest.mark.parametrize(
    ("account", "base_url", "says"),
    [
        (None, None, "billing id"),
        ("", "https://a.example", "billing id"),
        ("30/../45", None, "digits only"),
        ("٣٠٠", None, "digits only"),
        ("3" * 21, None, "digits only"),
        ("50012345", None, "billing ids with 5"),
        (ACCOUNT, "http://services.m3.maas360.com", "https"),
        (ACCOUNT, "https://", "https"),
        (ACCOUNT, "https://[::1", "https"),
        (ACCOUNT, "https://a.example:99999", "https"),
        (ACCOUNT, "https://user:pass@a.example", "https"),
        (ACCOUNT, "https://a.example/?x=1", "https"),
        (ACCOUNT, "https://a.exa mple", "https"),
    ],
)
def test_account_or_address_that_leads_nowhere_is_told(
    account: str | None, base_url: str | None, says: str
) -> None:
    """At the settings, and again where somebody asks all the same; nothing is sent."""
    (complaint,) = address.complaints(account, base_url)
    assert says in complaint
    portal = Portal()
    with pytest.raises(Misconfigured, match="MDM_SENDERS"):
        portal.listing(account=account, base_url=base_url).ping()
    assert portal.asked == []


def test_senders_that_call_us_do_not_load_an_http_client() -> None:
    """A cold start waits for each import; the settings are checked without one."""
    child = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "[]\n"
