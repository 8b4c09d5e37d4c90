"""How sure an explanation is, and what is in doubt."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.access import Case, ConditionalAccess, Layer
from shared.devices.doubts import Doubt
from shared.devices.explanation import Agreement, Certainty, explain
from shared.devices.model import AccessLevel, AccessState
from tests.unit.access_cases import HEADER_IN, IPHONES_IN, NEW, OUTLOOK, OUTLOOK_OUT, a_case, rule
from tests.unit.builders import NOW, a_device, blocked


@pytest.mark.parametrize(
    ("case", "doubt"),
    [
        (a_case(blocked(on_allowed_list=True)), Doubt.BOTH_LISTS),
        (
            a_case(
                a_device(access=AccessState.BLOCKED, access_reason="DeviceRule"),
                IPHONES_IN,
                rule("DeviceOS", "iOS 19.2", AccessLevel.BLOCK),
            ),
            Doubt.RULE_ORDER,
        ),
        (a_case(a_device(), HEADER_IN), Doubt.UNSEEN_RULE),
        (
            a_case(
                a_device(access=AccessState.BLOCKED, access_reason="DeviceRule", **OUTLOOK),
                OUTLOOK_OUT,
                conditional_access=ConditionalAccess.UNKNOWN,
            ),
            Doubt.CONDITIONAL_ACCESS_UNKNOWN,
        ),
        (
            a_case(a_device(**OUTLOOK), conditional_access=ConditionalAccess.APPLIES),
            Doubt.CONDITIONAL_ACCESS_REACH,
        ),
        (
            a_case(a_device(access=AccessState.DISCOVERY, **NEW), first_sync_at=NOW),
            Doubt.DISCOVERY,
        ),
        (a_case(a_device(access_reason="ExternallyManaged")), Doubt.EXCHANGES_WORD),
        (a_case(a_device(client_type="Telepathy")), Doubt.CLIENT_UNKNOWN),
        (a_case(a_device(access_reason="Individual")), Doubt.EARLIER_STATE),
    ],
)
def test_doubt_is_named_and_settled_by_exchange_showing_the_same(case: Case, doubt: Doubt) -> None:
    """It stays open where Exchange shows no state, and everything does where it shows another."""
    told = explain(case)
    assert (told.certainty, told.doubts) == (Certainty.LIKELY, (doubt,))

    if doubt not in {Doubt.EXCHANGES_WORD, Doubt.EARLIER_STATE}:  # these come from what is shown
        silent = replace(case.device, access=AccessState.UNKNOWN, access_reason="Unknown")
        assert explain(replace(case, device=silent)).certainty is Certainty.UNKNOWN


def test_another_state_than_expected_leaves_nothing_known() -> None:
    """The doubt says what may be behind it."""
    told = explain(a_case(a_device(access=AccessState.ALLOWED, access_reason="Global")))
    assert (told.agreement, told.certainty) == (Agreement.DIFFERS, Certainty.UNKNOWN)
    assert told.doubts == (Doubt.EARLIER_STATE,)


def test_without_a_doubt_the_order_of_layers_is_enough() -> None:
    """A device that Exchange has not evaluated yet can be told about all the same."""
    silent = {"access": AccessState.UNKNOWN, "access_reason": "Unknown"}
    told = explain(a_case(a_device(**silent)))
    assert (told.agreement, told.certainty) == (Agreement.SILENT, Certainty.CERTAIN)


def test_same_state_for_another_reason_is_likely() -> None:
    """Be it the reason that differs, or the rule."""
    allowed = a_device(access=AccessState.ALLOWED, access_reason="DeviceRule")
    for case in (
        a_case(allowed, IPHONES_IN, shown_rule="iOS 19.2 (DeviceOS)"),
        a_case(replace(allowed, access_reason="Individual"), IPHONES_IN),
    ):
        told = explain(case)
        assert (told.agreement, told.certainty) == (Agreement.OTHER_REASON, Certainty.LIKELY)


@pytest.mark.parametrize(
    ("case", "doubts"),
    [
        (a_case(a_device(access_reason="ExternalCompliance"), policy_status=""), 1),
        (
            a_case(
                a_device(**OUTLOOK),
                HEADER_IN,
                default="Allow",
                conditional_access=ConditionalAccess.APPLIES,
            ),
            0,
        ),
        (a_case(a_device(**NEW), HEADER_IN, first_sync_at=NOW), 1),
        (a_case(blocked(), HEADER_IN), 0),
    ],
)
def test_what_cannot_bear_on_the_result_is_no_doubt(case: Case, doubts: int) -> None:
    """A policy under management from outside, rules that are skipped or not reached."""
    evaluated_to_nothing = replace(case.device, access=AccessState.UNKNOWN)
    assert len(explain(replace(case, device=evaluated_to_nothing)).doubts) == doubts


def test_end_of_the_discovery_window_is_not_sharp() -> None:
    """Its length is published nowhere; long after it there is no doubt left."""
    young = a_case(a_device(**NEW), first_sync_at=NOW - timedelta(minutes=20))
    told = explain(young)
    assert (told.layer, told.doubts) == (Layer.DEFAULT, (Doubt.DISCOVERY,))
    assert explain(replace(young, now=NOW + timedelta(hours=1))).doubts == ()


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_has_words(doubt: Doubt) -> None:
    """Its name is for programs."""
    assert " " in doubt.says
