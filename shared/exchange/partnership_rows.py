"""The rows that a partnership is made of: a device's, and that of the mailbox that holds it."""

from datetime import UTC, datetime

import msgspec

from shared.devices.subject import Partnership
from shared.errors import Misconfigured
from shared.exchange import rows
from shared.exchange.reply import Reply

BELOW_HOLDER = ",CN=ExchangeActiveSyncDevices,"
SMTP = "smtp"  # the primary address says it in capitals; other kinds are no mail addresses


class Holder(msgspec.Struct, rename="pascal"):
    """
    The part of a row of Get-Mailbox that names the mailbox.

    Rows of Get-CASMailbox and Get-Recipient come sooner, but without the UPN.
    """

    distinguished_name: str
    user_principal_name: str
    primary_smtp_address: str
    email_addresses: list[str]

    @property
    def addresses(self) -> frozenset[str]:
        """UPN and mail addresses, former ones too, in lower case."""
        told = [each.lower().partition(":") for each in self.email_addresses]
        mail = {address for kind, _, address in told if kind == SMTP}
        own = {self.user_principal_name.lower(), self.primary_smtp_address.lower()}
        return frozenset(own | mail)

    def is_at(self, distinguished_name: str) -> bool:
        """Whether this is its place in the directory."""
        return self.distinguished_name.casefold() == distinguished_name.casefold()

    def holds(self, paired: "Paired") -> bool:
        """Whether the device is in this mailbox."""
        return self.is_at(paired.holder)


class Paired(msgspec.Struct, rename="pascal"):
    """The part of a row of Get-MobileDevice by which a device is recognised."""

    distinguished_name: str
    device_id: str
    guid: str
    device_type: str | None = None
    device_model: str | None = None
    device_os: str | None = msgspec.field(name="DeviceOS", default=None)
    device_imei: str | None = None
    device_user_agent: str | None = None
    client_type: str | None = None
    friendly_name: str | None = None
    first_sync_time: datetime | None = None

    @property
    def holder(self) -> str:
        """
        The distinguished name of the mailbox.

        What stands before it is of the device's making, so the last folder is the one meant.
        Unlike the name in the row's Identity, it can stand for no other mailbox.
        """
        _, folder, mailbox = self.distinguished_name.rpartition(BELOW_HOLDER)
        if not folder:
            raise Misconfigured(
                f"Exchange no longer says whose device {self.guid} is; update this app"
            )
        return mailbox

    @property
    def imei(self) -> str:
        """As the device told it, if it did."""
        return self.device_imei or ""

    def partnership(self, holder: Holder) -> Partnership:
        """Return it in our words."""
        return Partnership(
            mailbox=holder.primary_smtp_address,
            addresses=holder.addresses,
            device_id=self.device_id,
            guid=self.guid,
            device_type=self.device_type or "",
            model=self.device_model or "",
            os=self.device_os or "",
            imei=self.imei,
            user_agent=self.device_user_agent or "",
            client_type=self.client_type or "",
            name=self.friendly_name or "",
            first_sync_at=_in_utc(self.first_sync_time),
        )


def holders_in(reply: Reply) -> list[Holder]:
    """Return the mailboxes; Misconfigured if one cannot be read."""
    return [rows.read(row, Holder) for row in reply.rows]


def paired_in(reply: Reply) -> list[Paired]:
    """Return the devices; Misconfigured if one cannot be read."""
    return [rows.read(row, Paired) for row in reply.rows]


def _in_utc(moment: datetime | None) -> datetime | None:
    aware = rows.utc(moment)
    return aware.astimezone(UTC) if aware else None
