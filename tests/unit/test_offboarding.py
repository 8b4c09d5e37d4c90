"""A lost phone is shut out, in an order that loses nothing, and the report says what is certain."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.model import Action, Ownership, WipeCycle
from shared.devices.offboarding_words import (
    NOT_BLOCKED_ANY_MORE,
    NOT_CONFIRMED,
    NOT_ERASED,
    OLD_LIST,
    ONLY_MAIL,
    ONLY_OUTLOOK,
    WIPE_STANDS,
)
from shared.devices.operation import State
from shared.errors import Misconfigured, NotPermitted, Rejected, Retryable, Unfinished
from shared.trust.authority import Store
from shared.trust.crl_trouble import CrlTrouble
from tests.unit.builders import (
    GUID,
    MAILBOX,
    NOW,
    a_device,
    a_newer_command,
    a_signal,
    blocked,
    never_wiped,
)
from tests.unit.offboarding_world import ISSUING, SERIAL, Case, leaves, lost, phones

OUTLOOK = {"client_type": "Outlook", "device_type": "Outlook", "client_version": ""}


def test_every_step_is_taken_and_recorded() -> None:
    case = Case()
    case.deliver(lost(disable_sign_in=True))

    assert case.outcomes(lost()) == {
        "block": "done",
        "wipe": "done",
        "acknowledgement": "done",
        "sessions": "done",
        "certificate": "not asked",
        "removal": "done",
        "policy": "done",
        "sign_in": "done",
    }
    assert case.exchange.applied == [Action.BLOCK, Action.REMOVE]
    assert [each.action for each in case.exchange.wiped] == [Action.WIPE_ACCOUNT]
    assert case.directory.told == ["sessions", "sign_in"]
    assert (case.mailbox.reverted, case.directory.person.is_enabled) == (1, False)
    assert case.operation(lost()).state is State.DONE
    assert case.world.events.types == [
        "device.access_changed",
        "device.wipe_requested",
        "device.wipe_acknowledged",
        "device.gone",
        "offboarding.ended",
    ]
    assert case.world.events.sent[-1].data["report"] == case.report(lost())


def test_a_second_delivery_changes_and_tells_nothing() -> None:
    case = Case()
    case.deliver(lost())
    told = len(case.world.events.sent)
    case.deliver(lost())
    assert (len(case.world.events.sent), case.directory.revoked) == (told, 1)


def test_the_sign_in_is_left_alone_unless_that_is_ordered() -> None:
    case = Case()
    case.deliver(lost())
    assert case.outcomes(lost())["sign_in"] == "not asked"
    assert case.directory.person.is_enabled is True


def test_the_sessions_are_revoked_even_if_the_phone_never_confirms() -> None:
    """But not before its time is over: without a session it is never told of the wipe."""
    case = Case()
    with pytest.raises(Unfinished, match="confirm the wipe"):
        case.steps().handle(lost(acknowledgement_hours=3))
    assert case.directory.revoked == 0

    case.deliver(lost(acknowledgement_hours=3), confirms=False)

    outcomes = case.outcomes(lost())
    assert (outcomes["acknowledgement"], outcomes["sessions"]) == ("timed out", "done")
    assert timedelta(hours=3) <= case.clock() - NOW < timedelta(hours=4)
    assert NOT_CONFIRMED in case.report(lost())["uncertain"]
    assert "device.wipe_unconfirmed" in case.world.events.types


def test_a_wipe_that_nobody_confirmed_still_stands() -> None:
    """With the partnership it would be gone: the phone may yet be switched on."""
    case = Case()
    case.deliver(lost(acknowledgement_hours=3), confirms=False)
    removal = case.report(lost())["devices"][0]["steps"]["removal"]
    assert (removal["outcome"], removal["says"]) == ("left as it is", WIPE_STANDS)
    assert any("order remove" in each for each in case.report(lost())["to_do"])
    assert case.outcomes(lost())["policy"] == "left as it is"


def test_a_wipe_that_this_client_cannot_obey_holds_nothing_up() -> None:
    case = Case(a_device(client_version="14.1"))
    case.deliver(lost())
    outcomes = case.outcomes(lost())
    assert (outcomes["wipe"], outcomes["acknowledgement"]) == ("impossible", "impossible")
    assert (outcomes["sessions"], outcomes["removal"]) == ("done", "done")
    assert "16.1" in case.report(lost())["devices"][0]["steps"]["wipe"]["says"]
    assert NOT_ERASED in case.report(lost())["uncertain"]
    assert case.exchange.wiped == []


@pytest.mark.parametrize("wipe", ["account", "device"])
def test_outlook_loses_its_own_data_only(wipe: str) -> None:
    case = Case(a_device(**OUTLOOK))
    case.deliver(lost(wipe=wipe))
    assert [each.account_only for each in case.exchange.wiped] == [False]
    assert ONLY_OUTLOOK in case.report(lost())["uncertain"]


def test_an_account_only_wipe_says_what_it_leaves() -> None:
    case = Case()
    case.deliver(lost())
    assert ONLY_MAIL in case.report(lost())["uncertain"]


def test_a_personal_phone_is_not_reset_and_the_rest_is_done() -> None:
    case = Case()
    case.world.postures.keep(a_signal(ownership=Ownership.PERSONAL))
    case.deliver(lost(wipe="device"))
    assert case.outcomes(lost())["wipe"] == "impossible"
    assert case.exchange.wiped == []
    assert case.directory.revoked == 1

    case = Case()
    case.deliver(lost(wipe="device", even_if_personal=True))
    assert case.outcomes(lost())["acknowledgement"] == "done"


def test_nothing_is_wiped_if_that_is_ordered() -> None:
    case = Case()
    case.deliver(lost(wipe="nothing"))
    outcomes = case.outcomes(lost())
    assert (outcomes["wipe"], outcomes["acknowledgement"]) == ("not asked", "not asked")
    assert case.exchange.wiped == []
    assert NOT_ERASED in case.report(lost())["uncertain"]


def test_what_was_done_before_is_not_done_again() -> None:
    case = Case(blocked())
    requested = WipeCycle(requested_at=NOW - timedelta(hours=1))
    case.exchange.states[GUID] = never_wiped(account=requested)
    case.mailbox.is_inherited = True
    case.directory.person = replace(case.directory.person, is_enabled=False)
    case.deliver(lost(disable_sign_in=True))
    outcomes = case.outcomes(lost())
    assert [outcomes[step] for step in ("block", "wipe", "policy", "sign_in")] == [
        "done before"
    ] * 4
    assert outcomes["acknowledgement"] == "done"
    assert (case.exchange.wiped, case.mailbox.reverted) == ([], 0)
    assert case.directory.told == ["sessions"]


def test_an_older_wipe_is_waited_for_like_ones_own() -> None:
    case = Case()
    case.exchange.states[GUID] = never_wiped(account=WipeCycle(requested_at=NOW))
    case.deliver(lost(acknowledgement_hours=2), confirms=False)
    assert case.outcomes(lost())["acknowledgement"] == "timed out"
    assert case.clock() - NOW >= timedelta(hours=2)


def test_a_phone_that_exchange_does_not_know_is_said_and_the_person_is_shut_out() -> None:
    case = Case(a_device(device_id="ANOTHER"))
    case.deliver(lost())
    outcomes = case.outcomes(lost())
    assert (outcomes["block"], outcomes["wipe"]) == ("failed", "impossible")
    assert (outcomes["removal"], outcomes["sessions"]) == ("done before", "done")
    assert outcomes["policy"] == "left as it is"
    assert any("EAS DeviceID" in each for each in case.report(lost())["to_do"])


def test_a_person_whom_exchange_does_not_name_is_not_guessed_from_the_address() -> None:
    case = Case()
    case.mailbox.owner = ""
    case.deliver(lost(disable_sign_in=True))
    outcomes = case.outcomes(lost())
    assert (outcomes["sessions"], outcomes["sign_in"]) == ("failed", "failed")
    assert "`user`" in case.report(lost())["steps"]["sessions"]["says"]
    assert case.directory.told == []

    case.deliver(lost(2, user=PERSON_ID))
    assert case.outcomes(lost(2))["sessions"] == "done"


PERSON_ID = "5b2c1d0e-0000-4000-8000-00000000ade1"


@pytest.mark.parametrize(
    ("call", "step"), [("revoke_sessions", "sessions"), ("set_enabled", "sign_in")]
)
@pytest.mark.parametrize(
    "failure",
    [NotPermitted("User.RevokeSessions.All is missing"), Rejected("managed elsewhere")],
    ids=["not permitted", "refused"],
)
def test_what_may_not_be_done_is_recorded_with_its_remedy(
    call: str, step: str, failure: Rejected | NotPermitted
) -> None:
    case = Case()
    case.directory.down[call] = failure
    case.deliver(lost(disable_sign_in=True))
    assert case.outcomes(lost())[step] == "failed"
    assert case.report(lost())["steps"][step]["says"] == str(failure)
    assert case.report(lost())["to_do"] != []
    assert case.outcomes(lost())["removal"] == "done"


def test_a_policy_stays_while_another_phone_is_under_it() -> None:
    case = Case(a_device(), a_device(device_id="OTHER", guid="1" * 8))
    case.deliver(lost())
    assert case.outcomes(lost())["policy"] == "left as it is"
    assert case.mailbox.reverted == 0


def test_a_block_that_somebody_took_back_is_not_called_certain() -> None:
    case = Case()

    def take_back() -> None:
        case.exchange.devices = [
            replace(each, on_blocked_list=False) for each in case.exchange.devices
        ]

    case.directory.before_change = take_back
    case.deliver(lost())
    assert NOT_BLOCKED_ANY_MORE in case.report(lost())["uncertain"]


def test_a_phone_that_tries_to_sync_again_is_seen() -> None:
    case = Case()

    def come_back() -> None:
        if not case.exchange.devices:
            case.exchange.devices = [blocked(guid="2" * 8)]

    apply = case.exchange.apply

    def applied(decision: object) -> None:
        apply(decision)  # type: ignore[arg-type]  # as it comes
        come_back()

    case.exchange.apply = applied  # type: ignore[method-assign]  # the phone's deed
    case.deliver(lost())
    assert case.outcomes(lost())["removal"] == "done"
    assert any("tried to sync again" in each for each in case.report(lost())["uncertain"])


@pytest.mark.parametrize(
    ("serials", "trouble", "outcome", "says"),
    [
        ({SERIAL: NOW - timedelta(hours=1)}, None, "done", "is revoked since"),
        ({}, None, "failed", "is not on the list of 2026-05-04 10:00 UTC, which is"),
        ({SERIAL: NOW}, CrlTrouble.STALE, "failed", "no usable list: it is stale"),
        ({SERIAL: NOW}, CrlTrouble.DUE, "done", "is revoked since"),
    ],
    ids=["listed", "not listed", "stale", "due"],
)
def test_the_revocation_list_is_looked_up(
    serials: dict[str, object], trouble: CrlTrouble | None, outcome: str, says: str
) -> None:
    case = Case()
    case.lists.serials, case.lists.trouble = serials, trouble  # type: ignore[assignment]  # moments
    case.deliver(lost(serial_number=SERIAL))
    assert case.outcomes(lost())["certificate"] == outcome
    assert says in case.report(lost())["steps"]["certificate"]["says"]
    is_certain = OLD_LIST in case.report(lost())["uncertain"]
    assert is_certain is (outcome == "done")


def test_what_the_administrator_of_the_authority_has_to_do_is_said() -> None:
    case = Case()
    case.deliver(lost(serial_number=SERIAL))
    [to_do] = case.report(lost())["to_do"]
    assert "Contoso Issuing revoke 7A01 and publish the list at http://crl.contoso.test" in to_do
    assert "until its NextUpdate, 2026-05-11 10:00 UTC" in to_do


def test_of_several_authorities_the_issuer_must_be_named() -> None:
    case = Case()
    other = replace(ISSUING, certificate=b"other", name="Other")
    case.directory.stores = ((ISSUING,), (replace(ISSUING, store=Store.CLASSIC), other))
    case.lists.serials = {SERIAL: NOW}
    case.deliver(lost(serial_number=SERIAL))
    says = case.report(lost())["steps"]["certificate"]["says"]
    assert case.outcomes(lost())["certificate"] == "failed"
    assert "give `issuer`" in says

    case.deliver(lost(2, serial_number=SERIAL, issuer=other.thumbprint))
    assert case.outcomes(lost(2))["certificate"] == "done"
    case.deliver(lost(3, serial_number=SERIAL, issuer="0" * 64))
    assert "trusts no authority" in case.report(lost(3))["steps"]["certificate"]["says"]


@pytest.mark.parametrize("name", ["account", "authorities"])
def test_what_is_down_is_waited_for(name: str) -> None:
    case = Case()
    case.directory.down[name] = Retryable("Graph is busy")
    case.exchange.confirm()
    calls = 0

    def come_back() -> None:
        nonlocal calls
        calls += 1
        if calls > 8:
            case.directory.down.clear()

    case.before_look = come_back
    case.deliver(lost(serial_number=SERIAL))
    assert case.outcomes(lost())["sessions"] == "done"
    assert calls > 8


@pytest.mark.parametrize("failure", [Retryable("busy"), Misconfigured("writes are off")], ids=str)
def test_what_stays_down_does_not_keep_the_rest_from_being_done(
    failure: Retryable | Misconfigured,
) -> None:
    case = Case()
    case.directory.down["revoke_sessions"] = failure
    case.deliver(lost(acknowledgement_hours=0.5, disable_sign_in=True))
    outcomes = case.outcomes(lost())
    assert (outcomes["sessions"], outcomes["removal"]) == ("failed", "done")
    assert outcomes["sign_in"] == "done"
    assert case.clock() - NOW >= timedelta(hours=1)


def test_exchange_is_waited_for_and_given_up_once() -> None:
    """Each step after the first finds the patience used up."""
    case = Case()
    case.exchange.down = Retryable("Exchange is busy")
    case.deliver(lost(acknowledgement_hours=2))
    outcomes = case.outcomes(lost())
    assert {outcomes["block"], outcomes["wipe"]} == {"failed"}
    assert outcomes["sessions"] == "done"
    assert case.clock() - NOW < timedelta(hours=5)


def test_an_order_for_a_person_takes_every_phone_and_the_person_once() -> None:
    case = Case(*phones(3))
    case.deliver(leaves())
    assert case.exchange.devices == []
    assert len(case.exchange.wiped) == 3
    assert (case.directory.revoked, case.mailbox.reverted) == (1, 1)
    counts = case.report(leaves())["counts"]
    assert counts["acknowledgement"] == {"done": 3}
    assert counts["sessions"] == {"done": 1}


def test_a_phone_that_waits_does_not_hold_up_the_others() -> None:
    case = Case(
        *phones(2),
        *[replace(each, device_id="OLD", guid="0ld", client_version="2.5") for each in phones(1)],
    )
    with pytest.raises(Unfinished, match="for: 2"):
        case.steps().handle(leaves())
    run = case.runs.find(case.operation(leaves()).tenant_id, leaves().command_id)
    assert run is not None
    assert [len(each.results) for each in run.phones or ()] == [2, 2, 3]


def test_a_mailbox_that_is_gone_still_has_a_person() -> None:
    case = Case()
    case.mailbox.is_there = False
    case.deliver(leaves(user=MAILBOX))
    assert case.report(leaves())["counts"]["sessions"] == {"done": 1}
    assert "no mailbox" in case.report(leaves())["uncertain"][0]


def test_a_hundred_phones_take_many_workers_and_the_report_stays_short() -> None:
    case = Case(*phones(100))
    case.enough = timedelta()
    case.deliver(leaves())
    assert case.report(leaves())["counts"]["removal"] == {"done": 100}
    shown, others = (case.report(leaves())[name] for name in ("devices", "more_devices"))
    assert (len(shown), len(others)) == (10, 90)
    assert len(case.exchange.wiped) == 100


def test_a_newer_word_about_the_phone_is_respected_and_said() -> None:
    """Somebody allows it again before it could be blocked: of two orders the newer one stands."""
    case = Case()
    case.exchange.lacks["block"] = "Set-CASMailbox"
    with pytest.raises(Misconfigured):
        case.steps().handle(lost())
    case.exchange.lacks.clear()
    case.clock.advance(timedelta(seconds=5))
    newer = a_newer_command()
    case.world.accept(newer)
    case.world.order(newer)
    case.deliver(lost())
    outcomes, report = case.outcomes(lost()), case.report(lost())
    assert (outcomes["block"], outcomes["sessions"]) == ("failed", "done")
    assert "allow was ordered" in report["devices"][0]["steps"]["block"]["says"]
    assert "the phone may still get mail" in report["uncertain"]
    assert case.exchange.applied == [Action.ALLOW, Action.REMOVE]
