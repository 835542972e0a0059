"""The figures of a rehearsal: small towns whose numbers can be counted by hand."""

from __future__ import annotations

from streams.rehearsal import Figures
from streams.rehearsal.figures import TeamFigures
from streams.simulator.stories import START
from tests.unit.rehearsal.telling import a_pack, rehearsed

THREE_ON_MONDAY = """
+0  Mon 10:00  police  ref=N1 child=A grade=green
+0      11:00  police  ref=N2 child=B grade=green
+0      12:00  police  ref=N3 child=C grade=green
"""


def team(figures: Figures, name: str = "front-door") -> TeamFigures:
    (found,) = (one for one in figures.teams if one.team == name)
    return found


def test_prompts_are_counted_on_the_day_they_opened_against_the_budget() -> None:
    figures = rehearsed(THREE_ON_MONDAY, a_pack(1), budget=1, until=4).figures()
    found = team(figures)
    # One opens on Monday, one at midnight; the third is due at 24:00 of Tuesday and closes as it waits.
    assert (found.daily_budget, found.opened, found.most_in_a_day, found.above_budget) == (1, 2, 1, 0)
    assert (found.waited, found.never_opened) == (2, 1)
    assert (figures.first_day, figures.days, found.opened_a_day) == (START, 5, 0.4)
    assert found.busiest_day == START
    assert figures.prompts == 3


def test_days_on_which_more_opened_than_the_budget_has_are_shown() -> None:
    figures = rehearsed(THREE_ON_MONDAY.replace("green", "red"), a_pack(1), budget=1, until=4).figures()
    found = team(figures)
    assert (found.opened, found.most_in_a_day, found.above_budget, found.waited) == (3, 3, 1, 0)


def test_a_team_to_which_nothing_came_is_there_with_nothing() -> None:
    found = team(rehearsed(THREE_ON_MONDAY, a_pack(1), until=0).figures(), "family-help")
    assert (found.opened, found.opened_a_day, found.busiest_day) == (0, 0.0, None)


def test_the_share_of_families_is_of_those_that_hold_facts() -> None:
    figures = rehearsed(THREE_ON_MONDAY + "+1 10:00 police ref=N4 child=A grade=green", a_pack(2), until=2).figures()
    assert (figures.families, figures.families_prompted) == (3, 1)
    assert figures.share_of_families_prompted == 0.3333


def test_a_family_whose_children_moved_on_counts_as_the_one_they_went_to() -> None:
    table = """
    +0  Mon 08:00  link    child=A family=F1
    +0      08:05  link    child=B family=F2
    +0      10:00  police  ref=N1 child=A grade=green
    +9      11:00  move    child=A family=F2
    +9      12:00  police  ref=N2 child=B grade=green
    """
    figures = rehearsed(table, a_pack(1), until=12).figures()
    assert (figures.families, figures.families_prompted) == (1, 1)


def test_a_prompt_rests_on_several_agencies_when_one_revision_names_facts_of_two() -> None:
    alone = rehearsed(THREE_ON_MONDAY, a_pack(1), until=1).figures()
    assert (alone.prompts_of_several_agencies, alone.share_of_prompts_of_several_agencies) == (0, 0.0)


def test_prompts_are_counted_by_kind_and_by_rule() -> None:
    figures = rehearsed(THREE_ON_MONDAY, a_pack(1), until=1).figures()
    assert (figures.by_kind, figures.by_rule) == ({"review": 3}, {"several-notifications": 3})


def test_days_go_on_to_the_last_event_or_the_end_asked_for() -> None:
    table = THREE_ON_MONDAY + "+6 Sun 23:59 police ref=N4 child=D grade=green"
    assert rehearsed(table, a_pack()).figures().days == 7
    assert rehearsed(table, a_pack(), until=2).figures().days == 7
    assert rehearsed(table, a_pack(), until=7).figures().days == 8
    over_two_changes_of_the_clocks = rehearsed(THREE_ON_MONDAY, a_pack(), until=210).figures()
    assert over_two_changes_of_the_clocks.days == 211


def test_of_nothing_there_is_no_share() -> None:
    figures = rehearsed("", a_pack()).figures()
    assert (figures.first_day, figures.days, figures.families, figures.prompts) == (None, 0, 0, 0)
    assert figures.share_of_families_prompted is None
    assert figures.share_of_prompts_of_several_agencies is None
    assert team(figures).opened_a_day is None
