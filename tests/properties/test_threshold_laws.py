"""A team's threshold is the plain quantile of the scores of its own families, whatever the order they came in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.learning.threshold import WINDOW_DAYS, Budgets, RecentScores
from schemas.examples import Scored
from tests.unit.learning.rows import a_row, a_scoring

Told = tuple[int, float, bool]
TOLD = st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1), st.booleans()), max_size=80)
ROOM = st.integers(1, 4)
BUDGET = st.none() | st.integers(0, 4)


def scorings(told: list[Told]) -> list[Scored]:
    """An episode each: its day, its score, and whether a plan stood open."""
    return [
        a_scoring(a_row(f"row-{number}", day=day), score, open_case=open_case)
        for number, (day, score, open_case) in enumerate(told)
    ]


def quantile(told: list[Told], own: list[Told], per_day: int | None) -> float | None:
    """The lowest score among the ``per_day`` a day, over the days that the hub has seen, that a team has room for."""
    within = [one for one in told if one[0] > max(day for day, _, _ in told) - WINDOW_DAYS]
    days = 1 + max(day for day, _, _ in within) - min(day for day, _, _ in within)
    scores = sorted((score for day, score, open_case in own if (day, score, open_case) in within), reverse=True)
    return scores[: per_day * days][-1] if per_day and scores else None


def of(told: list[Told], *, open_case: bool) -> list[Told]:
    return [one for one in told if one[2] is open_case]


@given(TOLD.filter(bool), BUDGET, BUDGET, st.randoms())
def test_each_team_is_filled_by_the_scores_of_its_own_families(
    told: list[Told], first: int | None, open_case: int | None, dice: object
) -> None:
    kept, heard = RecentScores(), scorings(told)
    dice.shuffle(heard)  # type: ignore[attr-defined]
    for one in [*heard, *heard[:5]]:
        kept.note(one)
    thresholds = kept.thresholds(Budgets(first=first, open_case=open_case, is_one_team=False))
    assert thresholds.first == quantile(told, of(told, open_case=False), first)
    assert thresholds.open_case == quantile(told, of(told, open_case=True), open_case)


@given(TOLD.filter(bool), ROOM)
def test_where_both_are_one_team_its_room_is_filled_by_all(told: list[Told], room: int) -> None:
    kept = RecentScores()
    for one in scorings(told):
        kept.note(one)
    thresholds = kept.thresholds(Budgets(first=room, open_case=room, is_one_team=True))
    assert thresholds.first == thresholds.open_case == quantile(told, told, room)


@given(TOLD.filter(bool), ROOM, ROOM, ROOM)
def test_what_one_team_has_room_for_does_not_touch_the_other(told: list[Told], own: int, one: int, other: int) -> None:
    kept = RecentScores()
    for scored in scorings(told):
        kept.note(scored)
    before, after = (
        kept.thresholds(Budgets(first=own, open_case=room, is_one_team=False)).first for room in (one, other)
    )
    assert before == after
