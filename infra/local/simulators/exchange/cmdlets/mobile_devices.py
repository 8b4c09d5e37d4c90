"""Get-MobileDevice: the partnerships as the directory holds them, without any sync time."""

from collections.abc import Iterable
from functools import partial

from infra.local.simulators.exchange import access, binding, filters
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.devices import ClientType, Device
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import DirectoryEntry, LazyRow, Values, tail

FILTERABLE = frozenset(
    {
        "ClientType",
        "DeviceAccessControlRule",
        "DeviceAccessState",
        "DeviceAccessStateReason",
        "DeviceActiveSyncVersion",
        "DeviceId",
        "DeviceImei",
        "DeviceMobileOperator",
        "DeviceModel",
        "DeviceOS",
        "DeviceOSLanguage",
        "DeviceTelephoneNumber",
        "DeviceType",
        "DeviceUserAgent",
        "FirstSyncTime",
        "FriendlyName",
        "ProvisioningFlags",
        "UserDisplayName",
    }
)
SORTABLE = FILTERABLE - {"ClientType", "DeviceActiveSyncVersion", "ProvisioningFlags"}
CLIENT_SWITCHES = {
    "ActiveSync": ClientType.EAS,
    "OWAforDevices": ClientType.MOWA,
    "RestApi": ClientType.REST,
    "UniversalOutlook": ClientType.UNIVERSAL_OUTLOOK,
}


def _get(context: Context, arguments: Arguments) -> Outcome:
    rows: list[LazyRow] = [
        partial(_row, device) for device in of_clients(_chosen(context, arguments), arguments)
    ]
    if written := arguments.text("Filter"):
        # Two properties can be filtered by and are not shown.
        hidden = {"DeviceActiveSyncVersion": "", "ProvisioningFlags": ""}
        test = filters.parse(written, FILTERABLE)
        rows = [row for row in rows if test({**hidden, **row()})]
    if by := arguments.text("SortBy"):
        rows = filters.order(rows, by, SORTABLE)
    return Outcome(rows=rows)


def _chosen(context: Context, arguments: Arguments) -> Iterable[Device]:
    directory = context.tenant.seen()
    if identity := arguments.text("Identity"):
        return [context.tenant.find_device(identity, directory)]
    if owner := arguments.text("Mailbox"):
        guid = context.tenant.find_mailbox(owner).guid
        return list(directory.mailboxes[guid].devices.values())
    # No identity, or a null one: everything there is.
    return [one for mailbox in directory.mailboxes.values() for one in mailbox.devices.values()]


def of_clients(devices: Iterable[Device], arguments: Arguments) -> Iterable[Device]:
    """Keep the devices whose client type a switch asks for; without a switch, all."""
    wanted = {kind for name, kind in CLIENT_SWITCHES.items() if arguments.flag(name)}
    return (device for device in devices if not wanted or device.client_type in wanted)


def _row(device: Device) -> Values:
    shown = access.shown(device)
    organization = device.mailbox.organization
    return {
        "FriendlyName": device.friendly_name,
        "DeviceId": device.device_id,
        "DeviceImei": device.imei,
        "DeviceMobileOperator": device.mobile_operator,
        "DeviceOS": device.os,
        "DeviceOSLanguage": device.os_language,
        "DeviceTelephoneNumber": device.phone_number,
        "DeviceType": device.device_type,
        "DeviceUserAgent": device.user_agent,
        "DeviceModel": device.model,
        "FirstSyncTime": device.first_sync,
        "UserDisplayName": f"{organization.domain}/{device.mailbox.display_name}",
        "DeviceAccessState": shown.state,
        "DeviceAccessStateReason": shown.reason,
        "DeviceAccessControlRule": shown.rule,
        "ClientVersion": device.client_version,
        "ClientType": device.client_type,
        "IsManaged": False,
        "IsCompliant": False,
        "IsDisabled": False,
        **tail(
            DirectoryEntry(
                name=device.name,
                identity=device.identity,
                guid=device.guid,
                distinguished_name=device.distinguished_name,
                object_class=("top", "msExchActiveSyncDevice"),
                created=device.first_sync,
                changed=device.last_attempt or device.first_sync,
                organization=organization.domain,
            )
        ),
    }


CMDLETS = (
    Cmdlet(
        name="Get-MobileDevice",
        parameters={
            "Identity": binding.text_or_null,
            "Mailbox": binding.text,
            "Filter": binding.text_or_null,
            "SortBy": binding.text_or_null,
            "ResultSize": binding.result_size,
            "OrganizationalUnit": binding.text_or_null,
            **dict.fromkeys(CLIENT_SWITCHES, binding.boolean),
        },
        at_most_one=(("Identity", "Mailbox"),),
        roles=frozenset({ManagementRole.VIEW_ONLY_RECIPIENTS, ManagementRole.MAIL_RECIPIENTS}),
        run=_get,
    ),
)
