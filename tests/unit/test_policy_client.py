"""What the policies client says to Exchange, and what it makes of odd answers."""

import pytest

from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from shared.exchange.policies import Policies
from tests.unit.builders import MAILBOX
from tests.unit.exchange_answers import Server, error, rows, server
from tests.unit.policy_examples import DEFAULTS

NOT_FOUND = error(404, "||The operation couldn't be performed: couldn't be found on 'DC01'.")
REFUSED = error(400, "||The name holds a character that is not allowed.")
GUID = "0f0f0f0f-1111-4222-8333-444444444444"
UNCHANGED = {"@adminapi.warnings": ["The command completed successfully but no settings of ..."]}


def policy_row(name: str = "Strict", **settings: object) -> dict[str, object]:
    """Return a row of Get-MobileDeviceMailboxPolicy."""
    return {**DEFAULTS, "Name": name, "Guid": GUID, "Guid@odata.type": "#Guid", **settings}


def under(policy: str | None, *, inherited: bool) -> dict[str, object]:
    """Return a row of Get-CASMailbox."""
    return {
        "ActiveSyncMailboxPolicy": policy,
        "ActiveSyncMailboxPolicyIsDefaulted": inherited,
    }


STRICT = rows(policy_row())
NONE = rows(policy_row("Default", IsDefault=True))


def policies(known: Server) -> Policies:
    """Return the client, which does not really sleep."""
    return Policies(known.transport, sleep=known.slept.append)


def test_values_are_sent_in_the_form_that_binds() -> None:
    """No entries is null, what may be Unlimited is text, and nothing asks for confirmation."""
    shown = policy_row(
        ApprovedApplicationList=["a"], MaxAttachmentSize="1 KB (1,024 bytes)", MinPasswordLength=6
    )
    known = server(
        Get_MobileDeviceMailboxPolicy=[
            rows(policy_row(UnapprovedInROMApplicationList=["b"])),
            rows(shown),
        ],
        Set_MobileDeviceMailboxPolicy=rows(),
    )

    policies(known).put(
        "Strict",
        {
            "ApprovedApplicationList": ["a"],
            "UnapprovedInROMApplicationList": [],
            "MaxAttachmentSize": "1KB",
            "MinPasswordLength": 6,
            "AllowCamera": True,
        },
    )

    assert known.parameters("Set-MobileDeviceMailboxPolicy") == [
        {
            "Identity": GUID,
            "ApprovedApplicationList": ["a"],
            "UnapprovedInROMApplicationList": None,
            "MaxAttachmentSize": "1024",
            "MinPasswordLength": 6,
            "Confirm": False,
        }
    ]


def test_a_write_is_looked_for_three_times() -> None:
    known = server(Get_MobileDeviceMailboxPolicy=STRICT, Set_MobileDeviceMailboxPolicy=rows())

    with pytest.raises(Retryable, match=r"policy Strict \(AllowCamera\)"):
        policies(known).put("Strict", {"AllowCamera": False})

    assert known.slept == [0, 1, 3]


def test_a_warning_that_nothing_changed_is_a_success() -> None:
    known = server(
        Get_MobileDeviceMailboxPolicy=[STRICT, rows(policy_row(AllowCamera=False))],
        Set_MobileDeviceMailboxPolicy=rows(**UNCHANGED),
    )

    after = policies(known).put("Strict", {"AllowCamera": False}).after

    assert after is not None
    assert after.settings["AllowCamera"] is False


def test_a_refused_creation_keeps_its_own_reason() -> None:
    known = server(
        Get_MobileDeviceMailboxPolicy=NONE,
        New_MobileDeviceMailboxPolicy=REFUSED,
        Set_MobileDeviceMailboxPolicy=NOT_FOUND,
    )

    with pytest.raises(Rejected, match="character that is not allowed"):
        policies(known).put("Strict", {})


