"""Append blobs of one container: what is in them stays, and nobody appends where another has."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobServiceClient, StorageErrorCode

from shared.azure_failures import translated
from shared.errors import Contended

PAST_ITS_END = 416


class Moved(Contended):
    """Somebody has appended meanwhile: read on from where you were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where a blob ends, and of how many blocks it is: 50,000 at most."""

    position: int
    blocks: int


class AppendBlobs:
    """The container is made when the first blob is."""

    def __init__(self, service: BlobServiceClient, container: str) -> None:
        self._container = service.get_container_client(container)
        self._clients: dict[str, BlobClient] = {}

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with the prefix, in their order."""
        with translated("Blob storage"):
            try:
                return sorted(self._container.list_blob_names(name_starts_with=prefix))
            except ResourceNotFoundError:
                return []

    def create(self, name: str) -> None:
        """Make a blob, unless it is there."""
        with translated("Blob storage"):
            try:
                self._create(name)
            except ResourceNotFoundError:
                self._make_container()
                self._create(name)

    def append(self, name: str, text: bytes, position: int) -> Appended:
        """Append in one piece if the blob ends at *position*; Moved otherwise."""
        with translated("Blob storage"):
            try:
                told = self._client(name).append_block(text, appendpos_condition=position)
            except HttpResponseError as error:
                if _code(error) == StorageErrorCode.APPEND_POSITION_CONDITION_NOT_MET:
                    raise Moved(f"{name} does not end at {position} any more") from error
                raise
        blocks = int(str(told["blob_committed_block_count"]))
        return Appended(position=position + len(text), blocks=blocks)

    def read(self, name: str, position: int, at_most: int) -> bytes:
        """Return what follows the position; nothing if that is the blob's end."""
        with translated("Blob storage"):
            try:
                found = self._client(name).download_blob(offset=position, length=at_most)
                return found.readall()
            except HttpResponseError as error:
                if error.status_code == PAST_ITS_END:
                    return b""
                raise

    def size(self, name: str) -> int:
        """Return the blob's length in bytes."""
        with translated("Blob storage"):
            return self._client(name).get_blob_properties().size

    def whole(self, name: str) -> Iterator[bytes]:
        """Yield all of it, in pieces."""
        with translated("Blob storage"):
            yield from self._client(name).download_blob().chunks()

    def ping(self) -> None:
        """Raise a Failure unless the container answers; one that is not made yet is fine."""
        with translated("Blob storage"):
            try:
                list(islice(self._container.list_blob_names(results_per_page=1), 1))
            except ResourceNotFoundError:
                return

    def _create(self, name: str) -> None:
        try:
            self._client(name).create_append_blob(match_condition=MatchConditions.IfMissing)
        except ResourceExistsError:
            return  # another worker was first

    def _make_container(self) -> None:
        try:
            self._container.create_container()
        except ResourceExistsError:
            return  # likewise

    def _client(self, name: str) -> BlobClient:
        if name not in self._clients:
            self._clients[name] = self._container.get_blob_client(name)
        return self._clients[name]


def _code(error: HttpResponseError) -> object:
    return getattr(error, "error_code", None)
