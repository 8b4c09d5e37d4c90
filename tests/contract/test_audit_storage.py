"""The audit on real storage: many writers, some of whom die, make one chain that lacks nothing."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from infra.azure.auditing import copies, verifying
from infra.azure.auditing.verifying import Known
from infra.local.places import CHECKOUT
from shared.audit import verify
from shared.audit.record import Kind
from shared.audit.verify import Chain
from shared.records import audit_log
from shared.records.append_blobs import AppendBlobs, Moved

COUNT = 30


@pytest.fixture
def service(storage: str) -> Iterator[BlobServiceClient]:
    with BlobServiceClient.from_connection_string(storage) as client:
        yield client


@pytest.fixture
def container() -> str:
    return f"audit-{uuid.uuid4().hex[:8]}"


def writer(storage: str, container: str, name: str, count: int = COUNT) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.contract.audit_writer", name, str(count), container]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    process.stdin.write(f"{storage}\n")
    process.stdin.flush()
    return process


def verified(service: BlobServiceClient, container: str) -> Chain:
    client = service.get_container_client(container)
    lines = [
        line
        for name in sorted(client.list_blob_names())
        for line in verify.read(name, client.get_blob_client(name).download_blob().readall())
    ]
    chain = verify.verify(lines)
    assert chain.findings == []
    return chain


def told(chain: Chain) -> list[str]:
    found = [each.record for each in chain.records.values()]
    return [each.operation_id for each in found if each and each.kind == Kind.PLANNED]


def test_who_appends_where_another_has_is_told_to_read_on(
    service: BlobServiceClient, container: str
) -> None:
    blobs = AppendBlobs(service, container)
    blobs.create("t1/a")
    blobs.create("t1/a")
    assert blobs.append("t1/a", b"one\n", 0).position == 4
    with pytest.raises(Moved):
        blobs.append("t1/a", b"two\n", 0)
    assert blobs.append("t1/a", b"two\n", 4).blocks == 2
    assert blobs.read("t1/a", 4, 100) == b"two\n"
    assert blobs.read("t1/a", 8, 100) == blobs.read("t1/a", 9, 100) == b""
    assert (blobs.size("t1/a"), blobs.names("t1/"), blobs.names("t2/")) == (8, ["t1/a"], [])


def test_a_container_that_is_not_made_yet_is_empty_and_no_trouble(
    service: BlobServiceClient, container: str
) -> None:
    blobs = AppendBlobs(service, container)
    blobs.ping()
    assert blobs.names("t1/") == []


def test_several_workers_with_several_threads_make_one_chain(
    storage: str, service: BlobServiceClient, container: str
) -> None:
    """No fork, nothing lost, and each of them once; the file is left several times on the way."""
    workers = [writer(storage, container, name) for name in ("a", "b", "c")]
    outputs = [each.communicate(timeout=60)[0] for each in workers]
    assert [each.returncode for each in workers] == [0, 0, 0]
    said = [line for output in outputs for line in output.split()]
    chain = verified(service, container)
    assert sorted(told(chain)) == sorted(said)
    assert len(said) == 3 * COUNT
    assert chain.repeats == []


def test_killed_workers_leave_a_sound_chain_with_all_that_they_were_told_stands_there(
    storage: str, service: BlobServiceClient, container: str
) -> None:
    workers = [writer(storage, container, name, 2_000) for name in ("a", "b")]
    said: list[str] = []
    for each in workers:
        assert each.stdout
        said += [each.stdout.readline().strip() for _ in range(10)]
    for each in workers:
        each.kill()
        said += each.communicate()[0].split()[:-1]  # the last line may be cut
    survivor = writer(storage, container, "c", 5)
    said += survivor.communicate(timeout=60)[0].split()
    chain = verified(service, container)
    assert set(said) <= set(told(chain))


def test_an_export_is_verified_and_a_copy_that_was_changed_is_not(
    storage: str,
    service: BlobServiceClient,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From storage to the exit code."""
    writer(storage, audit_log.CONTAINER, "a", 5).communicate(timeout=60)
    assert copies.copy(service, tmp_path, "t1", sys.stdout) == 0
    assert verifying.run(tmp_path, Known(), sys.stdout) == 0
    assert "t1: sound" in capsys.readouterr().out
    file = max((tmp_path / "t1").iterdir())
    file.write_bytes(file.read_bytes().replace(b'"action":"block"', b'"action":"allow"', 1))
    assert verifying.run(tmp_path, Known(), sys.stdout) == 1
    assert f"{file}:1: record 2: edited" in capsys.readouterr().out
