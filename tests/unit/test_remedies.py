"""What would change a device's access."""

from shared.devices.access import MailboxFacts
from shared.devices.explanation import explain
from shared.devices.model import AccessLevel, AccessState
from shared.devices.remedies import Change, Reach
from tests.unit.access_cases import IPHONES_IN, a_case
from tests.unit.builders import a_device, allowed


def test_remedies_start_with_the_device_and_end_with_the_tenant() -> None:
    """Each changes something: what would leave the device as it is, is not proposed."""
    told = explain(a_case(a_device()))
    assert [(each.change, each.reach, each.then) for each in told.remedies] == [
        (Change.ALLOW, Reach.DEVICE, AccessState.ALLOWED),
        (Change.BLOCK, Reach.DEVICE, AccessState.BLOCKED),
        (Change.SET_DEFAULT_ACCESS, Reach.TENANT, AccessState.ALLOWED),
        (Change.SET_DEFAULT_ACCESS, Reach.TENANT, AccessState.BLOCKED),
    ]


def test_rule_that_decides_can_be_changed_or_removed() -> None:
    """What comes then is what the next layer says."""
    told = explain(a_case(allowed(on_allowed_list=False), IPHONES_IN, default="Block"))
    about = [each for each in told.remedies if each.reach is Reach.KIND]
    assert [(each.change, each.level, each.then) for each in about] == [
        (Change.PUT_ACCESS_RULE, AccessLevel.BLOCK, AccessState.BLOCKED),
        (Change.PUT_ACCESS_RULE, AccessLevel.QUARANTINE, AccessState.QUARANTINED),
        (Change.REMOVE_ACCESS_RULE, None, AccessState.BLOCKED),
    ]
    assert {each.about for each in about} == {"iPhone (DeviceType)"}


def test_against_the_mailbox_policy_only_the_policy_helps() -> None:
    """The allowed list is asked later, so it is not proposed."""
    mailbox = MailboxFacts(policy="Strict", admits_unmanaged=False)
    told = explain(a_case(a_device(), default="Allow", mailbox=mailbox, policy_status="NotApplied"))
    assert [(each.change, each.about) for each in told.remedies] == [
        (Change.ASSIGN_POLICY, "Strict")
    ]
