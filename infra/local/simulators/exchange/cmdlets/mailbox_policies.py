"""Get-MobileDeviceMailboxPolicy."""

from functools import partial

from infra.local.simulators.exchange import binding, errors
from infra.local.simulators.exchange.binding import Arguments
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.organization import MailboxPolicy, Organization
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.simulators.exchange.rows import Values, tail


def _get(context: Context, arguments: Arguments) -> Outcome:
    organization = context.tenant.seen().organization
    chosen = list(organization.policies.values())
    if identity := arguments.text("Identity"):
        chosen = [_find(organization, identity)]
    return Outcome(rows=[partial(_row, organization, policy) for policy in chosen])


def _find(organization: Organization, identity: str) -> MailboxPolicy:
    for policy in organization.policies.values():
        if identity.casefold() in {policy.name.casefold(), str(policy.guid)}:
            return policy
    raise errors.not_found(identity)


def _row(organization: Organization, policy: MailboxPolicy) -> Values:
    kind = "msExchMobileMailboxSettings"
    entry = organization.entry(
        policy.name, kind, guid=policy.guid, created=policy.created, changed=policy.changed
    )
    return policy.settings | dict(tail(entry))


CMDLETS = (
    Cmdlet(
        name="Get-MobileDeviceMailboxPolicy",
        parameters={"Identity": binding.text_or_null},
        roles=frozenset(
            {
                ManagementRole.RECIPIENT_POLICIES,
                ManagementRole.VIEW_ONLY_RECIPIENTS,
                ManagementRole.VIEW_ONLY_CONFIGURATION,
                ManagementRole.MAIL_RECIPIENTS,
            }
        ),
        run=_get,
    ),
)
