"""What the app may run is known for an hour, or not known."""

from datetime import timedelta

import pytest

from shared.devices.model import Action
from shared.errors import Failure, Misconfigured, Retryable
from shared.exchange.endpoint import Answer
from shared.exchange.module_file import read_exported
from shared.exchange.probe import CMDLETS, FRESH, Probe
from tests.unit.builders import NOW

ALL = frozenset().union(*CMDLETS.values())


def told(body: bytes, status: int = 200) -> Answer:
    """Return an answer of the module file's."""
    return Answer(status=status, headers={}, body=body, request_id="x")


class Exchange:
    """Exports cmdlets, and counts how often it was asked."""

    def __init__(self, exported: frozenset[str] | Failure) -> None:
        self.exported = exported
        self.asked = 0
        self.now = NOW

    def __call__(self) -> frozenset[str]:
        """Answer or fail."""
        self.asked += 1
        if isinstance(self.exported, Failure):
            raise self.exported
        return self.exported

    def probe(self) -> Probe:
        """Return what looks at it."""
        return Probe(self, lambda: self.now)


def test_every_action_has_its_cmdlets() -> None:
    """A new one must be given its own."""
    assert set(CMDLETS) >= set(Action)


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
    probe.cmdlets()
    known.now += FRESH - timedelta(seconds=1)
    probe.cmdlets()
    assert known.asked == 1
    known.now += timedelta(seconds=1)
    probe.cmdlets()
    assert known.asked == 2


def test_what_cannot_be_read_is_not_known() -> None:
    """Neither all there, nor gone; and last hour's answer says nothing of this one."""
    known = Exchange(ALL)
    probe = known.probe()
    probe.cmdlets()
    known.now, known.exported = NOW + FRESH, Retryable("busy")
    with pytest.raises(Retryable):
        probe.missing_for([Action.BLOCK])
    known.exported = ALL
    assert probe.missing_for([Action.BLOCK]) == {"block": frozenset()}


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
