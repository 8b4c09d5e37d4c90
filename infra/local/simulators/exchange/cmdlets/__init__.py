"""The cmdlets this Exchange knows: to add one, write a Cmdlet and list it here."""

from infra.local.simulators.exchange.cmdlet import Cmdlet
from infra.local.simulators.exchange.cmdlets import (
    access_rules,
    cas_mailboxes,
    mailbox_policies,
    mobile_devices,
    organization_settings,
    organizations,
    statistics,
    wipes,
)

CMDLETS: dict[str, Cmdlet] = {
    cmdlet.name: cmdlet
    for module in (
        access_rules,
        cas_mailboxes,
        mailbox_policies,
        mobile_devices,
        organization_settings,
        organizations,
        statistics,
        wipes,
    )
    for cmdlet in module.CMDLETS
}
