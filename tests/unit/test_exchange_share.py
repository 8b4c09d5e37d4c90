"""What one worker makes of what it reads on the board."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from shared.errors import Contended, Failure, Misconfigured, Retryable
from shared.exchange.level import Level, Limits
from shared.exchange.share import FORGOTTEN, KEEP_UP, TROUBLE, Share
from tests.unit.builders import TENANT


@dataclass
class Posted:
    """A board that shows these levels, or fails."""

    others: Sequence[tuple[float, float]] | Failure = ()
    looks: list[float] = field(default_factory=list)
    now: float = 0.0
    meanwhile: Callable[[], None] = lambda: None

    def post(
        self, tenant_id: str, instance: str, level: tuple[float, float]
    ) -> Sequence[tuple[float, float]]:
        """Answer, and note when."""
        del tenant_id, instance, level
        self.looks.append(self.now)
        self.meanwhile()
        if isinstance(self.others, Failure):
            raise self.others
        return self.others

    def clock(self) -> float:
        """Return the time."""
        return self.now


def shared(board: Posted) -> Share:
    """Return a share that has looked once."""
    share = Share(board, TENANT, "one", Limits(first_rate=20, first_at_once=4))
    share.kept_up(board.clock)
    return share


def looked_again(share: Share, board: Posted, seconds: float) -> Share:
    """Let time pass, and look if it is time to."""
    board.now += seconds
    share.kept_up(board.clock)
    return share


def test_the_whole_is_divided_by_all_who_live() -> None:
    """Ourselves among them."""
    assert shared(Posted()).of(12) == 12
    assert shared(Posted([(20, 4)] * 3)).of(12) == 3


def test_a_newcomer_knows_nothing_that_the_others_do_not() -> None:
    """Its own level is where everybody begins."""
    assert shared(Posted([(10, 2), (30, 8)])).level == Level(20, 5)
    assert shared(Posted([(1, 1)])).level == Level(1, 1)


def test_who_has_looked_lately_meets_the_others_in_the_middle() -> None:
    """All have learnt something."""
    board = Posted([(10, 2)])
    share = looked_again(shared(board), board, KEEP_UP)
    assert share.level == Level(10, 2)
    board.others = [(40, 8)]
    assert looked_again(share, board, FORGOTTEN).level == Level(25, 5)


def test_who_has_not_looked_for_long_believes_the_others() -> None:
    """What it knew is old."""
    board = Posted([(10, 2)])
    share = shared(board)
    board.others = [(40, 8)]
    assert looked_again(share, board, FORGOTTEN + 1).level == Level(40, 8)


def test_who_is_alone_keeps_what_it_has_learnt() -> None:
    """Nobody knows better."""
    board = Posted()
    share = shared(board)
    share.level = Level(7, 3)
    assert looked_again(share, board, FORGOTTEN + 1).level == Level(7, 3)


@pytest.mark.parametrize(
    ("down", "pause"),
    [(Contended("crowd"), KEEP_UP), (Retryable("down"), TROUBLE), (Misconfigured("no"), TROUBLE)],
)
def test_a_board_in_trouble_is_left_alone_for_longer_than_a_crowded_one(
    down: Failure, pause: float
) -> None:
    """And the share stays what it was."""
    board = Posted([(20, 4)])
    share = shared(board)
    board.others = down
    looked_again(share, board, KEEP_UP)
    assert (share.of(12), share.level) == (6, Level(20, 4))
    looked_again(share, board, pause - 1)
    looked_again(share, board, 1)
    assert board.looks == [0, KEEP_UP, KEEP_UP + pause]


def test_one_looks_at_a_time_however_long_it_takes() -> None:
    """The others go on, and look when it has come back."""
    board = Posted()
    share = Share(board, TENANT, "one", Limits())

    def another_comes() -> None:
        board.now += KEEP_UP
        thread = threading.Thread(target=share.kept_up, args=[board.clock], daemon=True)
        thread.start()
        thread.join(2)
        assert not thread.is_alive()

    board.meanwhile = another_comes
    share.kept_up(board.clock)
    assert len(board.looks) == 1
    board.meanwhile = lambda: None
    looked_again(share, board, KEEP_UP)
    assert len(board.looks) == 2
