"""What is read, said and counted of challengers: counts and words of closed lists, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import structlog
from msgspec import Struct
from msgspec.structs import replace

from models.learning.canonical import to_canonical
from schemas.challengers import CHALLENGERS, Standing, Standings, Verdict
from schemas.identifiers import Day
from streams.learner.challenging import count_challengers, describe_standings, find_standings, tell_news
from streams.metrics import Metrics
from tests.unit.learning.rows import FIRST_DAY

NAME = "made-up"
OLD = Standing(
    opened_on=FIRST_DAY,
    why="quarter",
    version="0123456789abcdef",
    learned=600,
    positives=60,
    judged=120,
    verdict="open",
)
NEW = replace(OLD, opened_on=Day(FIRST_DAY + 30), why="drift", judged=0)


class Record(Struct):
    """A record of the models' topic."""

    offset: int
    key: bytes | None
    value: bytes | None


def standings(*open_ones: Standing, through: int = 200) -> Standings:
    return Standings(specification=NAME, through=Day(FIRST_DAY + through), open=open_ones)


def records(*values: bytes | None, key: str = CHALLENGERS + NAME) -> list[Record]:
    return [Record(offset, key.encode(), value) for offset, value in enumerate(values)]


def test_the_standings_through_the_latest_day_count_whatever_a_learner_that_slept_wrote_after_them() -> None:
    newer, older = standings(OLD, NEW), standings(OLD, through=199)
    assert find_standings(records(to_canonical(older), to_canonical(newer), to_canonical(older)), NAME) == newer
    assert find_standings(records(to_canonical(older)), NAME, newer) == newer


def test_those_of_another_specification_are_not_ours() -> None:
    told = to_canonical(replace(standings(OLD), specification="another"))
    assert find_standings(records(told), NAME) is None
    assert find_standings(records(told, key=CHALLENGERS + "another"), NAME) is None
    assert find_standings([Record(0, None, told), *records(None)], NAME) is None


@pytest.mark.parametrize("value", [b"nonsense", b"{}", b"[" * 100_000, b'{"open":[],"specification":"made-up"}'])
def test_what_cannot_be_read_is_left_aside_and_told(value: bytes) -> None:
    with structlog.testing.capture_logs() as said:
        assert find_standings(records(to_canonical(standings(OLD)), value), NAME) == standings(OLD)
    assert [(line["event"], line["offset"], line["reason"]) for line in said] == [
        ("model_record_not_used", 1, "unsound")
    ]


def test_a_person_is_shown_the_day_the_cause_counts_and_the_verdict_in_words() -> None:
    assert describe_standings(None) == []
    first, second = describe_standings(standings(replace(OLD, verdict="ahead"), NEW))
    learned = "600 rows learned, 60 of them positive; judged by"
    assert first == (
        f"challenger of 2024-04-24, opened because a quarter began: {learned} 120 labels:"
        " ahead of the model in force, beyond chance"
    )
    assert second == (
        f"challenger of 2024-05-24, opened because drift was found: {learned} 0 labels: nothing can be said yet"
    )


def news(before: Sequence[Standing], now: Sequence[Standing]) -> list[tuple[str, str, str | None]]:
    with structlog.testing.capture_logs() as said:
        tell_news(standings(*before), standings(*now), ())
    return [(line["log_level"], line["event"], line.get("kind")) for line in said]


def test_a_verdict_is_said_once_and_a_challenger_ahead_is_something_to_look_at() -> None:
    def judged(verdict: Verdict) -> Standing:
        return replace(OLD, verdict=verdict)

    assert news([OLD], [judged("ahead")]) == [("warning", "challenger_judged", "ahead")]
    assert news([judged("ahead")], [judged("ahead")]) == []
    assert news([OLD], [judged("behind")]) == [("info", "challenger_judged", "behind")]
    assert news([judged("ahead")], [OLD]) == [("info", "challenger_judged", "open")]
    assert news([], [NEW]) == [("info", "challenger_opened", None)]
    assert news([judged("behind")], []) == [("info", "challenger_ended", "behind")]


def test_challengers_are_counted_by_their_verdicts() -> None:
    metrics = Metrics(version="0")
    count_challengers(standings(OLD, NEW, replace(OLD, verdict="ahead")), metrics)
    lines = metrics.write().decode().splitlines()
    assert 'earlyword_model_challengers{verdict="open"} 2.0' in lines
    assert 'earlyword_model_challengers{verdict="ahead"} 1.0' in lines
    assert 'earlyword_model_challengers{verdict="behind"} 0.0' in lines
