"""The settings of a mobile device mailbox policy and the values a new one has."""

_UNLIMITED = dict.fromkeys(
    (
        "DevicePolicyRefreshInterval",
        "MaxAttachmentSize",
        "MaxInactivityTimeLock",
        "MaxPasswordFailedAttempts",
        "PasswordExpiration",
        "MaxEmailBodyTruncationSize",
        "MaxEmailHTMLBodyTruncationSize",
    ),
    "Unlimited",
)
_ON = (
    "AllowApplePushNotifications",
    "AllowBrowser",
    "AllowCamera",
    "AllowConsumerEmail",
    "AllowDesktopSync",
    "AllowGooglePushNotifications",
    "AllowHTMLEmail",
    "AllowInternetSharing",
    "AllowIrDA",
    "AllowMicrosoftPushNotifications",
    "AllowMobileOTAUpdate",
    "AllowNonProvisionableDevices",
    "AllowPOPIMAPEmail",
    "AllowRemoteDesktop",
    "AllowSimplePassword",
    "AllowSMIMESoftCerts",
    "AllowStorageCard",
    "AllowTextMessaging",
    "AllowUnsignedApplications",
    "AllowUnsignedInstallationPackages",
    "AllowWiFi",
    "AttachmentsEnabled",
    "IrmEnabled",
    "UNCAccessEnabled",
    "WSSAccessEnabled",
)
_OFF = (
    "AllowExternalDeviceManagement",
    "AlphanumericPasswordRequired",
    "DeviceEncryptionEnabled",
    "PasswordEnabled",
    "PasswordRecoveryEnabled",
    "RequireDeviceEncryption",
    "RequireEncryptedSMIMEMessages",
    "RequireManualSyncWhenRoaming",
    "RequireSignedSMIMEMessages",
    "RequireStorageCardEncryption",
)
_CHOSEN: dict[str, object] = {
    "MinPasswordLength": None,
    "PasswordHistory": 0,
    "AllowBluetooth": "Allow",
    "MinPasswordComplexCharacters": 1,
    "MaxCalendarAgeFilter": "All",
    "MaxEmailAgeFilter": "All",
    "RequireSignedSMIMEAlgorithm": "SHA1",
    "RequireEncryptionSMIMEAlgorithm": "TripleDES",
    "AllowSMIMEEncryptionAlgorithmNegotiation": "AllowAnyAlgorithmNegotiation",
    "ApprovedApplicationList": (),
    "UnapprovedInROMApplicationList": (),
    "IsDefault": True,
}
_FIRST = (  # the order in which a row begins; the rest follows by name
    "AllowNonProvisionableDevices",
    "AlphanumericPasswordRequired",
    "AttachmentsEnabled",
    "DeviceEncryptionEnabled",
    "RequireStorageCardEncryption",
    "PasswordEnabled",
    "PasswordRecoveryEnabled",
    "DevicePolicyRefreshInterval",
    "AllowSimplePassword",
    "MaxAttachmentSize",
    "WSSAccessEnabled",
    "UNCAccessEnabled",
    "MinPasswordLength",
    "MaxInactivityTimeLock",
    "MaxPasswordFailedAttempts",
    "PasswordExpiration",
    "PasswordHistory",
    "IsDefault",
)
_ALL = dict.fromkeys(_ON, True) | dict.fromkeys(_OFF, False) | _UNLIMITED | _CHOSEN

DEFAULT_POLICY: dict[str, object] = {
    name: _ALL[name] for name in (*_FIRST, *sorted(_ALL.keys() - set(_FIRST)))
}
