"""Findings about what Exchange lets the app do, and to whom."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Finding, Grade

ADVICE: Mapping[Finding, Advice] = {
    Finding.EXCHANGE_UNREACHABLE: Advice(
        Grade.UNKNOWN,
        "Exchange does not answer now, or asks to come back later",
        "check the network to Exchange Online, and validate again in a few minutes",
    ),
    Finding.EXCHANGE_REFUSES: Advice(
        Grade.FAIL,
        "Exchange answers with an error of its own",
        "look for the error among Microsoft's service health messages, and check CLOUD",
    ),
    Finding.EXCHANGE_REFUSES_TOKEN: Advice(
        Grade.FAIL,
        "Exchange refuses a token that was issued just now",
        "check CLOUD and the Conditional Access policies for workload identities",
    ),
    Finding.EXCHANGE_NO_ROLE: Advice(
        Grade.FAIL,
        "the app has no role in Exchange",
        "add the service principal to a role group that holds what the app needs, and allow for "
        "the delay of such changes",
    ),
    Finding.CMDLETS_UNREADABLE: Advice(
        Grade.UNKNOWN,
        "Exchange does not say which cmdlets the app may run",
        "ask Get-ManagementRole -Cmdlet in PowerShell, and look for an update of this app",
    ),
    Finding.CMDLET_GONE: Advice(
        Grade.FAIL,
        "no role of this tenant holds a cmdlet that this needs",
        "look for an update of this app: Microsoft may have renamed or withdrawn the cmdlet",
    ),
    Finding.ROLE_TOO_NARROW: Advice(
        Grade.FAIL,
        "the app's roles lack a cmdlet that this needs",
        "add the named management role to the role group of the app's service principal",
    ),
    Finding.ROLE_GLOBAL_ADMINISTRATOR: Advice(
        Grade.WARN,
        "the app is a Global Administrator: whoever steals its key owns the tenant",
        "put the service principal into an Exchange role group of its own, and take Global "
        "Administrator away",
    ),
    Finding.ROLE_TOO_BROAD: Advice(
        Grade.WARN,
        "the app holds a directory role that it does not need",
        "take the named directory role away from the service principal",
    ),
    Finding.ROLE_WIDENS_ITSELF: Advice(
        Grade.WARN,
        "the app may give itself any role in Exchange, as every Exchange Administrator may",
        "replace the role by a role group with View-Only Recipients, View-Only Configuration, Mail "
        "Recipients, Recipient Policies and Organization Client Access",
    ),
    Finding.WRITES_OFF: Advice(
        Grade.PASS,
        "changes to this tenant are switched off, so it was not tried whom they would reach",
        'set "writes": true in the tenant\'s limits if changes are wanted',
    ),
    Finding.SCOPE_LIMITED: Advice(
        Grade.PASS,
        "the app may change some mailboxes only",
        "widen the recipient write scope of the app's role group if that is not what is wanted",
    ),
    Finding.SCOPE_EMPTY: Advice(
        Grade.FAIL,
        "every mailbox that was tried is outside the app's write scope",
        "correct the recipient filter of the write scope of the app's role group",
    ),
    Finding.SCOPE_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "it cannot be told whom the app may change",
        "give the app's role group the management role View-Only Configuration",
    ),
    Finding.ACCESS_POLICY_NO_LIMIT: Advice(
        Grade.WARN,
        "an application access policy names the app, and is no limit for this API",
        "limit the app by a recipient write scope on its role group, and remove the policy",
    ),
    Finding.ACCESS_POLICIES_UNREADABLE: Advice(
        Grade.UNKNOWN,
        "the app may not read the tenant's application access policies",
        "run Get-ApplicationAccessPolicy yourself, knowing that such policies do not limit this "
        "API",
    ),
}
