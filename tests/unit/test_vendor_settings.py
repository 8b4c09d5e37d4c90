"""Vendors that are read by a sender's own settings, and how a sender gets its vendor."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from shared.errors import Misconfigured, Rejected
from shared.mdm.settings import Fields, Meaning, SenderSettings, Signature
from shared.mdm.vendors import KNOWN, vendor_for
from tests.unit.builders import TENANT
from tests.unit.calls import proved

CHECKOUT = Path(__file__).parents[2]


def settings_of(vendor: str, **more: object) -> SenderSettings:
    """Return the settings of a sender."""
    return SenderSettings(vendor=vendor, tenant_id=UUID(TENANT), secret_name="s", **more)  # type: ignore[arg-type]


def test_sender_gets_its_vendor_by_name() -> None:
    """The data are the same for all of its senders."""
    assert vendor_for(settings_of("jamf")) is KNOWN["jamf"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (settings_of("nobody"), "vendor nobody is none of apple_business"),
        (settings_of("generic"), "needs fields"),
        (settings_of("jamf", fields=Fields(kind=("x",))), "not heeded"),
        (settings_of("generic", fields=Fields(kind=("a..b",))), "not a path"),
        (settings_of("cloudevents", fields=Fields(kind=("type",), events="x")), "batches"),
    ],
)
def test_settings_that_cannot_be_served_are_the_administrators(
    settings: SenderSettings, says: str
) -> None:
    """With a word on what to change."""
    with pytest.raises(Misconfigured, match=says):
        vendor_for(settings)


def test_generic_sender_is_read_by_its_own_paths() -> None:
    """In a batch, the event that cannot be read is counted and takes no other with it."""
    fields = Fields(kind=("what",), events="items", serial=("phone.serial",))
    vendor = vendor_for(settings_of("generic", fields=fields, events={"gone": Meaning.RETIRED}))
    items = [{"what": "gone", "phone": {"serial": "A1"}}, {"what": "gone"}, 7, {"what": "else"}]

    told = vendor.read(proved(json.dumps({"items": items}).encode()))

    assert [(each.kind, each.subject.serial) for each in told] == [
        ("gone", "A1"),
        ("unreadable", ""),
        ("unreadable", ""),
        ("else", ""),
    ]


def test_batch_of_which_nothing_can_be_read_is_rejected() -> None:
    """It would be lost without a trace."""
    vendor = vendor_for(settings_of("generic", fields=Fields(kind=("what",))))
    with pytest.raises(Rejected):
        vendor.read(proved(b'[{"wat": 1}, 2]'))
    with pytest.raises(Rejected, match="fewer"):
        vendor.read(proved(json.dumps([{"what": "x"}] * 1001).encode()))


def test_soti_is_a_preset_that_gives_way_to_an_administrator() -> None:
    """Ours is a proposal."""
    assert vendor_for(settings_of("soti")).signature == KNOWN["soti"].signature
    own = Signature(header="X-Own")
    fields = Fields(kind=("Was",), serial=("Nummer",))
    vendor = vendor_for(settings_of("soti", fields=fields, signature=own))
    (told,) = vendor.read(proved(b'{"Was": "DeviceWiped", "Nummer": "A1"}'))
    assert (vendor.signature, told.kind, told.subject.serial) == (own, "DeviceWiped", "A1")


def test_plain_sender_does_without_what_only_others_need() -> None:
    """Cold starts count: XML, property lists and cryptography wait until they are needed."""
    program = "import sys, shared.mdm.vendors; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"pyexpat", "plistlib", "cryptography", "jwt", "httpx", "azure"}
    assert heavy.isdisjoint(name.split(".")[0] for name in loaded.stdout.split())
