"""Why a device is allowed or blocked: which layer decides, and how sure that is."""

from dataclasses import replace

import pytest

from shared.devices.access import Case, ConditionalAccess, Layer, MailboxFacts
from shared.devices.doubts import Doubt
from shared.devices.explanation import Agreement, explain
from shared.devices.layers import Finding
from shared.devices.model import AccessLevel, AccessState, Device
from shared.devices.remedies import Change
from tests.unit.access_cases import HEADER_IN, IPHONES_IN, NEW, OUTLOOK, OUTLOOK_OUT, a_case, rule
from tests.unit.builders import NOW, a_device, allowed, blocked


def shown(device: Device, state: AccessState, reason: str) -> Device:
    """Return the device as Exchange shows it."""
    return replace(device, access=state, access_reason=reason)


@pytest.mark.parametrize(
    ("case", "layer", "state", "reason"),
    [
        (a_case(a_device()), Layer.DEFAULT, "Quarantined", "Global"),
        (a_case(a_device(), IPHONES_IN), Layer.RULE, "Allowed", "DeviceRule"),
        (a_case(allowed(), default="Block"), Layer.ALLOWED_LIST, "Allowed", "Individual"),
        (a_case(blocked(), IPHONES_IN), Layer.BLOCKED_LIST, "Blocked", "Individual"),
        (
            a_case(allowed(on_blocked_list=True), IPHONES_IN),
            Layer.BLOCKED_LIST,
            "Blocked",
            "Individual",
        ),
        (
            a_case(
                allowed(), mailbox=MailboxFacts(admits_unmanaged=False), policy_status="NotApplied"
            ),
            Layer.MAILBOX_POLICY,
            "Blocked",
            "Policy",
        ),
        (
            a_case(shown(blocked(), AccessState.ALLOWED, "ExternalCompliance")),
            Layer.EXTERNAL,
            "Allowed",
            "ExternalCompliance",
        ),
        (
            a_case(shown(allowed(), AccessState.BLOCKED, "CommandFrequency")),
            Layer.AUTOMATIC_BLOCK,
            "Blocked",
            "CommandFrequency",
        ),
        (
            a_case(a_device(access_reason="Upgrade"), default="Block"),
            Layer.GRACE,
            "Allowed",
            "Upgrade",
        ),
        (
            a_case(a_device(**NEW), IPHONES_IN, default="Allow", first_sync_at=NOW),
            Layer.GRACE,
            "DeviceDiscovery",
            "DeviceRule",
        ),
        (a_case(a_device(**NEW), first_sync_at=NOW), Layer.GRACE, "DeviceDiscovery", "Global"),
        (
            a_case(a_device(**NEW), default="Block", first_sync_at=NOW),
            Layer.DEFAULT,
            "Blocked",
            "Global",
        ),
    ],
)
def test_first_layer_that_has_a_say_decides(
    case: Case, layer: Layer, state: str, reason: str
) -> None:
    """Policy, blocked list, allowed list, rules, default, and what Exchange alone knows."""
    told = explain(case)
    assert (told.layer, told.expected.state, told.expected.reason) == (layer, state, reason)
    assert told.gets_mail == (state == "Allowed")
    assert [step.layer for step in told.steps if step.finding is Finding.DECIDES] == [layer]


@pytest.mark.parametrize(
    ("device", "switch"),
    [
        (allowed(), "ActiveSyncEnabled"),
        (allowed(**OUTLOOK), "OutlookMobileEnabled"),
        (allowed(client_type="REST"), "OutlookMobileEnabled"),
        (allowed(client_type="MOWA"), "OWAforDevicesEnabled"),
        (allowed(client_type="UniversalOutlook"), "UniversalOutlookEnabled"),
    ],
)
def test_client_that_the_mailbox_keeps_out_gets_no_mail(device: Device, switch: str) -> None:
    """Its access state stays as it is, and only the switch would help."""
    told = explain(a_case(device, mailbox=MailboxFacts(switched_off=frozenset({switch}))))

    assert (told.layer, told.gets_mail) == (Layer.CLIENT_SWITCH, False)
    assert (told.expected.state, told.agreement) == (AccessState.ALLOWED, Agreement.AGREES)
    assert [(each.change, each.about) for each in told.remedies] == [(Change.ENABLE_CLIENT, switch)]

    others = frozenset({"ActiveSyncEnabled", "OutlookMobileEnabled"}) - {switch}
    assert explain(a_case(device, mailbox=MailboxFacts(switched_off=others))).gets_mail


@pytest.mark.parametrize(
    ("admits", "status", "reason", "state"),
    [
        (True, "NotApplied", "Global", AccessState.QUARANTINED),
        (True, "NotApplied", "Policy", AccessState.QUARANTINED),
        (None, "ExternallyManaged", "Global", AccessState.QUARANTINED),
        (None, "NotApplied", "Global", AccessState.QUARANTINED),
        (None, "", "Policy", AccessState.BLOCKED),
        (False, "Unknown", "Global", AccessState.QUARANTINED),
        (False, "PartiallyApplied", "Global", AccessState.BLOCKED),
    ],
)
def test_policy_keeps_out_who_does_not_enforce_it(
    admits: bool | None,  # noqa: FBT001 - a fact of three values, in a table
    status: str,
    reason: str,
    state: AccessState,
) -> None:
    """Where that cannot be seen, Exchange's own word counts, and the doubt is named."""
    mailbox = MailboxFacts(policy="Default", admits_unmanaged=admits)
    device = a_device(access=state, access_reason=reason)
    told = explain(a_case(device, mailbox=mailbox, policy_status=status))
    assert told.expected.state is state
    unseen = status != "ExternallyManaged" and (admits is None or status == "Unknown")
    assert (Doubt.POLICY_UNSEEN in told.doubts) == unseen


def test_conditional_access_takes_the_place_of_rules_for_outlook_only() -> None:
    """The iPhone's own mail app still meets its rule."""
    applies = {"conditional_access": ConditionalAccess.APPLIES}
    outlook = explain(a_case(a_device(**OUTLOOK), OUTLOOK_OUT, default="Allow", **applies))
    assert (outlook.layer, outlook.gets_mail) == (Layer.DEFAULT, True)
    native = explain(a_case(a_device(), IPHONES_IN, **applies))
    assert native.layer is Layer.RULE


def test_rule_on_what_is_not_shown_decides_where_exchange_names_it() -> None:
    """Its level is the rule's, not the shown state's."""
    case = a_case(a_device(), IPHONES_IN, HEADER_IN, shown_rule="x (XMSWLHeader)")
    assert explain(case).expected.rule == "x (XMSWLHeader)"
    assert explain(replace(case, shown_rule="")).expected.rule == "iPhone (DeviceType)"


def test_device_that_exchange_waits_for_is_in_discovery() -> None:
    """Exchange may see that better than the row does; but only for a while."""
    waiting = shown(a_device(), AccessState.DISCOVERY, "Global")
    assert explain(a_case(waiting, first_sync_at=NOW)).layer is Layer.GRACE
    assert explain(a_case(waiting)).layer is Layer.DEFAULT


def test_rule_without_a_value_does_not_match_devices_without_one() -> None:
    """Otherwise it would decide about every device that tells little."""
    nameless = a_case(a_device(model=""), rule("DeviceModel", "", AccessLevel.BLOCK))
    assert explain(nameless).layer is Layer.DEFAULT
