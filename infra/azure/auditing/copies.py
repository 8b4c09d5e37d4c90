"""Copies of the audit's files."""

from pathlib import Path
from typing import TextIO

from azure.storage.blob import BlobServiceClient

from shared.azure_failures import translated
from shared.errors import Rejected
from shared.records.audit_log import CONTAINER


def copy(service: BlobServiceClient, folder: Path, tenant_id: str, out: TextIO) -> int:
    """Copy the files of one tenant or all, as they are, and say how many; return the exit code."""
    container = service.get_container_client(CONTAINER)
    with translated("Blob storage"):
        names = sorted(container.list_blob_names(name_starts_with=tenant_id))
        for name in names:
            file = _inside(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as copied:
                container.get_blob_client(name).download_blob().readinto(copied)
    print(f"{len(names)} files are in {folder}", file=out)
    return 0


def _inside(folder: Path, name: str) -> Path:
    """Return where the file belongs; a name that leads elsewhere is none of ours."""
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise Rejected(f"{name} is no file of the audit")
    return file
