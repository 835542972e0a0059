"""Medians, ratios and verdicts: the arithmetic of the benchmark."""

from __future__ import annotations

import pytest

from streams.benchmark.figures import AIMS, Run, judge_aims, quantile, ratio, ratios, sum_up


def a_run(rate: float, *, events: int = 1000, cpu: float = 0.5) -> Run:
    return Run(events=events, seconds=events / rate, cpu_seconds=cpu, batches=10)


def test_a_figure_is_the_median_of_its_runs() -> None:
    figure = sum_up([a_run(100), a_run(900), a_run(200)])
    assert figure["events_per_second"] == 200
    assert figure["us_per_event"] == 5000
    assert figure["cpu_us_per_event"] == 500
    assert figure["runs"] == [100, 900, 200]


def test_a_ratio_compares_runs_of_one_round() -> None:
    # the machine was ten times slower in the second round: both sides of the ratio were
    ours, theirs = [a_run(1000), a_run(100), a_run(1200)], [a_run(500), a_run(50), a_run(500)]
    assert ratio(ours, theirs) == 2.0


def test_ratios_are_of_what_was_measured_alone() -> None:
    runs = {"families": [a_run(80, cpu=0.8)], "core": [a_run(100, cpu=0.4)], "intake": [a_run(50)]}
    assert ratios(runs) == {"families/core": 0.8, "families/core by computing": 0.5}
    assert ratios({"core": [a_run(100)]}) == {}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_quantile_is_a_value_that_was_seen(share: float, expected: int) -> None:
    assert quantile(list(range(100, 0, -1)), share) == expected


def test_every_aim_is_judged_measured_or_not() -> None:
    judged = judge_aims({}, {})
    assert list(judged) == [aim.name for aim in AIMS]
    assert all(aim["met"] is None and aim["reached"] is None for aim in judged.values())


def test_a_missed_aim_is_said_to_be_missed() -> None:
    judged = judge_aims({"intake": {"events_per_second": 14_999.0}}, {"families/core": 0.8})
    assert judged["intake stage, events/s"]["met"] is False
    assert judged["families stage / pure core"]["met"] is True


@pytest.mark.parametrize(("families", "met"), [(100_000, True), (20_000, None)])
def test_the_restart_aim_is_judged_at_its_own_size_alone(families: int, met: bool | None) -> None:
    judged = judge_aims({"restart": {"seconds": 2.0, "families": families}}, {})["kill -9 to first event, s"]
    assert judged["met"] is met
    assert judged["reached"] == 2.0
