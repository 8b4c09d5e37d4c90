"""Hundreds of thousands of devices: drawn from a seed, and listed page by page."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.rows import Values
from tests.contract.exchange_world import World

MEGABYTE = 1_000_000
PAGES = 20
CHECKOUT = Path(__file__).resolve().parents[2]
FULL_SIZE = """
import json, resource, time
from tests.contract.exchange_world import ANCHOR, World, body_of

world, started = World(), time.process_time()
world.tenant.populate(mailboxes=100_000, devices_per_mailbox=2.5, seed=1)
report = {"populate": time.process_time() - started}
headers = {"X-AnchorMailbox": ANCHOR}
for cmdlet in ("Get-MobileDevice", "Get-CASMailbox"):
    link, rows, spent = f"/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand", 0, 0.0
    for _ in range(PAGES):
        started = time.process_time()
        answer = world.invoke(cmdlet, {"ResultSize": "Unlimited"}, headers=headers, path=link)
        answer.read()
        spent += time.process_time() - started
        body = answer.json()
        link, rows = body["@odata.nextLink"], rows + len(body["value"])
    report[cmdlet] = [rows, PAGES / spent]
report["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps(report))
"""


def people(seed: int) -> list[tuple[object, ...]]:
    world = World()
    world.tenant.populate(mailboxes=40, devices_per_mailbox=2.5, seed=seed)
    return [
        (mailbox.address, mailbox.name, device.device_id, device.model, device.access.state)
        for mailbox in world.tenant.mailboxes.values()
        for device in mailbox.devices.values()
    ]


def test_the_same_seed_gives_the_same_people() -> None:
    assert people(1) == people(1) != people(2)
    assert len(people(1)) == 100


def test_a_population_is_a_plausible_mix() -> None:
    world = World()
    world.tenant.populate(mailboxes=1000, devices_per_mailbox=2.5, seed=3)
    devices = [one for box in world.tenant.mailboxes.values() for one in box.devices.values()]

    clients = Counter(str(device.client_type) for device in devices)
    versions = {device.client_version for device in devices}
    states = Counter(str(device.access.state) for device in devices)
    listed = [box for box in world.tenant.mailboxes.values() if box.allowed_ids or box.blocked_ids]

    assert len(devices) == 2500
    assert clients["EAS"] > clients["Outlook"] > clients["REST"] > 0
    assert {"14.1", "16.0", "16.1"} < versions
    assert states["Allowed"] > 10 * states["Blocked"] > 0
    assert 20 < len(listed) < 200
    assert len({device.guid for device in devices}) == 2500


def test_populating_adds_to_what_is_there_and_can_be_asked_for_by_every_key() -> None:
    world = World()
    world.tenant.populate(mailboxes=10, devices_per_mailbox=1, seed=1)
    [row] = world.rows("Get-CASMailbox", Identity="user000003@contoso.com")
    first, *_ = world.rows("Get-MobileDevice")

    assert len(world.rows("Get-CASMailbox")) == 11
    assert world.rows("Get-CASMailbox", Identity=row["DistinguishedName"]) == [row]
    for key in ("Identity", "DistinguishedName", "Guid"):
        assert world.rows("Get-MobileDevice", Identity=first[key]) == [first]


def test_a_page_looks_at_no_more_than_its_rows_and_one() -> None:
    looked_at: list[int] = []

    def show(key: int) -> Values | None:
        looked_at.append(key)
        return None if key == 501 else {"key": key}

    cut = Listing(range(100_000), show).cut(500, 3)

    assert [row["key"] for row in cut.rows] == [500, 502, 503]
    assert cut.next == 504
    assert looked_at == [500, 501, 502, 503, 504]


def test_a_large_company_fits_in_memory_and_its_pages_come_fast() -> None:
    """Measured in time of the processor: 15 pages of 1000 rows a second, below 1 GB."""
    code = FULL_SIZE.replace("PAGES", str(PAGES))
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    report = json.loads(child.stdout)

    assert report["populate"] < 15
    assert report["memory"] < 1000 * MEGABYTE
    for cmdlet in ("Get-MobileDevice", "Get-CASMailbox"):
        rows, per_second = report[cmdlet]
        assert rows == PAGES * 1000
        assert per_second > 15
