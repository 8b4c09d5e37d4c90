"""What an administrator writes into MDM_SENDERS for one sender."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from shared.devices.model import Posture, Trust

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=127)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,64}$(?!\n)")]


class Meaning(StrEnum):
    """What a kind of event says of its device."""

    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    RETIRED = "retired"
    LOST = "lost"
    IGNORED = "ignored"

    @property
    def posture(self) -> Posture | None:
        """The posture, if it says one."""
        return None if self is Meaning.IGNORED else Posture(self.value)


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a sender signs with an HMAC; `signed` joins {body}, {timestamp} and {id} as it does."""

    header: HeaderName
    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, msgspec.Meta(max_length=32)] = ""
    signed: Annotated[str, msgspec.Meta(max_length=128)] = "{body}"
    timestamp_header: HeaderName | None = None  # in seconds, milliseconds or RFC 3339
    id_header: HeaderName | None = None
    stored_as: Literal["text", "base64", "hex"] = "text"  # the key, in the vault


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    Where a JSON body says what; each a path such as `event.device.serial` or `items[0].id`.

    Several paths for one field are tried in turn. Letter case and underscores in names do
    not count. `events` is the path to a list, where one body holds several events.
    """

    kind: tuple[Text, ...]
    events: Text | None = None
    event_id: tuple[Text, ...] = ()
    occurred_at: tuple[Text, ...] = ()
    ownership: tuple[Text, ...] = ()
    upn: tuple[Text, ...] = ()
    mail: tuple[Text, ...] = ()
    directory_id: tuple[Text, ...] = ()
    eas_device_id: tuple[Text, ...] = ()
    serial: tuple[Text, ...] = ()
    udid: tuple[Text, ...] = ()
    imei: tuple[Text, ...] = ()
    mdm_id: tuple[Text, ...] = ()
    model: tuple[Text, ...] = ()
    os: tuple[Text, ...] = ()  # several are tried in turn; `os_version` is put behind
    os_version: tuple[Text, ...] = ()
    name: tuple[Text, ...] = ()


class SenderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One value of MDM_SENDERS."""

    vendor: str
    tenant_id: UUID
    secret_name: Name
    trust: Trust = Trust.TIGHTEN
    scheme: str = ""  # empty: the vendor's usual one
    events: dict[
        Text, Meaning
    ] = {}  # what this sender's kinds of event mean, before the vendor's own list
    fields: Fields | None = None  # of a generic sender
    signature: Signature | None = None  # likewise, where it signs
    header: HeaderName | None = None  # that carries the secret, where the scheme is `header`
    allowed_origins: tuple[Text, ...] = ()  # of a CloudEvents handshake
    retired: bool = False  # tells the sender to stop, in whatever way it understands
    account: Text | None = None  # at the vendor: MaaS360's billing id
    base_url: Text | None = None  # of the vendor's API, where we ask it
    content_certificate: Name | None = None  # in the vault; opens content that graph sends
