"""Whose a mailbox is in the directory, and which devices it has."""

import msgspec

from shared.exchange import rows
from shared.exchange.batch import reply_of
from shared.exchange.mailboxes import asking, named, only_mailbox
from shared.exchange.transport import Call, Transport

DIRECTORY_ID = "ExternalDirectoryObjectId"


class _Owned(msgspec.Struct):
    directory_id: str = msgspec.field(name=DIRECTORY_ID, default="")


class MailboxOwners:
    """One tenant's mailboxes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def directory_id(self, mailbox: str) -> str:
        """Return the object id of the user; "" if Exchange names none, NotFound: no mailbox."""
        (answer,) = self._transport.batch([Call("Get-Mailbox", {"Identity": named(mailbox)})])
        return rows.read(only_mailbox(mailbox, answer), _Owned).directory_id

    def device_ids(self, mailbox: str) -> tuple[str, ...]:
        """Return the DeviceIDs in the mailbox, each once; NotFound if there is no such mailbox."""
        known, listed = self._transport.batch(
            [asking(mailbox), Call("Get-MobileDevice", {"Mailbox": named(mailbox)})]
        )
        only_mailbox(mailbox, known)
        found = [rows.read(row, rows.MobileDevice).device_id for row in reply_of(listed).rows]
        return tuple({each.casefold(): each for each in found}.values())
