"""The 55 parameters of New- and Set-MobileDeviceMailboxPolicy in Exchange Online."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

UNLIMITED = "Unlimited"
Value = bool | int | str | tuple[str, ...] | None

_DAY = 24 * 60 * 60
_LONGEST_SPAN = 10_675_199 * _DAY  # what a .NET TimeSpan holds, in whole days
_LARGEST_INTEGER = 2**31 - 1


class Kind(StrEnum):
    """What a parameter's canonical value is."""

    SWITCH = "switch"  # bool
    CHOICE = "choice"  # one of `choices`
    NUMBER = "number"  # int
    SIZE = "size"  # int: bytes
    SPAN = "span"  # str: [d.]hh:mm:ss
    LIST = "list"  # tuple of str: sorted, none twice
    NAME = "name"  # str


class Outlook(StrEnum):
    """What Outlook for iOS and Android does with a setting."""

    OBEYS = "obeys"
    ANDROID = "obeys on Android only"
    IGNORES = "ignores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One setting: what it takes, and what a new policy gets."""

    kind: Kind
    default: Value
    choices: tuple[str, ...] = ()
    low: int = 0  # bounds in bytes for sizes, in seconds for spans, in characters for names
    high: int = _LARGEST_INTEGER
    is_unlimited: bool = False  # whether it also takes Unlimited
    takes_null: bool = False  # null means its default: no limit, no entries, no minimum
    outlook: Outlook | None = Outlook.IGNORES  # None: about the policy, not about devices


def _switches(names: str, default: bool) -> dict[str, Parameter]:  # noqa: FBT001 - a value
    return dict.fromkeys(names.split(), Parameter(kind=Kind.SWITCH, default=default))


def _choice(default: str, *others: str, outlook: Outlook = Outlook.IGNORES) -> Parameter:
    return Parameter(kind=Kind.CHOICE, default=default, choices=(default, *others), outlook=outlook)


def _number(low: int, high: int) -> Parameter:
    return Parameter(kind=Kind.NUMBER, default=low, low=low, high=high)


def _limit(kind: Kind, low: int, high: int) -> Parameter:
    return Parameter(
        kind=kind, default=UNLIMITED, low=low, high=high, is_unlimited=True, takes_null=True
    )


_LIST = Parameter(kind=Kind.LIST, default=(), takes_null=True)

PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "Name": Parameter(kind=Kind.NAME, default=None, low=1, high=64, outlook=None),
        "IsDefault": Parameter(kind=Kind.SWITCH, default=False, outlook=None),
        **_switches(
            "AllowApplePushNotifications AllowBrowser AllowCamera AllowConsumerEmail"
            " AllowDesktopSync AllowGooglePushNotifications AllowHTMLEmail AllowInternetSharing"
            " AllowIrDA AllowMicrosoftPushNotifications AllowMobileOTAUpdate"
            " AllowNonProvisionableDevices AllowPOPIMAPEmail AllowRemoteDesktop"
            " AllowSimplePassword AllowSMIMESoftCerts AllowStorageCard AllowTextMessaging"
            " AllowUnsignedApplications AllowUnsignedInstallationPackages AllowWiFi"
            # Of the last two, which are not documented, true is the customary default.
            " AttachmentsEnabled IrmEnabled UNCAccessEnabled WSSAccessEnabled",
            default=True,
        ),
        **_switches(
            "AllowExternalDeviceManagement AlphanumericPasswordRequired PasswordRecoveryEnabled"
            " RequireDeviceEncryption RequireEncryptedSMIMEMessages RequireManualSyncWhenRoaming"
            " RequireSignedSMIMEMessages RequireStorageCardEncryption",
            default=False,
        ),
        "DeviceEncryptionEnabled": Parameter(
            kind=Kind.SWITCH, default=False, outlook=Outlook.OBEYS
        ),
        "PasswordEnabled": Parameter(kind=Kind.SWITCH, default=False, outlook=Outlook.OBEYS),
        "AllowBluetooth": _choice("Allow", "HandsfreeOnly", "Disable", outlook=Outlook.OBEYS),
        "AllowSMIMEEncryptionAlgorithmNegotiation": _choice(
            "AllowAnyAlgorithmNegotiation", "BlockNegotiation", "OnlyStrongAlgorithmNegotiation"
        ),
        "RequireEncryptionSMIMEAlgorithm": _choice(
            "TripleDES", "DES", "RC240bit", "RC264bit", "RC2128bit"
        ),
        "RequireSignedSMIMEAlgorithm": _choice("SHA1", "MD5"),
        "MaxCalendarAgeFilter": _choice("All", "TwoWeeks", "OneMonth", "ThreeMonths", "SixMonths"),
        "MaxEmailAgeFilter": _choice(
            "All", "OneDay", "ThreeDays", "OneWeek", "TwoWeeks", "OneMonth"
        ),
        "MaxAttachmentSize": _limit(Kind.SIZE, 0, 2_097_151 * 1024),
        "MaxEmailBodyTruncationSize": _limit(Kind.SIZE, 0, _LARGEST_INTEGER),
        "MaxEmailHTMLBodyTruncationSize": _limit(Kind.SIZE, 0, _LARGEST_INTEGER),
        "DevicePolicyRefreshInterval": _limit(Kind.SPAN, 0, _LONGEST_SPAN),
        "MaxInactivityTimeLock": _limit(Kind.SPAN, 60, 60 * 60),
        "PasswordExpiration": _limit(Kind.SPAN, _DAY, 730 * _DAY),
        "MaxPasswordFailedAttempts": _limit(Kind.NUMBER, 4, 16),
        "MinPasswordComplexCharacters": _number(1, 4),
        "MinPasswordLength": Parameter(
            kind=Kind.NUMBER, default=None, low=1, high=16, takes_null=True, outlook=Outlook.ANDROID
        ),
        "PasswordHistory": _number(0, 50),
        "ApprovedApplicationList": _LIST,
        "UnapprovedInROMApplicationList": _LIST,
    }
)

# Turning on the first makes Exchange turn on the second.
IMPLIED: Mapping[str, str] = MappingProxyType(
    {"RequireStorageCardEncryption": "DeviceEncryptionEnabled"}
)
