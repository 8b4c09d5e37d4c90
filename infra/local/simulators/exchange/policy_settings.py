"""The settings of a mobile device mailbox policy: their kinds, bounds and defaults."""

from datetime import timedelta

from infra.local.simulators.exchange import binding, quantities
from infra.local.simulators.exchange.binding import Binder
from infra.local.simulators.exchange.quantities import UNLIMITED

_LARGEST_ATTACHMENT = 2097151 * 1024
_LARGEST_BODY = 2147483647
_MANAGEMENT = "Microsoft.Exchange.Data.Directory.SystemConfiguration"


def _one_of(kind: str, values: str) -> Binder:
    return binding.choice(values.split(), f"{_MANAGEMENT}.{kind}")


_ON = (
    "AllowApplePushNotifications AllowBrowser AllowCamera AllowConsumerEmail AllowDesktopSync"
    " AllowGooglePushNotifications AllowHTMLEmail AllowInternetSharing AllowIrDA"
    " AllowMicrosoftPushNotifications AllowMobileOTAUpdate AllowNonProvisionableDevices"
    " AllowPOPIMAPEmail AllowRemoteDesktop AllowSimplePassword AllowSMIMESoftCerts"
    " AllowStorageCard AllowTextMessaging AllowUnsignedApplications"
    " AllowUnsignedInstallationPackages AllowWiFi AttachmentsEnabled IrmEnabled"
    " UNCAccessEnabled WSSAccessEnabled"
)
_OFF = (
    "AllowExternalDeviceManagement AlphanumericPasswordRequired DeviceEncryptionEnabled IsDefault"
    " PasswordEnabled PasswordRecoveryEnabled RequireDeviceEncryption"
    " RequireEncryptedSMIMEMessages RequireManualSyncWhenRoaming RequireSignedSMIMEMessages"
    " RequireStorageCardEncryption"
)
_OTHER: dict[str, tuple[Binder, object]] = {
    "AllowBluetooth": (_one_of("BluetoothType", "Disable HandsfreeOnly Allow"), "Allow"),
    "AllowSMIMEEncryptionAlgorithmNegotiation": (
        _one_of(
            "SMIMEEncryptionAlgorithmNegotiationType",
            "BlockNegotiation OnlyStrongAlgorithmNegotiation AllowAnyAlgorithmNegotiation",
        ),
        "AllowAnyAlgorithmNegotiation",
    ),
    "RequireEncryptionSMIMEAlgorithm": (
        _one_of("EncryptionSMIMEAlgorithmType", "TripleDES DES RC2128bit RC264bit RC240bit"),
        "TripleDES",
    ),
    "RequireSignedSMIMEAlgorithm": (_one_of("SignedSMIMEAlgorithmType", "SHA1 MD5"), "SHA1"),
    "MaxCalendarAgeFilter": (
        _one_of("CalendarAgeFilterType", "All TwoWeeks OneMonth ThreeMonths SixMonths"),
        "All",
    ),
    "MaxEmailAgeFilter": (
        _one_of("EmailAgeFilterType", "All OneDay ThreeDays OneWeek TwoWeeks OneMonth"),
        "All",
    ),
    "DevicePolicyRefreshInterval": (
        quantities.unlimited_span(timedelta(0), timedelta.max),
        UNLIMITED,
    ),
    "MaxInactivityTimeLock": (
        quantities.unlimited_span(timedelta(minutes=1), timedelta(hours=1)),
        UNLIMITED,
    ),
    "PasswordExpiration": (
        quantities.unlimited_span(timedelta(days=1), timedelta(days=730)),
        UNLIMITED,
    ),
    "MaxAttachmentSize": (quantities.unlimited_size(_LARGEST_ATTACHMENT), UNLIMITED),
    "MaxEmailBodyTruncationSize": (quantities.unlimited_bytes(_LARGEST_BODY), UNLIMITED),
    "MaxEmailHTMLBodyTruncationSize": (quantities.unlimited_bytes(_LARGEST_BODY), UNLIMITED),
    "MaxPasswordFailedAttempts": (quantities.unlimited_integer(4, 16), UNLIMITED),
    "MinPasswordComplexCharacters": (quantities.integer(1, 4), 1),
    "MinPasswordLength": (binding.or_null(quantities.integer(1, 16)), None),
    "PasswordHistory": (quantities.integer(0, 50), 0),
    "ApprovedApplicationList": (binding.list_change, []),
    "UnapprovedInROMApplicationList": (binding.list_change, []),
}
_FIRST = (  # the order in which a row begins; the rest follows by name
    "AllowNonProvisionableDevices AlphanumericPasswordRequired AttachmentsEnabled"
    " DeviceEncryptionEnabled RequireStorageCardEncryption PasswordEnabled"
    " PasswordRecoveryEnabled DevicePolicyRefreshInterval AllowSimplePassword MaxAttachmentSize"
    " WSSAccessEnabled UNCAccessEnabled MinPasswordLength MaxInactivityTimeLock"
    " MaxPasswordFailedAttempts PasswordExpiration PasswordHistory IsDefault"
)
_ALL: dict[str, tuple[Binder, object]] = {
    **dict.fromkeys(_ON.split(), (binding.boolean, True)),
    **dict.fromkeys(_OFF.split(), (binding.boolean, False)),
    **_OTHER,
}
BINDERS: dict[str, Binder] = {name: binder for name, (binder, _) in _ALL.items()}
DEFAULT_POLICY: dict[str, object] = {
    name: _ALL[name][1] for name in (*_FIRST.split(), *sorted(_ALL.keys() - set(_FIRST.split())))
}
