"""What is done stands in the audit before it is done; what is done to the audit shows."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from azure.storage.blob import BlobServiceClient
from cryptography import x509

from infra.azure.auditing import copies, verifying
from infra.azure.auditing.verifying import Known
from infra.local import contoso
from infra.local.world import World
from tests.e2e import auditing, keys
from tests.e2e.asking import a_phone, get, order, report, requested
from tests.e2e.auditing import Witness, exported, of, records
from tests.e2e.looking import done, until

WITNESS = Witness()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world whose Exchange looks into the audit at every change."""
    with World(embedded=True, wipe_settle=2.0, watch=WITNESS.watch) as world:
        WITNESS.world = world
        yield world


def test_a_block_and_a_wipe_stand_there_before_exchange_hears_of_them(
    world: World, client: httpx.Client
) -> None:
    blocked, wiped = a_phone(world, "Blocked"), a_phone(world, "Wiped")
    wiped.client_version = "16.1"
    block = report(world, client, blocked, "device.noncompliant")
    until(lambda: done(world, client, block), "the phone is blocked")
    wipe = requested(world, client, wiped, "wipe_account")

    seen = dict(WITNESS.seen)
    assert of(seen["Set-CASMailbox"], block) == ["planned"]
    assert of(seen["Clear-MobileDevice"], wipe) == ["opened", "planned"]
    assert of(records(world), block) == ["planned", "done"]
    assert of(records(world), wipe) == ["opened", "planned", "acted"]


def test_the_audit_names_nobody_and_health_is_content_with_it(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "Nameless")
    operation_id = order(world, client, phone, "block", reason="nameless@contoso.com lost it")
    until(lambda: done(world, client, operation_id), "the phone is blocked")
    found = [each for each in records(world) if each["operation_id"] == operation_id]
    assert {"mailbox", "device_id"} <= found[0]["facts"].keys()
    assert not auditing.names_somebody(str(found), phone.device_id, str(phone.guid))
    health = get(world, client, "health/dependencies").json()
    assert health["dependencies"]["audit"] == "ok"


def test_a_sealed_export_is_sound_and_what_is_done_to_a_copy_is_named(
    world: World, client: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The seal is checked with the certificate's public part, and nothing else."""
    operation_id = order(world, client, a_phone(world, "Sealed"), "block")
    until(lambda: done(world, client, operation_id), "the phone is blocked")
    keys.run_the_watch(world, client)
    until(lambda: records(world)[-1]["kind"] == "sealed", "the audit is sealed")
    der = world.vault.certificate_der(contoso.CERTIFICATE, keys.versions(world)[-1])
    known = Known(certificates=(x509.load_der_x509_certificate(der),))

    file = tmp_path / "audit.jsonl"
    assert exported(world, client, file) == httpx.codes.OK
    assert verifying.run(file, known, sys.stdout) == 0
    folder = tmp_path / "copy"
    with BlobServiceClient.from_connection_string(world.connection_string) as service:
        copies.copy(service, folder, contoso.TENANT_ID, sys.stdout)
    assert verifying.run(folder, known, sys.stdout) == 0
    assert b"".join(each.read_bytes() for each in sorted(folder.rglob("*.jsonl"))) == (
        file.read_bytes()
    )
    capsys.readouterr()

    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert verifying.run(file, known, sys.stdout) == 1
    assert "record 5: dropped: before it, 4 is missing" in capsys.readouterr().out
