"""Clear-MobileDevice and Remove-MobileDevice: the orders that cannot be taken back for long."""

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.replication import Directory
from infra.local.simulators.exchange.roles import ManagementRole

TOO_LATE = "The remote wipe of the device can't be canceled because it has already been sent."


def _clear(context: Context, arguments: Arguments) -> Outcome:
    device = _present(context, arguments)
    if not device.has_sync_state:
        raise errors.invalid(
            f"The mobile device {device.identity} doesn't exist in the mailbox.",
            exception="Microsoft.Exchange.Management.Tasks.MobileDeviceNotExistException",
        )
    account_only, cancel = arguments.flag("AccountOnly"), arguments.flag("Cancel")
    if account_only and not cancel and not device.speaks_account_wipe:
        raise errors.invalid(
            f"The device {device.device_id} doesn't support an account-only remote wipe."
        )
    context.tenant.before_write(device.mailbox)
    cycle = device.account_wipe if account_only else device.wipe
    if not cancel:
        cycle.request(context.now)
        return Outcome()
    return Outcome() if cycle.cancel() else Outcome(warnings=[TOO_LATE])


def _remove(context: Context, arguments: Arguments) -> Outcome:
    device = _present(context, arguments)
    context.tenant.before_write(device.mailbox)
    del device.mailbox.devices[device.guid]
    return Outcome()


def _present(context: Context, arguments: Arguments) -> Device:
    """Find the device as it truly is: a writer is not kept in the past."""
    tenant = context.tenant
    truth = Directory(organization=tenant.organization, mailboxes=tenant.mailboxes)
    return tenant.find_device(arguments.text("Identity") or "", truth)


CMDLETS = (
    Cmdlet(
        name="Clear-MobileDevice",
        parameters={
            "Identity": binding.text,
            "AccountOnly": binding.boolean,
            "Cancel": binding.boolean,
            "NotificationEmailAddresses": binding.texts,
        },
        needs=(("Identity",),),
        roles=frozenset({ManagementRole.MAIL_RECIPIENTS}),
        run=_clear,
        asks_unless_told=True,
    ),
    Cmdlet(
        name="Remove-MobileDevice",
        parameters={"Identity": binding.text},
        needs=(("Identity",),),
        roles=frozenset({ManagementRole.MAIL_RECIPIENTS}),
        run=_remove,
    ),
)
