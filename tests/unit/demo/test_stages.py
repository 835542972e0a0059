"""What is going on: one line for each stage where nobody looks, and its seconds afterwards."""

import io

import pytest
from rich.console import Console

from streams.demo.stages import Stages


def test_without_a_terminal_each_stage_is_one_line() -> None:
    out = io.StringIO()
    with Stages(Console(file=out)) as stages:
        with stages.stage("kafka", "starting Apache Kafka"):
            pass
        with stages.stage("playing", "playing the year", 1_000) as reach:
            for reached in range(1_000):
                reach(reached)
        stages.say("families-0 ended with exit code 70; started again.")
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("starting Apache Kafka: ")
    assert lines[1].startswith("playing the year: ")
    assert lines[2:] == ["families-0 ended with exit code 70; started again."]
    assert set(stages.seconds) == {"kafka", "playing"}


def test_on_a_terminal_a_bar_says_how_far_a_stage_has_come() -> None:
    out = io.StringIO()
    with Stages(Console(file=out, force_terminal=True, width=100)) as stages:
        with stages.stage("playing", "playing the year", 250) as reach:
            reach(100)
        stages.close()
    assert "playing the year" in out.getvalue()
    assert "250/250" in out.getvalue()


def test_a_stage_that_fails_is_not_told_as_done() -> None:
    out = io.StringIO()
    stages = Stages(Console(file=out))
    with pytest.raises(RuntimeError), stages, stages.stage("kafka", "starting Apache Kafka"):
        raise RuntimeError
    assert out.getvalue() == ""
    assert stages.seconds == {}
