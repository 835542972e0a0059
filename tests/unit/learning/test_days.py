"""Maturity days: what is learned is a function of the set of rows."""

from __future__ import annotations

import math

import pytest

from models.learning.days import Ledger
from models.learning.study import Study
from schemas.examples import ExampleEvent, FeedsCounted, Matured, Mode, PromptedBy, RowState
from schemas.identifiers import Day
from tests.unit.learning.rows import FIRST_DAY, a_row, a_scoring, a_study, closing, follow


def test_a_day_waits_until_every_partition_has_closed_it() -> None:
    ledger = Ledger(partitions=3)
    told = [a_row("one", day=1), closing(1, 0), closing(1, 2), closing(0, 1), closing(2, 1)]
    closed = [ledger.take(offset, event).closed for offset, event in enumerate(told)]
    assert [len(days) for days in closed] == [0, 0, 0, 0, 1]
    assert ledger.closed_through == FIRST_DAY + 1


def test_rows_of_a_day_come_by_time_then_name_and_days_in_their_order() -> None:
    ledger = Ledger(partitions=1)
    rows = [a_row("c", day=1), a_row("b", minute=2), a_row("d", minute=1), a_row("a", minute=2)]
    for offset, row in enumerate(rows):
        assert ledger.take(offset, row).verdict == "waits"
    closed = ledger.take(4, closing(1)).closed
    assert [[row.row for row in day.rows] for day in closed] == [["d", "a", "b"], ["c"]]


def test_a_repeat_is_dropped_before_and_after_its_day_closed() -> None:
    ledger = Ledger(partitions=1)
    told = [a_row(), a_row(), closing(0), a_row()]
    taken = [ledger.take(offset, event) for offset, event in enumerate(told)]
    assert [one.verdict for one in taken] == ["waits", "repeat", "closes", "repeat"]
    assert len(taken[2].closed[0].rows) == 1


def test_a_new_row_of_a_closed_day_is_told_as_late_and_never_learned() -> None:
    study = a_study()
    told = [a_row("one"), closing(0), a_row("two"), closing(1)]
    drafts = [len(follow(study, offset, event)) for offset, event in enumerate(told[:2])]
    assert drafts == [0, 1]
    assert study.take(2, told[2]).outcome == "late"
    assert follow(study, 3, told[3]) == []


def test_a_row_told_in_two_ways_is_learned_in_neither_whichever_came_first() -> None:
    one, other = a_row(state="positive"), a_row(state="negative")
    for told in ([one, other, one], [other, one, other]):
        ledger = Ledger(partitions=1)
        verdicts = [ledger.take(offset, row).verdict for offset, row in enumerate(told)]
        assert verdicts[:2] == ["waits", "contradiction"]
        assert ledger.take(3, closing(0)).closed[0].rows == ()


def test_the_end_of_a_day_from_a_partition_that_does_not_exist_closes_nothing() -> None:
    ledger = Ledger(partitions=1)
    assert ledger.take(0, closing(5, partition=1)).verdict == "nobody"
    assert ledger.closed_through is None


def test_counts_of_feeds_close_no_day_and_those_of_a_partition_that_does_not_exist_are_noticed() -> None:
    ledger = Ledger(partitions=1)
    assert ledger.take(0, FeedsCounted(0, Day(FIRST_DAY + 5), ())).verdict == "counts"
    assert ledger.take(1, FeedsCounted(1, Day(FIRST_DAY + 5), ())).verdict == "nobody"
    assert ledger.closed_through is None


def test_a_log_has_one_order() -> None:
    ledger = Ledger(partitions=1)
    ledger.take(7, a_row())
    with pytest.raises(ValueError, match="order of the log"):
        ledger.take(7, a_row())


@pytest.mark.parametrize(
    ("told", "resume"),
    [
        ([a_row("a"), closing(0)], 2),
        ([a_row("a"), a_row("b", day=1), closing(0)], 1),  # what waits must be read again
        ([a_scoring(a_row("c", day=9)), a_row("a"), closing(0)], 3),  # what was scored is in the row again
    ],
)
def test_reading_goes_on_at_the_first_offset_that_is_not_learned(told: list[ExampleEvent], resume: int) -> None:
    study, drafts = a_study(), []
    for offset, event in enumerate(told):
        drafts += follow(study, offset, event)
    assert [draft.resume_offset for draft in drafts] == [resume]


def test_who_has_closed_a_later_day_need_not_say_so_again() -> None:
    ledger = Ledger(partitions=2)
    told = [closing(1, 0), a_row("a"), closing(0, 1)]
    (closed,) = [day for offset, event in enumerate(told) for day in ledger.take(offset, event).closed]
    assert closed.resume_offset == 0  # partition 0 closed day 1 there
    after = Ledger(2, Day(FIRST_DAY))
    again = [(0, closing(1, 0)), (3, a_row("b", day=1)), (4, closing(1, 1))]
    assert [len(after.take(offset, event).closed) for offset, event in again] == [0, 0, 1]


@pytest.mark.parametrize("state", ["censored", "void"])
def test_censored_and_void_rows_change_no_weight_and_make_no_snapshot(state: RowState) -> None:
    assert versions([a_row("a"), a_row("b", state=state)]) == versions([a_row("a")])
    assert versions([a_row("b", state=state)]) == []


@pytest.mark.parametrize("by", ["rule", "model"])
def test_prompted_rows_change_no_weight_in_live_mode_and_do_in_shadow(by: PromptedBy) -> None:
    rows = [a_row("a"), a_row("b", state="positive", prompted=by)]
    assert versions(rows, "live") == versions([a_row("a")], "live")
    assert versions(rows, "shadow") == versions([a_row("a"), a_row("b", state="positive")], "shadow")


@pytest.mark.parametrize("bad", [(math.nan, 0.0, 0.0), (math.inf, 0.0, 0.0), (0.0, math.nan, 0.0), (1.0,), (1.0,) * 4])
def test_a_row_that_would_spoil_the_model_is_told_and_not_learned(bad: tuple[float, ...]) -> None:
    study = a_study()
    study.take(0, a_row("good"))
    study.take(1, a_row("bad", features=bad, state="positive"))
    lesson = study.learn(study.take(2, closing(0)).closed[0], "shadow")
    assert lesson.outcomes == {"learned": 1, "unfit": 1}
    assert lesson.draft is not None
    assert [lesson.draft.snapshot.version] == versions([a_row("good")])


def test_a_row_of_another_feature_list_is_not_learned() -> None:
    assert versions([a_row("a"), a_row("b", feature_list="another", state="positive")]) == versions([a_row("a")])


def test_days_up_to_the_snapshot_are_told_again_but_not_learned_again() -> None:
    log: list[ExampleEvent] = [a_row("a"), closing(0), a_row("b", day=1, state="positive"), closing(1)]
    study = a_study()
    first, second = [draft for offset, event in enumerate(log) for draft in follow(study, offset, event)]
    again = a_study(first.snapshot)
    drafts = [draft for offset, event in enumerate(log) for draft in follow(again, offset, event)]
    assert [draft.snapshot.bytes for draft in drafts] == [second.snapshot.bytes]


def versions(rows: list[Matured], mode: Mode = "shadow") -> list[str]:
    """The snapshots that follow from these rows, by one partition."""
    study: Study = a_study()
    drafts = []
    for offset, event in enumerate([*rows, closing(max(row.day for row in rows) - FIRST_DAY)]):
        drafts += follow(study, offset, event, mode)
    return [draft.snapshot.version for draft in drafts]
