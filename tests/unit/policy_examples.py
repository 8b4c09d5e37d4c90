"""All 55 policy settings, by hand: what each takes, what it refuses, what a new policy gets."""

from dataclasses import dataclass

from shared.devices.policy import Settings
from shared.devices.policy_settings import Value

Given = tuple[tuple[object, Value], ...]  # pairs of what is ordered and its canonical form


@dataclass(frozen=True)
class Example:
    """What one setting takes, and what it refuses."""

    default: Value
    takes: Given
    refuses: tuple[object, ...]


NO_BOOLEANS: tuple[object, ...] = (None, "true", "True", 1, 0, [], "yes")


def on(*names: str) -> dict[str, Example]:
    """Return switches that a new policy has on."""
    return dict.fromkeys(
        names, Example(default=True, takes=((False, False), (True, True)), refuses=NO_BOOLEANS)
    )


def off(*names: str) -> dict[str, Example]:
    """Return switches that a new policy has off."""
    return dict.fromkeys(
        names, Example(default=False, takes=((True, True), (False, False)), refuses=NO_BOOLEANS)
    )


def choice(*names: str) -> Example:
    """Return an enum whose first name is its default."""
    takes = [(name.upper(), name) for name in names]
    return Example(names[0], tuple(takes), (None, "", names[0][:-1], f"{names[0]} ", True, 1))


NO_NUMBERS = (True, 5.0, 5.5, "", "five", "+5", " 5", "9" * 400, 10**30, -1, [5], {"Value": 5})
NO_SIZES = (True, 5.0, "", "MB", "1.5MB", "5 apples", "-1KB", "9" * 400, -1, [5], "5 MB (x bytes)")
NO_SPANS = (
    *(True, 15, 15.0, "", "15", "00:15", "24:00:00", "00:60:00", "00:00:60", "-00:15:00", "15m"),
    *("00:15:00.5", [900], "999999999.00:00:00", "00:15:00\n", "\u0660\u0660:15:00"),
)
NO_LISTS = ("a.exe", 1, True, {"Add": ["a"]}, [""], [1], [None], ["a\nb"], [" a"], [["a"]])
UNLIMITED: Given = (("unlimited", "Unlimited"), ("Unlimited", "Unlimited"), (None, "Unlimited"))
LISTS: Given = (
    (["b.exe", "a.exe", "B.EXE"], ("a.exe", "B.EXE")),
    ([], ()),
    (None, ()),
    (["a.exe"], ("a.exe",)),
)
BODY_SIZES: Given = (
    ("10KB", 10240),
    (0, 0),
    ("2147483647", 2147483647),
    (2147483647, 2147483647),
)

