"""Verify the audit offline, or take it out of storage to do so."""

import argparse
from pathlib import Path
from typing import TextIO

from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient
from cryptography import x509

from infra.azure.auditing import copies, verifying
from infra.azure.auditing.verifying import Known
from shared.audit.record import Head
from shared.errors import Failure

EXPLAINED = (
    "verify PATH [--certificate PEM] [--head SEQ:HASH] [--partial]; "
    "export FOLDER --account NAME [--tenant ID]. "
    "Exit code: 0 nothing is wrong, 1 something is, 2 it could not be looked at."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.epilog = EXPLAINED
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="find what was edited, dropped, inserted, ...")
    verify.add_argument("path", type=Path, help="a file, or a folder with one for each tenant")
    verify.add_argument(
        "--certificate",
        type=Path,
        action="append",
        default=[],
        help="PEM of a certificate that has sealed; may be given again",
    )
    verify.add_argument(
        "--head", type=_head, action="append", default=[], help="a kept SEQ:HASH, such as a log's"
    )
    verify.add_argument("--partial", action="store_true", help="it need not begin at record 1")
    export = actions.add_parser("export", help="copy the files into a folder")
    export.add_argument("folder", type=Path)
    export.add_argument("--account", required=True, help="the storage account, by name or address")
    export.add_argument("--tenant", default="", help="one tenant id; all of them by default")


def run(chosen: argparse.Namespace, out: TextIO) -> int:
    """Do it, and return the exit code."""
    try:
        if chosen.action == "export":
            with BlobServiceClient(_address(chosen.account), DefaultAzureCredential()) as service:
                return copies.copy(service, chosen.folder, chosen.tenant, out)
        return verifying.run(chosen.path, _known(chosen), out)
    except (Failure, OSError, ValueError) as error:
        print(f"stopped: {error}", file=out)
        return 2


def _known(chosen: argparse.Namespace) -> Known:
    certificates = [
        found
        for file in chosen.certificate
        for found in x509.load_pem_x509_certificates(file.read_bytes())
    ]
    return Known(
        certificates=tuple(certificates), heads=tuple(chosen.head), is_partial=chosen.partial
    )


def _head(text: str) -> Head:
    seq, _, digest = text.partition(":")
    return Head(seq=int(seq), hash=digest)


def _address(account: str) -> str:
    return account if "://" in account else f"https://{account}.blob.core.windows.net"
