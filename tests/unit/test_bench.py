"""The benches are found by their names."""

import importlib

import pytest

from infra.local import bench
from infra.local.benches import inventory_report
from infra.local.benches.inventory_report import Baseline, Measured, Spent


def test_without_a_name_the_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is run."""
    assert bench.main([]) == 0
    assert "exchange" in capsys.readouterr().out


def test_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error must not look like a fast run."""
    assert bench.main(["exchnage"]) == 2
    assert "exchnage" in capsys.readouterr().err


def test_every_name_stands_for_a_bench(capsys: pytest.CaptureFixture[str]) -> None:
    """What is told can be run."""
    bench.main([])
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    modules = [importlib.import_module(f"infra.local.benches.{name}") for name in names]
    assert len(modules) > 2
    assert all(callable(module.main) for module in modules)


def test_option_that_is_none_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Misspelling the short run must not start the long one."""
    assert bench.main(["inventory", "--quik"]) == 2
    assert "--quick" in capsys.readouterr().err


def test_run_is_compared_with_the_loop_of_its_own_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """A machine that is busy for a while slows both down, and the ratio says nothing of it."""
    inventory_report.first_runs(1000, [_turn(1.0, 2.0), _turn(9.0, 18.0), _turn(1.0, 2.0)])
    assert "= 2.00 x the bare loop" in capsys.readouterr().out


def test_calls_for_each_mailbox_are_told_for_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Only some are made; the calls that listed the mailboxes count once."""
    sample = Baseline(seconds=1.0, calls=501, bytes=0, mailboxes=500, rows=0)
    inventory_report.one_by_one(_turn(1.0, 2.0), sample)
    assert "2.00 s, 1,001 calls = 250 x ours" in capsys.readouterr().out


def _turn(bare: float, full: float) -> tuple[Baseline, Measured]:
    loop = Baseline(seconds=bare, calls=4, bytes=0, mailboxes=1000, rows=3000)
    run = Measured(
        exchange=Spent(requests=4, seconds=0.1),
        seconds=full,
        processor=0.1,
        executions=1,
        rows=3000,
        changed=3000,
        gone=0,
        growth=0,
        requests=9,
        sent=0,
        received=0,
    )
    return loop, run
