"""A worker that records as fast as it can: `python -m tests.contract.audit_writer NAME COUNT`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from azure.storage.blob import BlobServiceClient

from shared.audit.record import Actor, Entry, Kind
from shared.records.append_blobs import AppendBlobs
from shared.records.audit_log import AuditLog

AT = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
THREADS = 4


def record(log: AuditLog, name: str, number: int) -> None:
    """Record one step, and say so once it stands there."""
    log.append(
        Entry(
            tenant_id="t1",
            at=AT,
            kind=Kind.PLANNED,
            operation_id=f"{name}-{number}",
            actor=Actor(kind="mdm", id=name),
            facts={"action": "block"},
        )
    )
    sys.stdout.write(f"{name}-{number}\n")
    sys.stdout.flush()


def main(name: str, count: int, container: str) -> None:
    """Record so many, with several threads; where storage is comes by the standard input."""
    with BlobServiceClient.from_connection_string(sys.stdin.readline().strip()) as service:
        log = AuditLog(AppendBlobs(service, container), lambda: AT, blocks_at_most=60)
        with ThreadPoolExecutor(THREADS) as threads:
            for done in [threads.submit(record, log, name, each) for each in range(count)]:
                done.result()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
