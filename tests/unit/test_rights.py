"""What the app may do in Exchange: too much, too little, and to whom."""

import pytest

from shared.credentials import rights
from shared.credentials.findings import Finding
from shared.credentials.rights import (
    EXCHANGE_ADMINISTRATOR,
    EXCHANGE_RECIPIENT_ADMINISTRATOR,
    GLOBAL_ADMINISTRATOR,
    GLOBAL_READER,
    Feature,
    Lack,
    WriteScope,
)
from shared.exchange.management_roles import ROLES
from shared.exchange.permissions import FEATURES, NOT_JUDGED, needs
from shared.exchange.probe import CMDLETS

NOT_A_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
READS, GRANTS = ("Get-CASMailbox",), ("Get-CASMailbox", "Add-RoleGroupMember")


@pytest.mark.parametrize(
    ("wids", "cmdlets", "may_write", "finding"),
    [
        ((), READS, True, None),
        ((NOT_A_ROLE,), READS, True, None),
        ((GLOBAL_READER,), READS, False, None),
        ((GLOBAL_READER.upper(),), READS, True, None),
        ((EXCHANGE_RECIPIENT_ADMINISTRATOR,), READS, True, None),
        ((EXCHANGE_RECIPIENT_ADMINISTRATOR,), READS, False, Finding.ROLE_TOO_BROAD),
        ((EXCHANGE_ADMINISTRATOR,), GRANTS, False, Finding.ROLE_TOO_BROAD),
        ((HELPDESK,), READS, True, Finding.ROLE_TOO_BROAD),
        (("e8611ab8-c189-46e8-94e1-60213ab1f814",), None, True, Finding.ROLE_TOO_BROAD),
        ((EXCHANGE_ADMINISTRATOR,), GRANTS, True, Finding.ROLE_WIDENS_ITSELF),
        ((EXCHANGE_ADMINISTRATOR,), None, True, Finding.ROLE_WIDENS_ITSELF),
        ((), GRANTS, True, Finding.ROLE_WIDENS_ITSELF),
        (
            (GLOBAL_ADMINISTRATOR, HELPDESK),
            GRANTS,
            True,
            Finding.ROLE_GLOBAL_ADMINISTRATOR,
        ),
    ],
)
def test_app_that_may_do_more_than_it_needs_is_found(
    wids: tuple[str, ...],
    cmdlets: tuple[str, ...] | None,
    finding: Finding | None,
    *,
    may_write: bool,
) -> None:
    """What is needed depends on whether it is to change anything."""
    assert rights.breadth(wids, cmdlets, may_write=may_write).finding is finding


@pytest.mark.parametrize(
    ("cmdlets", "finding", "says"),
    [
        ({}, None, ""),
        (
            {"Set-X": ("Mail Recipients", "User Options")},
            Finding.ROLE_TOO_NARROW,
            "Set-X (Mail Recipients or User Options)",
        ),
        ({"Set-X": None}, Finding.ROLE_TOO_NARROW, "Set-X (its role cannot be told)"),
        ({"Set-X": (), "Set-Y": ("Mail Recipients",)}, Finding.CMDLET_GONE, "Set-X"),
    ],
)
def test_missing_cmdlet_is_one_that_a_role_would_give_or_one_that_is_gone(
    cmdlets: dict[str, tuple[str, ...] | None], finding: Finding | None, says: str
) -> None:
    """With the roles that would do."""
    verdict = rights.enough(Lack(cmdlets=cmdlets))
    assert (verdict.finding, verdict.says) == (finding, says)


LIMIT = ("scope EAS (CustomAttribute1 -eq 'EAS')",)


@pytest.mark.parametrize(
    ("scope", "wids", "finding"),
    [
        (WriteScope(limits=(), tried=3, refused=0), (), None),
        (WriteScope(limits=None, tried=3, refused=0), (), Finding.SCOPE_UNKNOWN),
        (WriteScope(limits=None, tried=3, refused=0), (EXCHANGE_ADMINISTRATOR,), None),
        (WriteScope(limits=LIMIT, tried=0, refused=0), (), Finding.SCOPE_LIMITED),
        (WriteScope(limits=LIMIT, tried=3, refused=1), (), Finding.SCOPE_LIMITED),
        (WriteScope(limits=None, tried=3, refused=1), (), Finding.SCOPE_LIMITED),
        (
            WriteScope(limits=None, tried=3, refused=1),
            (EXCHANGE_ADMINISTRATOR,),
            Finding.SCOPE_LIMITED,
        ),
        (WriteScope(limits=LIMIT, tried=3, refused=3), (), Finding.SCOPE_EMPTY),
        (WriteScope(limits=None, tried=0, refused=0), (GLOBAL_READER,), Finding.SCOPE_UNKNOWN),
    ],
)
def test_whom_the_app_may_change_is_what_exchange_shows_and_what_trying_shows(
    scope: WriteScope, wids: tuple[str, ...], finding: Finding | None
) -> None:
    """A refusal counts more than any list; that nobody refused proves nothing by itself."""
    verdict = rights.reach(scope, wids)
    assert verdict.finding is finding
    assert f"{scope.tried - scope.refused} of {scope.tried}" in verdict.says


def test_policy_counts_only_if_it_names_the_app() -> None:
    """Whatever the case."""
    assert rights.policies(["AAAA", "b"], "aaaa").finding is Finding.ACCESS_POLICY_NO_LIMIT
    assert rights.policies(["b"], "aaaa").finding is None


def test_every_action_belongs_to_a_feature_and_every_cmdlet_to_a_role() -> None:
    """An action added one day has to be given its place."""
    named = [action for actions in FEATURES.values() for action in actions]
    needed = frozenset().union(*(needs(feature, may_write=True) for feature in Feature))
    assert sorted([*named, *NOT_JUDGED]) == sorted(CMDLETS)
    apart = frozenset().union(*(CMDLETS[action] for action in NOT_JUDGED))
    assert needed | apart == frozenset().union(*CMDLETS.values()) == set(ROLES)
    assert {each for each in apart - needed if not each.startswith("Get-")} == {
        "Set-OrganizationConfig"
    }


def test_tenant_that_is_not_to_be_changed_needs_reads_only() -> None:
    """Of no other feature anything."""
    assert needs(Feature.WIPES, may_write=False) == frozenset()
    reads = needs(Feature.READING, may_write=False)
    assert reads == needs(Feature.READING, may_write=True)
    assert {each.partition("-")[0] for each in reads} == {"Get"}
