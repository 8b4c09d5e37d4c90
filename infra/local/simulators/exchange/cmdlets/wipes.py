"""Clear-MobileDevice and Remove-MobileDevice: the orders that cannot be taken back for long."""

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.roles import ManagementRole

TOO_LATE = "The remote wipe of the device can't be canceled because it has already been sent."


def _clear(context: Context, arguments: Arguments) -> Outcome:
    device = _reachable(context, arguments)
    if not device.has_sync_state:
        raise errors.invalid(
            f"The mobile device {device.identity} doesn't exist in the mailbox.",
            exception="Microsoft.Exchange.Management.Tasks.MobileDeviceNotExistException",
        )
    device.mailbox.open()
    account_only, cancel = arguments.flag("AccountOnly"), arguments.flag("Cancel")
    refuses = device.mailbox.organization.refuses_account_wipe_at_once
    if account_only and not cancel and refuses and not device.speaks_account_wipe:
        raise errors.invalid(
            f"The device {device.device_id} doesn't support an account-only remote wipe."
        )
    context.tenant.before_write(device.mailbox)
    cycle = device.account_wipe if account_only else device.wipe
    if cancel:
        return Outcome() if cycle.cancel() else Outcome(warnings=[TOO_LATE])
    addresses = arguments.texts("NotificationEmailAddresses")
    valid = tuple(one for one in addresses if "@" in one)
    cycle.request(context.now, valid)
    warnings = [f"'{one}' isn't a valid SMTP address." for one in addresses if one not in valid]
    return Outcome(warnings=warnings)


def _remove(context: Context, arguments: Arguments) -> Outcome:
    device = _reachable(context, arguments)
    context.tenant.remove_device(device)
    return Outcome()


def _reachable(context: Context, arguments: Arguments) -> Device:
    """Find the device as it truly is: a writer is not kept in the past."""
    device = context.tenant.directory.find_device(arguments.text("Identity") or "")
    context.check_write_scope(device.mailbox, device.identity)
    return device


_ACCOUNT_ONLY = {"AccountOnly": binding.boolean}
_CLEARING = {
    "Identity": binding.text,
    "Cancel": binding.boolean,
    "NotificationEmailAddresses": binding.texts,
}
_WRITERS = frozenset({ManagementRole.MAIL_RECIPIENTS})

CMDLETS = (
    *(
        Cmdlet(
            name=name,
            parameters=parameters,
            needs=(("Identity",),),
            roles=_WRITERS,
            run=_clear,
            asks_unless_told=True,
        )
        for name, parameters in (
            ("Clear-MobileDevice", _CLEARING | _ACCOUNT_ONLY),
            ("Clear-ActiveSyncDevice", _CLEARING),
        )
    ),
    *(
        Cmdlet(
            name=name,
            parameters={"Identity": binding.text},
            needs=(("Identity",),),
            roles=_WRITERS,
            run=_remove,
        )
        for name in ("Remove-MobileDevice", "Remove-ActiveSyncDevice")
    ),
)
