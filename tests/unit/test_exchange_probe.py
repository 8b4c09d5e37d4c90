"""What the app may run is known for an hour, or not known."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import get_args

import pytest

from shared.devices.model import Action
from shared.devices.tenant_change import ACTIONS, NotOfExchange
from shared.errors import Failure, Misconfigured, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.management_roles import ROLES, remedy
from shared.exchange.module_file import read_exported
from shared.exchange.probe import BRIEFLY, CMDLETS, FRESH, Probe
from tests.unit.builders import NOW

ALL = frozenset().union(*CMDLETS.values())
WIPE = "Clear-MobileDevice"


def told(body: bytes, status: int = 200) -> Answer:
    """Return an answer of the module file's."""
    return Answer(status=status, headers={}, body=body, request_id="x")


class Exchange:
    """Exports cmdlets, and counts how often it was asked."""

    def __init__(self, exported: frozenset[str] | Failure) -> None:
        self.exported = exported
        self.asked = 0
        self.another_came: threading.Event | None = None
        self.now = NOW

    def __call__(self) -> frozenset[str]:
        """Answer or fail."""
        self.asked += 1
        if self.another_came and self.asked > 1:
            self.another_came.set()
        elif self.another_came:
            self.another_came.wait(0.2)
        if isinstance(self.exported, Failure):
            raise self.exported
        return self.exported

    def probe(self) -> Probe:
        """Return what looks at it."""
        return Probe(self, lambda: self.now)


def test_every_action_has_its_cmdlets() -> None:
    """A new one must be given its own, unless it has nothing to do with Exchange."""
    without = {str(kind.__struct_config__.tag) for kind in get_args(NotOfExchange)}
    assert set(CMDLETS) >= {*Action, *ACTIONS} - without


def test_actions_lack_nothing_where_all_is_there() -> None:
    """Whatever the case of the names."""
    known = Exchange(frozenset(name.upper() for name in ALL)).probe()
    assert known.missing_for(CMDLETS) == dict.fromkeys(CMDLETS, frozenset())


def test_only_actions_that_need_it_lack_a_cmdlet() -> None:
    """The others go on."""
    probe = Exchange(ALL - {"Clear-MobileDevice"}).probe()
    assert probe.missing_for([Action.BLOCK, Action.WIPE_ACCOUNT]) == {
        "block": frozenset(),
        "wipe_account": frozenset({"Clear-MobileDevice"}),
    }


def test_exchange_is_asked_once_an_hour() -> None:
    """The list is long."""
    known = Exchange(ALL)
    probe = known.probe()
    for seconds, asked in [(0, 1), (3599, 1), (1, 2)]:
        known.now += timedelta(seconds=seconds)
        assert probe.known_to_lack("block") == frozenset()
        assert known.asked == asked


def test_what_is_missing_is_looked_for_again_after_a_minute() -> None:
    """Somebody is granting the role right now; who needs nothing more does not look."""
    known = Exchange(ALL - {WIPE})
    probe = known.probe()
    assert probe.known_to_lack("wipe_account") == {WIPE}
    known.now += BRIEFLY - timedelta(seconds=1)
    assert probe.known_to_lack("wipe_account") == {WIPE}
    assert known.asked == 1
    known.exported = ALL
    known.now += timedelta(seconds=1)
    assert probe.known_to_lack("block") == frozenset()
    assert known.asked == 1
    assert probe.known_to_lack("wipe_account") == frozenset()
    assert known.asked == 2


def test_what_cannot_be_read_stands_in_nobodys_way() -> None:
    """The call itself will tell; and for a minute nobody is kept waiting for this."""
    known = Exchange(Retryable("busy"))
    probe = known.probe()
    for _ in range(3):
        assert probe.known_to_lack("wipe_account") == frozenset()
    assert known.asked == 1
    known.exported = ALL - {WIPE}
    known.now += BRIEFLY
    assert probe.known_to_lack("wipe_account") == {WIPE}


def test_one_thread_asks_and_the_others_wait_for_its_answer() -> None:
    """Sixteen orders that come together are one question."""
    known = Exchange(ALL - {WIPE})
    known.another_came = threading.Event()
    probe = known.probe()
    with ThreadPoolExecutor(8) as pool:
        orders = [pool.submit(probe.known_to_lack, "wipe_device") for _ in range(4)]
        checks = [pool.submit(probe.missing_for, iter(["wipe_device"])) for _ in range(4)]
        assert [each.result(10) for each in orders] == [{WIPE}] * 4
        assert [each.result(10) for each in checks] == [{"wipe_device": {WIPE}}] * 4
    assert known.asked == 1


def test_every_cmdlet_has_a_role_that_grants_it() -> None:
    """So that there is a remedy to name."""
    assert set(ROLES) >= ALL
    said = remedy(["Clear-MobileDevice", "Get-MobileDevice"])
    assert "the management role Mail Recipients and View-Only Recipients" in said
    assert "Get-ManagementRole -Cmdlet Clear-MobileDevice" in said


def test_what_cannot_be_read_is_not_known() -> None:
    """Neither all there, nor gone; and last hour's answer says nothing of this one."""
    known = Exchange(ALL)
    probe = known.probe()
    probe.missing_for([Action.BLOCK])
    known.now, known.exported = NOW + FRESH, Retryable("busy")
    for _ in range(2):
        with pytest.raises(Retryable):
            probe.missing_for([Action.BLOCK])
    known.exported = ALL
    assert probe.missing_for([Action.BLOCK]) == {"block": frozenset()}


def test_who_wants_to_know_is_told_that_it_cannot_be_read() -> None:
    """Also in the minute in which orders go on without knowing."""
    known = Exchange(Retryable("busy"))
    probe = known.probe()
    assert probe.known_to_lack("block") == frozenset()
    with pytest.raises(Retryable):
        probe.missing_for([Action.BLOCK])


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": [{"exportedCmdlets": "Get-A, Get-B,"}]}',
        b'{"value": {"ExportedCmdlets": ["Get-A", "Get-B"]}}',
        b'{"value": [{"files": {"exportedCmdlets": "Get-A"}}, {"exportedCmdlets": "Get-B"}]}',
    ],
)
def test_names_are_found_wherever_they_stand(body: bytes) -> None:
    """How deep they lie has been seen to differ."""
    assert read_exported(told(body)) == {"Get-A", "Get-B"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (told(b""), Retryable),
        (told(b"\0" * 100), Retryable),
        (told(b'{"value": []}'), Misconfigured),
        (told(b'{"value": [{"exportedCmdlets": ""}]}'), Misconfigured),
        (told(b'{"value": [{"exportedCmdlets": null}]}'), Misconfigured),
        (told(b"", 503), Retryable),
        (told(b"", 403), Misconfigured),
    ],
)
def test_an_answer_without_names_is_a_failure(answer: Answer, kind: type[Failure]) -> None:
    """An app that may run nothing at all would not be answered."""
    with pytest.raises(kind):
        read_exported(answer)