EXAMPLES: dict[str, Example] = {
    "Name": Example(
        None,
        (("Strict", "Strict"), ("x" * 64, "x" * 64), ("Nord-Süd", "Nord-Süd")),
        (None, "", " ", "x" * 65, "Strict ", "Str\nict", 5, True),
    ),
    **on("AllowApplePushNotifications", "AllowGooglePushNotifications"),
    **on("AllowMicrosoftPushNotifications", "AllowBrowser", "AllowCamera", "AllowConsumerEmail"),
    **on("AllowDesktopSync", "AllowHTMLEmail", "AllowInternetSharing", "AllowIrDA"),
    **on("AllowMobileOTAUpdate", "AllowNonProvisionableDevices", "AllowPOPIMAPEmail"),
    **on("AllowRemoteDesktop", "AllowSimplePassword", "AllowSMIMESoftCerts", "AllowStorageCard"),
    **on("AllowTextMessaging", "AllowUnsignedApplications", "AllowUnsignedInstallationPackages"),
    **on("AllowWiFi", "AttachmentsEnabled", "IrmEnabled", "UNCAccessEnabled", "WSSAccessEnabled"),
    **off("IsDefault", "AllowExternalDeviceManagement", "AlphanumericPasswordRequired"),
    **off("DeviceEncryptionEnabled", "PasswordEnabled", "PasswordRecoveryEnabled"),
    **off("RequireDeviceEncryption", "RequireEncryptedSMIMEMessages"),
    **off("RequireSignedSMIMEMessages", "RequireManualSyncWhenRoaming"),
    **off("RequireStorageCardEncryption"),
    "AllowBluetooth": choice("Allow", "HandsfreeOnly", "Disable"),
    "AllowSMIMEEncryptionAlgorithmNegotiation": choice(
        "AllowAnyAlgorithmNegotiation", "BlockNegotiation", "OnlyStrongAlgorithmNegotiation"
    ),
    "RequireEncryptionSMIMEAlgorithm": choice(
        "TripleDES", "DES", "RC240bit", "RC264bit", "RC2128bit"
    ),
    "RequireSignedSMIMEAlgorithm": choice("SHA1", "MD5"),
    "MaxCalendarAgeFilter": choice("All", "TwoWeeks", "OneMonth", "ThreeMonths", "SixMonths"),
    "MaxEmailAgeFilter": choice("All", "OneDay", "ThreeDays", "OneWeek", "TwoWeeks", "OneMonth"),
    "DevicePolicyRefreshInterval": Example(
        "Unlimited",
        (("1.12:00:00", "1.12:00:00"), ("00:00:00", "00:00:00"), *UNLIMITED),
        NO_SPANS,
    ),
    "MaxInactivityTimeLock": Example(
        "Unlimited",
        (("0:15:00", "00:15:00"), ("00:01:00", "00:01:00"), ("01:00:00", "01:00:00"), *UNLIMITED),
        (*NO_SPANS, "00:00:59", "01:00:01", "1.00:15:00"),
    ),
    "PasswordExpiration": Example(
        "Unlimited",
        (
            ("90.00:00:00", "90.00:00:00"),
            ("1.00:00:00.0000000", "1.00:00:00"),
            ("730.00:00:00", "730.00:00:00"),
            *UNLIMITED,
        ),
        (*NO_SPANS, "23:59:59", "730.00:00:01"),
    ),
    "MaxAttachmentSize": Example(
        "Unlimited",
        (
            ("15MB", 15728640),
            ("15 mb", 15728640),
            ("15 MB (15,728,640 bytes)", 15728640),
            (1500, 1500),
            ("1GB", 1073741824),
            ("7B", 7),
            ("2097151KB", 2147482624),
            *UNLIMITED,
        ),
        (*NO_SIZES, "2097152KB", 2147482625, "2GB"),
    ),
    "MaxEmailBodyTruncationSize": Example(
        "Unlimited", (*BODY_SIZES, *UNLIMITED), (*NO_SIZES, 2147483648, "2GB")
    ),
    "MaxEmailHTMLBodyTruncationSize": Example(
        "Unlimited", (*BODY_SIZES, *UNLIMITED), (*NO_SIZES, 2147483648, "2GB")
    ),
    "MaxPasswordFailedAttempts": Example(
        "Unlimited", ((8, 8), ("4", 4), (16, 16), *UNLIMITED), (*NO_NUMBERS, 3, 17, "17")
    ),
    "MinPasswordComplexCharacters": Example(
        1, ((4, 4), ("2", 2), (1, 1)), (*NO_NUMBERS, None, "Unlimited", 0, 5)
    ),
    "MinPasswordLength": Example(
        None, ((6, 6), ("16", 16), (1, 1), (None, None)), (*NO_NUMBERS, "Unlimited", 0, 17)
    ),
    "PasswordHistory": Example(
        0, ((50, 50), ("3", 3), (0, 0)), (*NO_NUMBERS, None, "Unlimited", 51)
    ),
    "ApprovedApplicationList": Example((), LISTS, NO_LISTS),
    "UnapprovedInROMApplicationList": Example((), LISTS, NO_LISTS),
}

DEFAULTS: Settings = {name: example.default for name, example in EXAMPLES.items()}
