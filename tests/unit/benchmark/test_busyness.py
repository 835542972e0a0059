"""What others used of the machine is told, and what the measured processes used themselves is not held against it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streams.benchmark.busyness import Clocks, read_clocks, share_of_others


def test_our_own_computing_is_not_that_of_others() -> None:
    before, after = Clocks(100.0, 5_000.0, 7.0), Clocks(110.0, 5_020.0, 27.0)
    assert share_of_others(before, after, 2) == 0.0


@pytest.mark.parametrize(("everybody", "share"), [(5_015.0, 0.25), (5_020.0, 0.5), (5_099.0, 1.0)])
def test_what_is_not_ours_is_others(everybody: float, share: float) -> None:
    before, after = Clocks(100.0, 5_000.0, 0.0), Clocks(110.0, everybody, 10.0)
    assert share_of_others(before, after, 2) == share


def test_a_system_that_does_not_tell_is_not_said_to_be_quiet(tmp_path: Path) -> None:
    assert read_clocks(tmp_path / "stat") is None
    assert share_of_others(None, Clocks(1.0, 1.0, 1.0), 2) is None


def test_idle_and_waiting_processors_and_guests_counted_twice_are_left_out(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 20 30 9999 8888 1 2 47 5000 6000\ncpu0 1 1 1 1 1 1 1 1 1 1\n", encoding="ascii")
    clocks = read_clocks(stat)
    assert clocks is not None
    assert clocks.everybody == 200 / os.sysconf("SC_CLK_TCK")
