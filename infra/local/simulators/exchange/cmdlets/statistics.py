"""Get-MobileDeviceStatistics: what the mailbox knows of its devices, among it every wipe time."""

from functools import partial

from infra.local.simulators.exchange import binding
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.cmdlets.mobile_devices import CLIENT_SWITCHES, wanted_clients
from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.listing import few
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values

DEVICE_LIMIT = 100  # partnerships of one mailbox


def _get(context: Context, arguments: Arguments) -> Outcome:
    directory = context.tenant.directory
    if identity := arguments.text("Identity"):
        chosen = [directory.find_seen_device(identity)]
        owner = chosen[0].mailbox
    else:
        guid = directory.find_mailbox(arguments.text("Mailbox") or "").guid
        owner = directory.seen_mailbox(guid)
        chosen = list(owner.devices.values())
    owner.open()
    wanted = wanted_clients(arguments)
    clear = arguments.flag("ShowRecoveryPassword")
    rows = [
        partial(_row, device, _recovery_password(device, clear=clear))
        for device in chosen
        if device.has_sync_state and (not wanted or device.client_type in wanted)
    ]
    warnings = _invalid_addresses(arguments)
    if len(owner.devices) >= DEVICE_LIMIT:
        warnings.append(f"The mailbox {owner.address} has reached its maximum number of devices.")
    return Outcome(rows=few(rows), warnings=warnings)


def _invalid_addresses(arguments: Arguments) -> list[str]:
    addresses = arguments.texts("NotificationEmailAddresses")
    return [f"'{one}' isn't a valid SMTP address." for one in addresses if "@" not in one]


def _recovery_password(device: Device, *, clear: bool) -> str:
    return f"{device.guid.int % 10**12:012}" if clear else "********"


def _row(device: Device, recovery_password: str) -> Values:
    """Show the state as stored: unlike Get-MobileDevice, nothing says that it is recomputed."""
    return {
        **_times(device),
        "LastPingHeartbeat": None,
        "RecoveryPassword": recovery_password,
        "DeviceModel": device.told(device.model),
        "DeviceImei": device.told(device.imei),
        "DeviceFriendlyName": device.told(device.friendly_name),
        "DeviceOS": device.told(device.os),
        "DeviceOSLanguage": device.told(device.os_language),
        "DevicePhoneNumber": _masked(device.told(device.phone_number)),
        "MailboxLogReport": None,
        "DeviceEnableOutboundSMS": False,
        "DeviceMobileOperator": device.told(device.mobile_operator),
        "Identity": device.identity,
        "Guid": device.guid,
        "IsRemoteWipeSupported": device.remote_wipe_supported,
        "Status": device.status,
        "StatusNote": "",
        "DeviceAccessState": device.access.state,
        "DeviceAccessStateReason": device.access.reason,
        "DeviceAccessControlRule": device.access.rule,
        "DevicePolicyApplied": device.mailbox.policy.name,
        "DevicePolicyApplicationStatus": device.policy_status,
        "LastDeviceWipeRequestor": None,  # an application has no mailbox
        "LastAccountOnlyDeviceWipeRequestor": None,
        "ClientVersion": device.client_version,
        "NumberOfFoldersSynced": 12,
        "SyncStateUpgradeTime": None,
        "ClientType": device.client_type,
        "IsValid": True,
        "ObjectState": "Unchanged",
    }


def _times(device: Device) -> Values:
    return {
        "FirstSyncTime": device.first_sync,
        "LastPolicyUpdateTime": device.first_sync,
        "LastSyncAttemptTime": device.last_attempt,
        "LastSuccessSync": device.last_success,
        "DeviceType": device.device_type,
        "DeviceID": device.device_id,  # a capital D here, none in Get-MobileDevice
        "DeviceUserAgent": device.user_agent,
        "DeviceWipeSentTime": device.wipe.sent_at,
        "DeviceWipeRequestTime": device.wipe.requested_at,
        "DeviceWipeAckTime": device.wipe.acknowledged_at,
        "AccountOnlyDeviceWipeSentTime": device.account_wipe.sent_at,
        "AccountOnlyDeviceWipeRequestTime": device.account_wipe.requested_at,
        "AccountOnlyDeviceWipeAckTime": device.account_wipe.acknowledged_at,
    }


def _masked(number: str) -> str:
    return "*" * max(len(number) - 4, 0) + number[-4:]


CMDLETS = (
    Cmdlet(
        name="Get-MobileDeviceStatistics",
        parameters={
            "Identity": binding.text,
            "Mailbox": binding.text,
            "GetMailboxLog": binding.boolean,
            "NotificationEmailAddresses": binding.texts,
            "ShowRecoveryPassword": binding.boolean,
            **dict.fromkeys(CLIENT_SWITCHES, binding.boolean),
        },
        needs=(("Identity", "Mailbox"),),
        roles=frozenset({ManagementRole.VIEW_ONLY_RECIPIENTS, ManagementRole.MAIL_RECIPIENTS}),
        run=_get,
    ),
)
