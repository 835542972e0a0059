"""The score that fills a team's day, on the last 28 days."""

from __future__ import annotations

import msgspec
import pytest

from models.learning.threshold import Budgets, RecentScores, Thresholds
from schemas.examples import Scored
from streams.hub import parse_hub
from streams.learner.process import budgets_of
from tests.promises.load import hub_text
from tests.unit.learning.rows import a_row, a_scoring

ONE_TEAM = Budgets(first=1, open_case=1, is_one_team=True)


def recent(*scored: tuple[int, float], with_plan: tuple[tuple[int, float], ...] = ()) -> RecentScores:
    """Episodes that were scored on these days, without an open plan and with one."""
    kept = RecentScores()
    for open_case, scores in ((False, scored), (True, with_plan)):
        for number, (day, score) in enumerate(scores):
            kept.note(a_scoring(a_row(f"{open_case}-{number}", day=day), score, open_case=open_case))
    return kept


def threshold_of(scores: list[tuple[int, float]], per_day: int) -> float | None:
    thresholds = recent(*scores).thresholds(Budgets(first=per_day, open_case=per_day, is_one_team=True))
    assert thresholds.first == thresholds.open_case
    return thresholds.first


def test_the_threshold_is_the_score_that_fills_the_daily_room() -> None:
    scores = [(day, (10 * day + number) / 1000) for day in range(28) for number in range(10)]
    assert threshold_of(scores, per_day=2) == sorted(score for _, score in scores)[-2 * 28]
    assert sum(score >= (threshold_of(scores, 3) or 0) for _, score in scores) == 3 * 28


def test_scores_older_than_28_days_count_no_more() -> None:
    assert threshold_of([(0, 0.9), (1, 0.3), (28, 0.2)], per_day=1) == 0.2
    assert threshold_of([(0, 0.9), (27, 0.2)], per_day=1) == 0.2
    assert threshold_of([(28, 0.2), (0, 0.9)], per_day=1) == 0.2


def test_an_episode_counts_once_and_with_nothing_scored_there_is_no_threshold() -> None:
    kept = RecentScores()
    for score in (0.2, 0.9):
        kept.note(a_scoring(a_row(), score))
    assert kept.thresholds(ONE_TEAM) == Thresholds(0.2, 0.2)
    assert threshold_of([], 5) is None
    assert threshold_of([(0, 0.1)], 0) is None


def test_a_team_without_a_budget_has_no_threshold_and_the_other_keeps_its_own() -> None:
    kept = recent((0, 0.1), (0, 0.3), with_plan=((0, 0.2), (0, 0.4)))
    assert kept.thresholds(Budgets(first=1, open_case=None, is_one_team=False)) == Thresholds(0.3, None)
    assert kept.thresholds(Budgets(first=None, open_case=1, is_one_team=False)) == Thresholds(None, 0.4)
    assert kept.thresholds(Budgets(first=None, open_case=None, is_one_team=True)) == Thresholds(None, None)


def test_a_team_of_which_nothing_was_scored_has_none_yet() -> None:
    assert recent((0, 0.1)).thresholds(Budgets(first=1, open_case=1, is_one_team=False)) == Thresholds(0.1, None)


def test_a_teams_room_is_that_of_the_days_seen_not_of_those_on_which_it_had_families() -> None:
    kept = recent((0, 0.1), with_plan=((9, 0.2), (9, 0.4), (9, 0.6)))
    assert kept.thresholds(Budgets(first=1, open_case=1, is_one_team=False)) == Thresholds(0.1, 0.2)


def test_a_record_from_before_the_field_says_that_no_plan_was_open() -> None:
    told = a_scoring(a_row(), 0.2, open_case=True)
    before = msgspec.msgpack.encode(msgspec.to_builtins(told)[:-1])
    assert msgspec.msgpack.decode(before, type=Scored) == a_scoring(a_row(), 0.2)


def team(name: str, budget: int | None) -> str:
    return f'[[team]]\nid = "{name}"\n' + ("" if budget is None else f"daily_budget = {budget}\n")


@pytest.mark.parametrize(
    ("open_case_team", "teams", "budgets"),
    [
        ("a", team("a", 3), Budgets(first=3, open_case=3, is_one_team=True)),
        ("a", team("a", None), Budgets(first=None, open_case=None, is_one_team=True)),
        ("b", team("a", 3) + team("b", 5), Budgets(first=3, open_case=5, is_one_team=False)),
        ("c", team("a", 3) + team("b", 5) + team("c", None), Budgets(first=3, open_case=None, is_one_team=False)),
        ("elsewhere", team("a", 3), Budgets(first=3, open_case=None, is_one_team=False)),
    ],
    ids=["one team", "one team without a budget", "two", "one that gets no prompts", "a team that is not told of"],
)
def test_the_budgets_are_those_of_the_teams_that_prompts_go_to(
    open_case_team: str, teams: str, budgets: Budgets
) -> None:
    text = hub_text().replace('open_case_team = "front-door"', f'open_case_team = "{open_case_team}"')
    assert budgets_of(parse_hub(text.replace('[[team]]\nid = "front-door"\n', teams))) == budgets


def test_where_no_hub_is_told_a_model_puts_nothing_to_anybody() -> None:
    assert recent((0, 0.1), with_plan=((0, 0.2),)).thresholds(budgets_of(None)) == Thresholds(None, None)
