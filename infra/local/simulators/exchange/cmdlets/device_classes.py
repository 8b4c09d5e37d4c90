"""Get-ActiveSyncDeviceClass: the kinds of devices that have connected to the tenant."""

from functools import partial

from infra.local.simulators.exchange import binding, errors, filters
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.listing import Listing
from infra.local.simulators.exchange.organization import DeviceClass, Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail

_KNOWN = frozenset({"DeviceModel", "DeviceType", "LastUpdateTime"})


def _get(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.organization
    chosen = list(organization.classes.values())
    if identity := arguments.text("Identity"):
        keys = {identity.casefold()}
        chosen = [one for one in chosen if keys & {_name(one).casefold(), str(one.guid)}]
        if not chosen:
            raise errors.not_found(identity)
    listing = Listing(chosen, partial(_row, organization))
    if written := arguments.text("Filter"):
        test = filters.parse(written, _KNOWN)
        kept = [one for one in chosen if test(_row(organization, one))]
        listing = Listing(kept, listing.show)
    if by := arguments.text("SortBy"):
        listing = filters.ordered(listing, by, _KNOWN)
    return Outcome(rows=listing)


def _name(kind: DeviceClass) -> str:
    return f"{kind.device_type}§{kind.model}"


def _row(organization: Organization, kind: DeviceClass) -> Values:
    entry = organization.entry(
        _name(kind),
        "msExchActiveSyncDeviceClass",
        guid=kind.guid,
        created=kind.updated,
        changed=kind.updated,
    )
    shown = {"DeviceType": kind.device_type, "DeviceModel": kind.model}
    return {**shown, "LastUpdateTime": kind.updated, **tail(entry)}


CMDLETS = (
    Cmdlet(
        name="Get-ActiveSyncDeviceClass",
        parameters=dict.fromkeys(("Identity", "Filter", "SortBy"), binding.text_or_null),
        roles=frozenset(
            {ManagementRole.ORGANIZATION_CLIENT_ACCESS, ManagementRole.VIEW_ONLY_CONFIGURATION}
        ),
        run=_get,
    ),
)
