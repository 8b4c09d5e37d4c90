"""The timers' memory: one small blob per timer, where the platform keeps it too."""

import hashlib
import json
import re
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from infra.local.host.settings import Settings
from infra.local.host.storage import PATIENCE

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient

CONTAINER = "azure-webjobs-hosts"
NEVER = datetime(1, 1, 1, tzinfo=UTC)  # .NET's default(DateTime)


@dataclass(frozen=True, slots=True)
class Status:
    """When a timer last fired, when it fires next, and the moment Next was worked out from."""

    Last: datetime
    Next: datetime
    LastUpdated: datetime

    def to_json(self) -> dict[str, str]:
        """Write the moments as the platform's JSON does."""
        return {name: value.isoformat() for name, value in asdict(self).items()}


class StatusStore:
    """One timer's status blob; its methods block and raise AzureError."""

    def __init__(self, connection_string: str, host_id: str, function: str) -> None:
        self._connection_string = connection_string
        self._path = f"timers/{host_id}/Host.Functions.{function}/status"

    def read(self) -> Status | None:
        """Return the stored status, or None for a timer that is new or a blob that is broken."""
        try:
            content = json.loads(self._blob().download_blob().readall())
            return Status(*(_moment(content[name]) for name in ("Last", "Next", "LastUpdated")))
        except (ResourceNotFoundError, ValueError, LookupError, TypeError):
            return None

    def write(self, status: Status) -> None:
        """Store *status*, in a container that is made if it is missing."""
        content = json.dumps(status.to_json())
        try:
            self._blob().upload_blob(content, overwrite=True)
        except ResourceNotFoundError:
            self._create_container()
            self._blob().upload_blob(content, overwrite=True)

    def _blob(self) -> "BlobClient":
        # Imported here: only apps with monitored timers pay for it, after the host is ready.
        from azure.storage.blob import BlobClient  # noqa: PLC0415

        return BlobClient.from_connection_string(
            self._connection_string, CONTAINER, self._path, **PATIENCE
        )

    def _create_container(self) -> None:
        from azure.storage.blob import ContainerClient  # noqa: PLC0415  as above

        container = ContainerClient.from_connection_string(
            self._connection_string, CONTAINER, **PATIENCE
        )
        try:
            container.create_container()
        except ResourceExistsError:
            return


def host_id(settings: Settings, app: Path) -> str:
    """Name this host: the override if there is one, else machine and app folder, 32 characters."""
    digest = hashlib.sha256(str(app).encode()).hexdigest()
    machine = re.sub(r"[^a-z0-9]", "", socket.gethostname().lower())[:20]
    return settings.get("AzureFunctionsWebHost__hostid") or f"{machine}-{digest}"[:32]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