def test_a_policy_made_meanwhile_is_changed_instead() -> None:
    known = server(
        Get_MobileDeviceMailboxPolicy=[NONE, rows(policy_row(AllowCamera=False))],
        New_MobileDeviceMailboxPolicy=error(400, "||The object 'Strict' already exists."),
        Set_MobileDeviceMailboxPolicy=rows(),
    )

    policies(known).put("Strict", {"AllowCamera": False})

    assert known.parameters("Set-MobileDeviceMailboxPolicy") == [
        {"Identity": "Strict", "AllowCamera": False, "Confirm": False}
    ]


def test_a_row_without_identity_means_that_exchange_has_changed() -> None:
    known = server(Get_MobileDeviceMailboxPolicy=rows(policy_row(Guid=None)))

    with pytest.raises(Misconfigured, match="rows have changed"):
        policies(known).list()


def test_a_policy_that_is_gone_when_it_is_to_be_removed_is_removed() -> None:
    known = server(Get_MobileDeviceMailboxPolicy=STRICT, Remove_MobileDeviceMailboxPolicy=NOT_FOUND)

    policies(known).remove("Strict")

    assert known.parameters("Remove-MobileDeviceMailboxPolicy") == [
        {"Identity": GUID, "Confirm": False}
    ]


def test_a_removal_that_does_not_show_is_to_be_tried_again() -> None:
    known = server(Get_MobileDeviceMailboxPolicy=STRICT, Remove_MobileDeviceMailboxPolicy=rows())

    with pytest.raises(Retryable, match="the removal of policy Strict"):
        policies(known).remove("Strict")


@pytest.mark.parametrize("shown", ["Strict", "strict", "contoso.com\\Strict", "contoso.com/Strict"])
def test_an_assigned_policy_may_be_shown_with_its_container(shown: str) -> None:
    known = server(
        Get_MobileDeviceMailboxPolicy=STRICT,
        Set_CASMailbox=rows(),
        Get_CASMailbox=rows(under(shown, inherited=False)),
    )

    assert not policies(known).assign(MAILBOX, "Strict").is_inherited
    assert known.parameters("Set-CASMailbox") == [
        {"Identity": MAILBOX, "ActiveSyncMailboxPolicy": "Strict", "Confirm": False}
    ]


@pytest.mark.parametrize(
    "row",
    [
        under("NotStrict", inherited=False),
        under("Strict", inherited=True),
        under(None, inherited=False),
    ],
)
def test_an_assignment_that_does_not_show_is_to_be_tried_again(row: dict[str, object]) -> None:
    known = server(
        Get_MobileDeviceMailboxPolicy=STRICT, Set_CASMailbox=rows(), Get_CASMailbox=rows(row)
    )

    with pytest.raises(Retryable, match=f"the policy of mailbox {MAILBOX}"):
        policies(known).assign(MAILBOX, "Strict")


def test_a_mailbox_reverts_by_null() -> None:
    known = server(Set_CASMailbox=rows(), Get_CASMailbox=rows(under("Default", inherited=True)))

    assert policies(known).revert(MAILBOX).is_inherited
    assert known.parameters("Set-CASMailbox") == [
        {"Identity": MAILBOX, "ActiveSyncMailboxPolicy": None, "Confirm": False}
    ]


def test_a_policy_not_known_everywhere_yet_is_waited_for() -> None:
    """Exchange's not-found does not say of what; the mailbox is there, so it is the policy."""
    known = server(
        Get_MobileDeviceMailboxPolicy=STRICT,
        Set_CASMailbox=NOT_FOUND,
        Get_CASMailbox=rows(under("Default", inherited=True)),
    )

    with pytest.raises(Retryable, match="does not know policy Strict everywhere yet"):
        policies(known).assign(MAILBOX, "Strict")


def test_an_ambiguous_mailbox_is_not_guessed() -> None:
    row = under("Default", inherited=True)
    known = server(Get_CASMailbox=rows(row, row))

    with pytest.raises(NotFound, match="2 mailboxes"):
        policies(known).assignment(MAILBOX)
