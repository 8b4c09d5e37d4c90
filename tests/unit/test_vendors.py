"""What the samples of each vendor's webhooks are heard as."""

import json
from pathlib import Path

import pytest

from shared.devices.model import Ownership
from shared.mdm.vendor import Heard, Vendor
from shared.mdm.vendors import KNOWN
from tests.unit.calls import proved
from tests.unit.vendor_cases import CASES, Case, Meaning

SAMPLES = Path(__file__).parents[1] / "samples"
NO_EVENTS = {"SOURCES.md", "signature_vector.json"}  # beside the bodies


def heard(vendor: str, sample: str) -> list[Heard]:
    """Read one sample as if its sender were proved."""
    file = SAMPLES / vendor / sample
    beside = file.with_name(f"{file.stem}.headers.json")
    headers = json.loads(beside.read_text()) if beside.exists() else None
    return list(KNOWN[vendor].read(proved(file.read_bytes(), headers)))


def meaning(vendor: Vendor, event: Heard) -> Meaning:
    """Return what it comes to, as long as an administrator says nothing else."""
    if event.posture:
        return event.posture
    if event.kind in vendor.meanings:
        return vendor.meanings[event.kind] or "nothing"
    return "unknown"


EACH_SAMPLE = [
    (vendor, file.name)
    for vendor in CASES
    for file in sorted((SAMPLES / vendor).iterdir())
    if file.name not in NO_EVENTS and not file.name.endswith(".headers.json")
]


@pytest.mark.parametrize(("vendor", "sample"), EACH_SAMPLE)
def test_sample_is_heard_as_the_table_says(vendor: str, sample: str) -> None:
    """A sample that the table does not have fails too."""
    told = [
        Case(sample, each.kind, meaning(KNOWN[vendor], each), each.subject, each.occurred_at)
        for each in heard(vendor, sample)
    ]

    assert told == [case for case in CASES[vendor] if case.sample == sample]


def test_table_names_only_samples_that_exist() -> None:
    """A renamed sample takes its line with it."""
    named = {(vendor, case.sample) for vendor, cases in CASES.items() for case in cases}
    assert named == set(EACH_SAMPLE)


@pytest.mark.parametrize(
    ("vendor", "sample", "ownership"),
    [
        ("standard", "compliant.json", Ownership.CORPORATE),
        ("standard", "compliant_personal.json", Ownership.PERSONAL),
        ("workspace_one", "enrolled.json", Ownership.CORPORATE),
        ("workspace_one", "enrolled_personal.json", Ownership.PERSONAL),
        ("workspace_one", "enrolled_older.json", Ownership.UNKNOWN),
        ("fleet", "mdm_enrolled.json", Ownership.CORPORATE),
        ("fleet", "mdm_enrolled_personal.json", Ownership.PERSONAL),
        ("fleet", "deleted_host.json", Ownership.UNKNOWN),
        ("jamf", "enrolled.json", Ownership.UNKNOWN),
    ],
)
def test_whose_the_device_is_comes_from_the_event(
    vendor: str, sample: str, ownership: Ownership
) -> None:
    """Where a vendor does not say, nothing is made up: personal devices are not reset."""
    assert {each.ownership for each in heard(vendor, sample)} == {ownership}


@pytest.mark.parametrize(
    ("vendor", "sample", "event_ids"),
    [
        ("kolide", "devices_created.json", ["01JCRX4A6Q0M5T8VZ2B7D9EFG1"]),
        ("meraki", "unenrolled.json", ["640525400910001102"]),
        ("apple_business", "released.json", ["b1a7d5d2-5a3c-4b52-9a0e-6d2f4be10003"]),
        (
            "cloudevents",
            "batch.json",
            [
                f"https://mdm.example.com/tenants/contoso 5c1b5e0a-3f0e-4a55-8a39-6f3f0d1a0c0{n}"
                for n in (1, 2, 3)
            ],
        ),
        # A number that all events of a kind share, and a webhook's: neither is the event's.
        ("workspace_one", "enrolled.json", [""]),
        ("jamf", "enrolled.json", [""]),
    ],
)
def test_event_id_is_one_that_no_other_event_has(
    vendor: str, sample: str, event_ids: list[str]
) -> None:
    """It tells repeats from news."""
    assert [each.event_id for each in heard(vendor, sample)] == event_ids
