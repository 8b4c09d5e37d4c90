"""Why a device is allowed or blocked, how sure that is, and what would change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.devices.access import Case, Layer, Verdict
from shared.devices.doubts import Doubt, doubts
from shared.devices.layers import Finding, Step, client_switch, is_let_in, walk
from shared.devices.model import AccessState
from shared.devices.remedies import Remedy, gets_mail, remedies


class Agreement(StrEnum):
    """Whether Exchange shows what we expect."""

    AGREES = "agrees"
    OTHER_REASON = "other_reason"  # the same state, for another reason
    DIFFERS = "differs"
    SILENT = "silent"  # it shows no state


AS_EXPECTED = frozenset({Agreement.AGREES, Agreement.SILENT})


class Certainty(StrEnum):
    """How far the expected state can be relied on."""

    CERTAIN = "certain"
    LIKELY = "likely"  # there is a doubt, but Exchange shows the same
    UNKNOWN = "unknown"  # Exchange shows another state, or none that would settle a doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What Exchange itself says, in its words."""

    state: AccessState
    reason: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Which layer decides about a device, what follows, and what would change it."""

    mailbox: str
    device_id: str
    layer: Layer  # who decides whether the device gets mail
    gets_mail: bool
    expected: Verdict  # what Exchange should show; it shows a state even if no client is let in
    shown: Shown
    agreement: Agreement
    certainty: Certainty
    doubts: tuple[Doubt, ...]
    steps: tuple[Step, ...]
    remedies: tuple[Remedy, ...]


def explain(case: Case) -> Explanation:
    """Ask each layer in Exchange's order, and compare the result with what Exchange shows."""
    steps, expected = walk(case)
    shown = Shown(state=case.device.access, reason=case.device.access_reason, rule=case.shown_rule)
    agreement = _agreement(expected, shown)
    found = [] if agreement in AS_EXPECTED else [Doubt.EARLIER_STATE]
    found.extend(doubts(case, expected))
    return Explanation(
        mailbox=case.device.mailbox,
        device_id=case.device.device_id,
        layer=expected.layer if is_let_in(case) else Layer.CLIENT_SWITCH,
        gets_mail=gets_mail(case),
        expected=expected,
        shown=shown,
        agreement=agreement,
        certainty=_certainty(found, agreement),
        doubts=tuple(found),
        steps=(_authentication(), _switch(case), *steps),
        remedies=remedies(case),
    )


def _authentication() -> Step:
    says = "whether the user can sign in is not for Exchange to say: see the sign-in log"
    return Step(layer=Layer.AUTHENTICATION, finding=Finding.UNSEEN, says=says)


def _switch(case: Case) -> Step:
    switch = client_switch(case)
    if not switch:
        says = f"no switch is known for clients of type {case.device.client_type or 'unknown'}"
        return Step(layer=Layer.CLIENT_SWITCH, finding=Finding.UNSEEN, says=says)
    if is_let_in(case):
        says = f"{switch} is on for the mailbox"
        return Step(layer=Layer.CLIENT_SWITCH, finding=Finding.PASSES, says=says)
    says = f"{switch} is off for the mailbox: the device gets no mail, whatever its access state"
    return Step(layer=Layer.CLIENT_SWITCH, finding=Finding.DECIDES, says=says)


def _agreement(expected: Verdict, shown: Shown) -> Agreement:
    if shown.state is AccessState.UNKNOWN:
        return Agreement.SILENT
    if shown.state is not expected.state:
        return Agreement.DIFFERS
    has_same_reason = shown.reason in {"", "Unknown", expected.reason}
    has_same_rule = shown.rule in {"", expected.rule}
    return Agreement.AGREES if has_same_reason and has_same_rule else Agreement.OTHER_REASON


def _certainty(found: Sequence[Doubt], agreement: Agreement) -> Certainty:
    if agreement is Agreement.DIFFERS:
        return Certainty.UNKNOWN
    if not found:
        return Certainty.CERTAIN
    return Certainty.UNKNOWN if agreement is Agreement.SILENT else Certainty.LIKELY
