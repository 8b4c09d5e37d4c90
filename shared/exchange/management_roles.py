"""
Which of Exchange's management roles lets the app run which cmdlet.

Nobody publishes the list: these are the roles that tools for configuring tenants name, and
that their older namesakes were in. Get-ManagementRole tells what is true of a tenant.
"""

from collections.abc import Collection, Mapping

READ_RECIPIENTS, WRITE_RECIPIENTS = "View-Only Recipients", "Mail Recipients"
READ_SETTINGS, WRITE_SETTINGS = "View-Only Configuration", "Organization Client Access"
WRITE_POLICIES = "Recipient Policies"
WRITE_ORGANIZATION = "Organization Configuration"

ROLES: Mapping[str, str] = {
    "Get-CASMailbox": READ_RECIPIENTS,
    "Get-Mailbox": READ_RECIPIENTS,
    "Get-MobileDevice": READ_RECIPIENTS,
    "Get-MobileDeviceStatistics": READ_RECIPIENTS,
    "Set-CASMailbox": WRITE_RECIPIENTS,
    "Clear-MobileDevice": WRITE_RECIPIENTS,
    "Remove-MobileDevice": WRITE_RECIPIENTS,
    "Get-ActiveSyncOrganizationSettings": READ_SETTINGS,
    "Get-ActiveSyncDeviceAccessRule": READ_SETTINGS,
    "Get-MobileDeviceMailboxPolicy": READ_SETTINGS,
    "Get-OrganizationConfig": READ_SETTINGS,
    "Set-ActiveSyncOrganizationSettings": WRITE_SETTINGS,
    "New-ActiveSyncDeviceAccessRule": WRITE_SETTINGS,
    "Set-ActiveSyncDeviceAccessRule": WRITE_SETTINGS,
    "Remove-ActiveSyncDeviceAccessRule": WRITE_SETTINGS,
    "New-MobileDeviceMailboxPolicy": WRITE_POLICIES,
    "Set-MobileDeviceMailboxPolicy": WRITE_POLICIES,
    "Remove-MobileDeviceMailboxPolicy": WRITE_POLICIES,
    "Set-OrganizationConfig": WRITE_ORGANIZATION,
}


def remedy(cmdlets: Collection[str]) -> str:
    """Return what an administrator does so that the app may run these."""
    roles = " and ".join(sorted({ROLES[each] for each in cmdlets}))
    return (
        f"give the role group of the app's service principal the management role {roles} "
        f"(Get-ManagementRole -Cmdlet {min(cmdlets)} names all that would do)"
    )
