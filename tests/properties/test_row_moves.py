"""Rows that move with their story: the same labels as had the link been known, each once, whatever comes in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.family.episodes import GRACE_DAYS, HORIZON_DAYS, row_id
from models.family.state import FamilyState
from models.family.transition import advance
from models.hub.sequence import Sequence
from schemas.events import TimePassed
from schemas.examples import Matured, Scored
from schemas.statements import Statement
from tests.properties.test_episode_laws import END, LAST, at_once, histories
from tests.properties.test_moves import Processes, linking, telling
from tests.saying import day, in_family, marks, moment, notification
from tests.telling import DEFAULT_PACK, hub
from tests.unit.family.judges import a_judge

FAMILIES = ("F", "G", "H")
SHADOW = a_judge("shadow", None)


@dataclass(frozen=True)
class Told:
    """What the learner heard of a hub, and what waits there for its label."""

    scored: list[Scored]
    matured: list[Matured]
    waiting: list[str]


def heard(examples: Iterable[Scored | Matured], families: Iterable[FamilyState]) -> Told:
    told = list(examples)
    return Told(
        [one for one in told if isinstance(one, Scored)],
        [one for one in told if isinstance(one, Matured)],
        [row_id(state.family, row) for state in families for row in state.rows],
    )


def told_to(statements: Iterable[Statement]) -> Sequence:
    sequence = hub()
    sequence.judge = SHADOW
    for statement in statements:
        sequence.hear(statement)
    return sequence


def examples_of(statements: Iterable[Statement]) -> Told:
    sequence = told_to(statements)
    sequence.let_time_pass(END)
    return heard(sequence.examples, sequence.families.values())


def _in_time(statements: Iterable[Statement]) -> list[Statement]:
    return sorted(statements, key=lambda statement: statement.received_at)


def _move(number: int, on: int) -> Statement:
    """The child is said to be of another family than before."""
    at = on + 0.5
    return in_family("home", "a", FAMILIES[number % len(FAMILIES)], at=at, recorded=at, event_id=f"move{number}")


def _unnamed(row: Matured) -> Matured:
    return replace(row, row="", family="", was_in=())


@given(histories(), st.lists(st.integers(31, LAST + 100), min_size=1, max_size=4, unique=True))
def test_a_story_that_moves_whole_teaches_what_it_would_have_taught_at_home(
    told: list[Statement], days: list[int]
) -> None:
    moves = [_move(number, on) for number, on in enumerate(sorted(days))]
    moved = examples_of(_in_time([*told, *moves]))
    at_home = examples_of([in_family("home", "a", "F", at=0), *told])

    def had_its_horizon(row: Matured) -> bool:
        began = row.day - HORIZON_DAYS - GRACE_DAYS
        return any(HORIZON_DAYS < day(on) - began < HORIZON_DAYS + GRACE_DAYS for on in days)

    wanted = [replace(row, state="void", outcome_on=None) if had_its_horizon(row) else row for row in at_home.matured]
    assert [_unnamed(row) for row in moved.matured] == [_unnamed(row) for row in wanted]
    assert [(row.at, row.features) for row in moved.scored] == [(row.at, row.features) for row in at_home.scored]


@given(histories(), st.lists(st.integers(31, LAST + 100), max_size=4, unique=True))
def test_a_row_is_told_under_the_name_that_it_was_scored_under(told: list[Statement], days: list[int]) -> None:
    moves = [_move(number, on) for number, on in enumerate(sorted(days))]
    moved = examples_of(_in_time([*told, *moves]))
    as_scored = {row.row: (row.family, row.feature_list, row.features) for row in moved.scored}
    assert {row.row: (row.began_in, row.feature_list, row.features) for row in moved.matured} == as_scored


@given(at_once(70.0, with_concerns=False), at_once(90.0, with_concerns=True), st.randoms(use_true_random=False))
def test_the_order_in_which_a_link_comes_among_others_changes_no_example(
    before: list[Statement], after: list[Statement], dice: random.Random
) -> None:
    begins = notification("begins", at=80.0)
    after = [*after, in_family("home", "a", "F", at=90.0)]
    one = examples_of([*before, begins, *after])
    assume(one.scored and one.scored[0].at == begins.received_at)  # else the order of one moment decides what opens
    dice.shuffle(before)
    dice.shuffle(after)
    other = examples_of([*before, begins, *after, *dice.choices(after, k=2)])
    # what was raised for a moment, between a statement and its retraction, was raised: that is another order's story
    assert [replace(row, prompted="none") for row in one.matured] == [
        replace(row, prompted="none") for row in other.matured
    ]
    assert all(row.family == "F" for row in one.matured)


BESIDE = [in_family("other", "b", "F", at=0), marks((1, 0, "/"), at=1.5, child="b")]


@given(histories(), st.integers(31, LAST), st.integers(1, 103))
def test_rows_whose_stories_are_joined_teach_nothing(told: list[Statement], on: int, days: int) -> None:
    begins, theirs = notification("begins", at=on), notification("theirs", at=on, children=(("b",),))
    _is_void_after([*BESIDE, *_in_time([begins, theirs, *told])], _move(0, on + days))


@given(histories(), st.integers(31, LAST), st.integers(1, 103))
def test_a_row_whose_story_is_parted_teaches_nothing(told: list[Statement], on: int, days: int) -> None:
    begins = notification("begins", at=on)
    at_home = in_family("home", "a", "F", at=0)
    _is_void_after([*BESIDE, at_home, *_in_time([begins, *told])], _move(1, on + days))


def _is_void_after(told: list[Statement], move: Statement) -> None:
    """Rows that this move meets are void; those that were final before it are what they were."""
    undisturbed, moved = examples_of(told), examples_of(_in_time([*told, move]))
    begun = {row.row for row in undisturbed.scored if row.at < move.received_at}
    met = {row.row: row.state for row in moved.matured if row.row in begun and row.at > move.received_at}
    assert set(met.values()) <= {"void"}
    assert {row.row for row in undisturbed.matured if row.at <= move.received_at} | met.keys() == begun
    earlier = [row for row in moved.matured if row.at <= move.received_at]
    assert earlier == [row for row in undisturbed.matured if row.at <= move.received_at]


late_days = st.integers(0, 120)


def _at(statement: Statement, on: int) -> Statement:
    """Received on another day; when it happened stays as it was."""
    return replace(statement, received_at=moment(on + 0.9))


anywhen = st.builds(_at, st.one_of(linking, telling), late_days)


@given(st.lists(anywhen, max_size=14), st.data())
def test_each_row_has_one_label_whatever_links_and_repeats_come(told: list[Statement], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    later = [_at(again, data.draw(late_days)) for again in repeats]
    sequence = told_to(_in_time([*told, *later]))
    _balances(heard(sequence.examples, sequence.families.values()))
    sequence.let_time_pass(END)
    ended = heard(sequence.examples, sequence.families.values())
    _balances(ended)
    assert not ended.waiting


@given(st.lists(linking, max_size=8), st.lists(anywhen, max_size=8), st.integers(0, 2**32))
def test_each_row_has_one_label_whatever_arrives_when(
    links: list[Statement], statements: list[Statement], seed: int
) -> None:
    running = Processes(links, statements, random.Random(seed), SHADOW)
    running.run()
    _balances(heard(running.examples, running.families.values()))
    for family, state in running.families.items():
        passed = advance(state, TimePassed(END), SHADOW, DEFAULT_PACK)
        running.families[family] = passed.state
        running.examples += passed.examples
    ended = heard(running.examples, running.families.values())
    _balances(ended)
    assert not ended.waiting


def _balances(told: Told) -> None:
    """What was opened has its label or waits for it, in one family and once."""
    assert Counter([*(row.row for row in told.matured), *told.waiting]) == Counter(row.row for row in told.scored)
    as_scored = {row.row: (row.family, row.features) for row in told.scored}
    assert all((row.began_in, row.features) == as_scored[row.row] for row in told.matured)
