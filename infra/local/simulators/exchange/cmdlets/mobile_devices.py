"""Get-MobileDevice and its older twin: partnerships as the directory holds them."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from infra.local.simulators.exchange import access, binding, filters, recipient_filters
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.devices import ClientType, Device
from infra.local.simulators.exchange.directory import Directory
from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.organization import Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import DirectoryEntry, Values, tail

_FILTERABLE = (
    "ClientType DeviceAccessControlRule DeviceAccessState DeviceAccessStateReason"
    " DeviceActiveSyncVersion DeviceId DeviceImei DeviceMobileOperator DeviceModel DeviceOS"
    " DeviceOSLanguage DeviceTelephoneNumber DeviceType DeviceUserAgent FirstSyncTime"
    " FriendlyName ProvisioningFlags UserDisplayName"
)
FILTERABLE = frozenset(_FILTERABLE.split())
_CHANGED = frozenset({"WhenChanged", "WhenChangedUTC"})  # rows have them; filters perhaps
SORTABLE = FILTERABLE - {"ClientType", "DeviceActiveSyncVersion", "ProvisioningFlags"}
CLIENT_SWITCHES = {
    "ActiveSync": ClientType.EAS,
    "OWAforDevices": ClientType.MOWA,
    "RestApi": ClientType.REST,
    "UniversalOutlook": ClientType.UNIVERSAL_OUTLOOK,
}

_Row = Callable[[Device, Organization], dict[str, object]]


def _get(row: _Row, only: ClientType | None, context: Context, arguments: Arguments) -> Outcome:
    directory = context.tenant.directory
    recipient_filters.check_unit(arguments.text("OrganizationalUnit"), directory.organization)
    wanted = wanted_clients(arguments) if only is None else {only}
    written = arguments.text("Filter")
    known = FILTERABLE | _CHANGED if context.tenant.finds_devices_by_change else FILTERABLE
    test = filters.parse(written, known) if written else None

    def show(guid: UUID) -> Values | None:
        device = directory.seen_device(guid)
        if device is None or (wanted and device.client_type not in wanted):
            return None
        values = row(device, directory.seen_organization())
        return values if test is None or test(_filtered_by(device, values)) else None

    listing = Listing(_chosen(directory, arguments), show)
    if by := arguments.text("SortBy"):
        listing = filters.ordered(listing, by, SORTABLE)
    return Outcome(rows=listing)


def _chosen(directory: Directory, arguments: Arguments) -> list[UUID]:
    if identity := arguments.text("Identity"):
        return [directory.find_seen_device(identity).guid]
    if owner := arguments.text("Mailbox"):
        return list(directory.seen_mailbox(directory.find_mailbox(owner).guid).devices)
    return directory.device_order  # no identity, or a null one: everything there is


def _filtered_by(device: Device, values: Values) -> Values:
    """Return what a filter can look at: two properties more than are shown."""
    hidden = {"DeviceActiveSyncVersion": device.client_version, "ProvisioningFlags": ""}
    return {**values, **hidden, "ClientType": device.client_type}


def wanted_clients(arguments: Arguments) -> set[ClientType]:
    """Return the client types that switches ask for; empty is all."""
    return {kind for name, kind in CLIENT_SWITCHES.items() if arguments.flag(name)}


def _mobile_device(device: Device, organization: Organization) -> dict[str, object]:
    return {
        **_described(device, organization),
        "ClientVersion": device.client_version,
        "ClientType": device.client_type,
        "IsManaged": False,
        "IsCompliant": False,
        "IsDisabled": False,
        **_tail(device),
    }


def _active_sync_device(device: Device, organization: Organization) -> dict[str, object]:
    return {
        **_described(device, organization),
        "DeviceActiveSyncVersion": device.client_version,
        "IsManaged": False,
        "IsCompliant": False,
        "IsDisabled": False,
        **_tail(device),
    }


def _described(device: Device, organization: Organization) -> dict[str, object]:
    shown = access.shown(device, organization)
    return {
        "FriendlyName": device.told(device.friendly_name),
        "DeviceId": device.device_id,
        "DeviceImei": device.told(device.imei),
        "DeviceMobileOperator": device.told(device.mobile_operator),
        "DeviceOS": device.told(device.os),
        "DeviceOSLanguage": device.told(device.os_language),
        "DeviceTelephoneNumber": device.told(device.phone_number),
        "DeviceType": device.device_type,
        "DeviceUserAgent": device.user_agent,
        "DeviceModel": device.told(device.model),
        "FirstSyncTime": device.first_sync,
        "UserDisplayName": f"{organization.domain}/{device.mailbox.display_name}",
        "DeviceAccessState": shown.state,
        "DeviceAccessStateReason": shown.reason,
        "DeviceAccessControlRule": shown.rule,
    }


def _tail(device: Device) -> Values:
    return tail(
        DirectoryEntry(
            name=device.name,
            identity=device.identity,
            guid=device.guid,
            distinguished_name=device.distinguished_name,
            object_class=("top", "msExchActiveSyncDevice"),
            created=device.first_sync,
            changed=device.last_attempt or device.first_sync,
            organization=device.mailbox.organization.domain,
        )
    )


_PARAMETERS = {
    "Identity": binding.text_or_null,
    "Mailbox": binding.text,
    "Filter": binding.text_or_null,
    "SortBy": binding.text_or_null,
    "ResultSize": binding.result_size,
    "OrganizationalUnit": binding.text_or_null,
}
_READERS = frozenset({ManagementRole.VIEW_ONLY_RECIPIENTS, ManagementRole.MAIL_RECIPIENTS})

CMDLETS = (
    Cmdlet(
        name="Get-MobileDevice",
        parameters=_PARAMETERS | dict.fromkeys(CLIENT_SWITCHES, binding.boolean),
        at_most_one=(("Identity", "Mailbox"),),
        roles=_READERS,
        run=partial(_get, _mobile_device, None),
    ),
    Cmdlet(
        name="Get-ActiveSyncDevice",
        parameters=_PARAMETERS,
        at_most_one=(("Identity", "Mailbox"),),
        roles=_READERS,
        run=partial(_get, _active_sync_device, ClientType.EAS),
    ),
)
