"""Orders about users' certificates: made once, told once, planned with what to mind, taken back."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from shared.audit import operations as audit
from shared.audit.pseudonyms import Pseudonyms
from shared.devices.guard import HoldReason
from shared.devices.operation import State
from shared.devices.reached import is_reached
from shared.errors import Conflict, HeldBack, Misconfigured, Rejected, Retryable
from shared.trust.authority import Store
from shared.trust.federation import PromptLogin
from tests.contract.certificate_office import CertificateOffice
from tests.contract.tenant_commands_world import an_order
from tests.contract.test_guarded_changes import approve
from tests.unit.brake_world import UNLIMITED
from tests.unit.builders import NOW
from tests.unit.certificate_changes_world import GROUP, METHOD, FakeDirectory, authority, text
from tests.unit.certificate_orders import FIELDS, NEW, order
from tests.unit.world import Died


@pytest.fixture
def office() -> CertificateOffice:
    return CertificateOffice()


@pytest.mark.parametrize("name", FIELDS)
def test_order_is_made_recorded_and_told(office: CertificateOffice, name: str) -> None:
    """With how its target stood before and after; a second delivery changes nothing."""
    command = order(name)
    office.done(command)
    office.office.deliver(command)

    operation = office.office.operation(command)
    assert operation.state is State.DONE
    assert operation.altered is not None
    assert not is_reached(command.change, operation.altered.before)
    assert is_reached(command.change, operation.altered.after)
    assert office.writes == 1
    assert office.office.events.types == ["policy.changed"]
    data = office.office.events.sent[0].data
    assert (data["action"], data["before"]) == (FIELDS[name]["action"], operation.altered.before)


@pytest.mark.parametrize("name", FIELDS)
def test_order_ends_as_if_nobody_had_died(name: str) -> None:
    """After any call: nothing is changed twice, the image before is the right one, told once."""
    whole = CertificateOffice()
    expected = whole.done(order(name)).altered
    for calls in range(1, 60):
        office = CertificateOffice()
        try:
            office.office.deliver(order(name), calls)
        except Died:
            office.office.deliver(order(name))
        else:
            assert calls > 6, "a worker's calls are counted"
            break
        operation = office.office.operation(order(name))
        assert operation.state is State.DONE, calls
        assert operation.altered == expected, calls
        assert office.shown == whole.shown, calls
        assert office.writes == 1, calls
        assert len({event.id for event in office.office.events.sent}) == 1, calls
    else:
        raise AssertionError("the worker never came to the end")


@pytest.mark.parametrize("name", FIELDS)
def test_order_is_planned_carried_out_and_taken_back(office: CertificateOffice, name: str) -> None:
    """The plan changes nothing, the order does what it said, the undo restores what stood."""
    before, planned = office.shown, office.planned
    plan = planned.plan(order(name))
    assert planned.plan(order(name)) == plan
    assert (plan.cannot, office.shown, office.writes) == ("", before, 0)
    assert plan.would[0].action == FIELDS[name]["action"]

    operation = office.done(planned.looked_at(order(name)))
    assert operation.state is State.DONE, operation.history
    assert operation.altered is not None
    assert operation.altered.before == plan.would[0].before
    assert office.shown != before

    undone = planned.undo(operation)
    assert undone.state is State.DONE, undone.history
    assert office.shown == before


@pytest.mark.parametrize("name", FIELDS)
def test_what_stands_already_is_neither_made_nor_told(name: str) -> None:
    """Nor does anybody hear of what to mind."""
    office = CertificateOffice()
    office.done(order(name))
    writes = office.writes
    plan = office.planned.plan(order(name, 2))
    assert plan.would[0].action is None
    assert "mind" not in plan.would[0].reason
    again = office.done(order(name, 2))
    assert again.history[-1].note == "nothing was to be done"
    assert office.writes == writes
    assert office.office.events.types == ["policy.changed"]


@pytest.mark.parametrize("name", FIELDS)
def test_order_waits_for_a_second_person(name: str) -> None:
    """Who sees what it does, and what stood."""
    office = CertificateOffice(allowances=replace(UNLIMITED, four_eyes=True))
    with pytest.raises(HeldBack):
        office.office.deliver(order(name))
    operation = office.office.operation(order(name))
    assert operation.hold is not None
    assert operation.hold.reason is HoldReason.APPROVAL
    assert operation.altered is not None
    assert office.writes == 0
    office.office.deliver(approve(office.office, order(name)))
    assert office.office.operation(order(name)).state is State.DONE


OFF: dict[str, object] = {"action": "set_certificate_method", "enabled": False}
MINDED: dict[str, tuple[dict[str, object], str]] = {
    "last root": (FIELDS["a removed authority"], "no root is left in this store"),
    "last classic root": (FIELDS["a removed classic authority"], "no root is left in this store"),
    "no CRL": ({"action": "add_trusted_ca", **NEW, "crl_url": ""}, "is ever revoked"),
    "CRL gone": (FIELDS["other classic addresses"], "is ever revoked"),
    "gap": (FIELDS["a new classic authority"], "nobody's certificate is accepted"),
    "method off": (OFF, "nobody signs in to Entra ID by certificate"),
    "prompt": ({**FIELDS["prompt login"], "behavior": None}, "a password prompt"),
    "translated": (
        {**FIELDS["prompt login"], "behavior": PromptLogin.TRANSLATE},
        "a password prompt",
    ),
    "tokens off": ({"action": "set_modern_authentication", "enabled": False}, "are shut out"),
}


@pytest.mark.parametrize("name", MINDED)
def test_plan_says_what_to_mind(office: CertificateOffice, name: str) -> None:
    """Which is also in the record of what is done."""
    fields, told = dict(MINDED[name][0]), MINDED[name][1]
    office.organization.is_on, office.directory.prompt = True, PromptLogin.NATIVE
    command = an_order(str(fields.pop("action")), 1, **fields)
    plan = office.planned.plan(command)
    assert "; mind: " in plan.would[0].reason
    assert told in plan.would[0].reason
    altered = office.done(command).altered
    assert altered is not None
    assert altered.says == plan.would[0].reason


def test_a_root_that_is_not_the_last_may_go_without_a_word(office: CertificateOffice) -> None:
    """A warning that always comes is read by nobody."""
    office.directory.pki.append(authority("Other"))
    assert "mind" not in office.planned.plan(order("a removed authority")).would[0].reason


def with_other_addresses(directory: FakeDirectory) -> None:
    directory.pki = [replace(authority("New"), crl_url="")]


def with_a_twin(directory: FakeDirectory) -> None:
    directory.pki = [authority("Old"), replace(authority("Old"), container_id="another")]


def with_nothing(directory: FakeDirectory) -> None:
    directory.pki, directory.classic = [], []


def for_nobody(directory: FakeDirectory) -> None:
    directory.method = msgspec.structs.replace(METHOD, is_enabled=False, include=())


def without_a_group(directory: FakeDirectory) -> None:
    directory.method = msgspec.structs.replace(METHOD, exclude=(GROUP,))


def crowded(directory: FakeDirectory) -> None:
    padded = [authority(f"CA {number}", Store.CLASSIC, padding=2000) for number in range(4)]
    directory.classic = [authority("Old", Store.CLASSIC), *padded]


def nearly_full(directory: FakeDirectory) -> None:
    crowded(directory)
    del directory.classic[-1]


def with_many_rules(directory: FakeDirectory) -> None:
    (rule,) = METHOD.rules
    rules = [msgspec.structs.replace(rule, identifier=f"1.2.{number}") for number in range(130)]
    directory.method = msgspec.structs.replace(METHOD, rules=tuple(rules))


def with_what_is_no_certificate(directory: FakeDirectory) -> None:
    directory.classic.append(replace(authority("Old", Store.CLASSIC), certificate=b"none"))


MANY_GROUPS = [{"id": str(uuid.UUID(int=number))} for number in range(40)]
Prepare = Callable[[FakeDirectory], None]
REFUSED: dict[str, tuple[Prepare, dict[str, object], str]] = {
    "trusted otherwise": (with_other_addresses, FIELDS["a new authority"], "order set_ca_crl"),
    "a twin": (with_a_twin, FIELDS["a removed authority"], "2 times in the PKI store"),
    "no such authority": (with_nothing, FIELDS["other addresses"], "holds no authority"),
    "no such classic one": (with_nothing, FIELDS["other classic addresses"], "holds no authority"),
    "not federated": (
        with_nothing,
        {**FIELDS["prompt login"], "domain": "contoso.net"},
        "is not federated",
    ),
    "no domain": (
        with_nothing,
        {**FIELDS["prompt login"], "domain": "example.org"},
        "has no domain example.org",
    ),
    "for nobody": (
        for_nobody,
        {"action": "set_certificate_method", "enabled": True},
        "on for nobody",
    ),
    "in and out": (without_a_group, FIELDS["the method"], "included and excluded at once"),
    "too long a store": (crowded, FIELDS["a removed classic authority"], "without a back-up"),
    "too many rules": (
        with_many_rules,
        {"action": "set_certificate_method", "exclude": MANY_GROUPS},
        "without a back-up",
    ),
    "too long a store then": (
        nearly_full,
        {**FIELDS["a new classic authority"], "certificate": text("New", padding=2000)},
        "without a back-up",
    ),
    "an odd store": (
        with_what_is_no_certificate,
        FIELDS["a new classic authority"],
        "could not be put in again",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_told_by_the_plan_and_changes_nothing(
    office: CertificateOffice, name: str
) -> None:
    """And overrules nothing."""
    prepare, named, why = REFUSED[name]
    prepare(office.directory)
    fields = dict(named)
    command = an_order(str(fields.pop("action")), 1, **fields)
    assert why in office.planned.plan(command).cannot
    with pytest.raises(Rejected, match=why):
        office.done(command)
    assert office.writes == 0
    assert office.office.operation(command).attempted_at is None


@pytest.mark.parametrize("name", ["a new authority", "a new classic authority"])
def test_change_that_is_not_seen_yet_is_not_made_twice(
    office: CertificateOffice, name: str
) -> None:
    """The next look finds it."""
    office.directory.lagging = 1
    with pytest.raises(Retryable, match="not to be seen yet"):
        office.office.steps().handle(order(name))
    assert office.office.operation(order(name)).acted_at is None
    office.office.deliver(order(name))
    assert office.office.operation(order(name)).state is State.DONE
    assert office.writes == 1


def test_undo_is_refused_where_somebody_has_changed_it_since(office: CertificateOffice) -> None:
    """Theirs would be lost."""
    operation = office.done(order("other addresses"))
    office.directory.pki = [replace(authority("Old"), crl_url="http://crl.contoso.net/")]
    with pytest.raises(Conflict, match="changed since by somebody else"):
        office.planned.undo(operation)


def test_authority_that_is_gone_has_no_addresses_to_take_back(office: CertificateOffice) -> None:
    """The refusal says so."""
    operation = office.done(order("other addresses"))
    office.directory.pki = []
    with pytest.raises(Conflict, match="holds no authority"):
        office.planned.undo(operation)


def test_of_two_orders_about_a_domain_the_newer_stands(office: CertificateOffice) -> None:
    """Whichever comes first."""
    newer = an_order("set_prompt_login", 2, domain="CONTOSO.COM", behavior="nativeSupport")
    office.office.accept(order("prompt login"))
    office.office.accept(newer)
    office.office.deliver(newer)
    office.office.deliver(order("prompt login"))
    assert office.directory.prompt is PromptLogin.NATIVE
    assert "overruled" in office.office.operation(order("prompt login")).history[-1].note


def test_settings_that_nobody_named_stay_as_somebody_else_has_set_them_meanwhile(
    office: CertificateOffice,
) -> None:
    """Entra ID takes the lists whole: they are read again before they are written."""
    command = order("the method")
    with pytest.raises(Died):
        office.office.deliver(command, calls=5)
    assert office.office.operation(command).altered is not None
    office.directory.method = msgspec.structs.replace(METHOD, rules=(), is_enabled=False)
    office.office.deliver(command)
    assert office.directory.method.rules == ()
    assert not office.directory.method.is_enabled
    assert office.directory.method.unknown == METHOD.unknown


@pytest.mark.parametrize("name", FIELDS)
def test_audit_keeps_the_whole_change(office: CertificateOffice, name: str) -> None:
    """Nobody is named in it, so nothing of it is hidden or hashed."""
    operation = office.done(order(name))
    told = audit.step(operation, NOW, Pseudonyms(key=b"k" * 32))
    begun = audit.opened(replace(operation, state=State.WAITING), NOW, Pseudonyms(key=b"k" * 32))
    assert told is not None
    assert begun is not None
    assert operation.altered is not None
    assert told.facts["before"] == operation.altered.before
    assert told.facts["after"] == operation.altered.after
    assert begun.facts["change"] == msgspec.to_builtins(order(name).change)


def test_rest_of_exchange_is_not_needed_for_what_entra_keeps(office: CertificateOffice) -> None:
    """Only the switch in Exchange waits for its cmdlet."""
    office.office.lacking.update(str(fields["action"]) for fields in FIELDS.values())
    assert office.done(order("a new authority")).state is State.DONE
    with pytest.raises(Misconfigured, match="lacks a cmdlet"):
        office.office.deliver(order("modern authentication", 2))
