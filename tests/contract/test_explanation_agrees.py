"""
Our explanation of a device's access against what Exchange shows, case by case.

The simulator decides for itself, by code that shares nothing with ours.
"""

from collections import Counter
from functools import cache

import pytest

from shared.devices.access import Layer
from shared.devices.explanation import Agreement, Certainty, Explanation
from shared.devices.model import Action, Decision
from shared.devices.remedies import Change, Remedy
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.probe import Probe
from shared.exchange.rules import AccessRules
from tests.contract.explained_tenants import MAILBOX, REACH, Scene, scene

CASES = 400
REMEDIED = 80


@cache
def explained(seed: int) -> tuple[Explanation, frozenset[str], bool]:
    """Return the explanation, the unknowns at work, and whether the device then gets mail."""
    found = scene(seed)
    return found.explained(), found.unknowns, found.world.tenant.contact(found.device)


@pytest.mark.parametrize("seed", range(CASES))
def test_explanation_names_what_exchange_shows(seed: int) -> None:
    """State, reason and rule are Exchange's, unless something undocumented is at work."""
    told, unknowns, gets_mail = explained(seed)

    expected = (told.expected.state, told.expected.reason, told.expected.rule)
    if not unknowns:
        assert expected == (told.shown.state, told.shown.reason, told.shown.rule), told
    if REACH not in unknowns:
        assert told.gets_mail == gets_mail, told
    if told.certainty is Certainty.UNKNOWN:
        assert told.doubts, told
        assert unknowns or told.agreement is Agreement.SILENT, told


def test_hardly_anything_stays_unknown() -> None:
    """The unknown is for what is documented nowhere, not for what is tedious."""
    found = Counter(explained(seed)[0].certainty for seed in range(CASES))
    assert 0 < found[Certainty.UNKNOWN] < CASES / 10, found
    assert found[Certainty.CERTAIN] > CASES / 2, found


def test_every_layer_decides_in_some_case() -> None:
    """Cases that never reach a layer would prove nothing about it."""
    found = Counter(explained(seed)[0].layer for seed in range(CASES))
    never = {Layer.AUTHENTICATION, Layer.AUTOMATIC_BLOCK}  # not to be seen, and not simulated
    assert set(found) == set(Layer) - never, found


@pytest.mark.parametrize("seed", range(REMEDIED))
def test_each_remedy_does_what_it_says(seed: int) -> None:
    """What is proposed is tried on a fresh copy of the tenant, one proposal at a time."""
    told, unknowns, _ = explained(seed)
    if unknowns:
        return
    for remedy in told.remedies:
        fresh = scene(seed)
        _carry_out(remedy, fresh)
        gets_mail = fresh.world.tenant.contact(fresh.device)
        assert fresh.explained().shown.state is remedy.then, (told, remedy)
        assert gets_mail == remedy.gets_mail, (told, remedy)


def _carry_out(remedy: Remedy, fresh: Scene) -> None:
    probe = Probe(fresh.transport.exported_cmdlets, fresh.world.clock)
    admin = ExchangeAdmin(fresh.transport, probe, sleep=fresh.world.waited.append)
    rules = AccessRules(fresh.transport, sleep=fresh.world.waited.append)
    match remedy.change:
        case Change.ALLOW | Change.BLOCK | Change.CLEAR:
            device = admin.find(MAILBOX, fresh.device.device_id)
            action = Action(remedy.change)
            admin.apply(Decision(action=action, device=device, reason="a remedy"))
        case Change.PUT_ACCESS_RULE:
            [rule] = [rule for rule in rules.list() if rule.name == remedy.about]
            assert remedy.level
            rules.put(rule.characteristic, rule.query, level=remedy.level)
        case Change.REMOVE_ACCESS_RULE:
            [rule] = [rule for rule in rules.list() if rule.name == remedy.about]
            rules.remove(rule.characteristic, rule.query)
        case Change.SET_DEFAULT_ACCESS:
            fresh.world.done("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel=remedy.level)
        case Change.ENABLE_CLIENT:
            fresh.world.done("Set-CASMailbox", Identity=MAILBOX, **{remedy.about: True})
        case Change.ASSIGN_POLICY:
            admitting = {"AllowNonProvisionableDevices": True}
            fresh.world.done("Set-MobileDeviceMailboxPolicy", Identity=remedy.about, **admitting)
