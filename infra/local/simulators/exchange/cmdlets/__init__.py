"""The cmdlets this Exchange knows: to add one, write a Cmdlet and list it here."""

from infra.local.simulators.exchange.cmdlet import Cmdlet
from infra.local.simulators.exchange.cmdlets import (
    access_rules,
    application_policies,
    cas_mailboxes,
    device_classes,
    mailbox_policies,
    management_roles,
    management_scopes,
    mobile_devices,
    organization_settings,
    organizations,
    recipients,
    role_groups,
    service_principals,
    statistics,
    wipes,
)

CMDLETS: dict[str, Cmdlet] = {
    cmdlet.name: cmdlet
    for module in (
        access_rules,
        application_policies,
        cas_mailboxes,
        device_classes,
        mailbox_policies,
        management_scopes,
        mobile_devices,
        organization_settings,
        organizations,
        recipients,
        role_groups,
        service_principals,
        statistics,
        wipes,
    )
    for cmdlet in module.CMDLETS
}
CMDLETS |= {cmdlet.name: cmdlet for cmdlet in management_roles.cmdlets(CMDLETS)}
