"""The benches are found by their names."""

import pytest

from infra.local import bench


def test_without_a_name_the_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is run."""
    assert bench.main([]) == 0
    assert "exchange" in capsys.readouterr().out


def test_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error must not look like a fast run."""
    assert bench.main(["exchnage"]) == 2
    assert "exchnage" in capsys.readouterr().err
