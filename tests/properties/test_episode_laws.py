"""Rows and labels by a slow second reading; repeats and order change no example (LEARNING section 12, tests 1-3, 8)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.calendar.local_time import date_of, local_day, midnight
from models.hub.sequence import Sequence
from schemas.examples import Matured
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import Day, Moment
from schemas.statements import Statement
from tests.saying import day, in_family, marks, moment, notification, outcome, referral, said
from tests.telling import hub, tell

LAST = 220
END = moment(LAST + 110)
STARTS = ("cin-plan", "cp-plan", "looked-after")
OUTCOMES = (
    *(f"{plan}-started" for plan in STARTS), *(f"{plan}-ended" for plan in STARTS), "early-help-started", "RC2", "RC5",
    "RC7",
)  # fmt: skip


def _statement(draw: st.DrawFn, number: int, at: float) -> Statement:
    """Dated up to 30 days before its receipt; recorded in any order; sometimes taken back."""
    on = at - draw(st.integers(0, 30))
    more = {
        "at": at,
        "recorded": at - draw(st.integers(0, 3)),
        "event_id": f"e{number}",
        "retracted": draw(st.integers(0, 5)) == 0,
    }
    match draw(st.sampled_from(("referral", "notification", "notification", "outcome", "outcome", "marks"))):
        case "referral":
            return referral(f"r{number % 5}", on=on, source=draw(st.sampled_from(("1A", "2A", "6"))), **more)
        case "notification":
            notice = draw(st.sampled_from(("PPN", "PPN", "ENCOMPASS")))
            return notification(f"n{number % 7}", on=on, notice=notice, **more)
        case "marks":
            return marks((int(on), 0, draw(st.sampled_from("/ON"))), key=f"m{number}", **more)
        case _:
            what = draw(st.sampled_from(OUTCOMES))
            if what.startswith("RC"):
                closed = Outcome("case-closed", day(on), what, None)
                return said(closed, key=f"c{number % 3}", kind="outcome", **more)
            return outcome(f"{what}{number % 2}", on=on, what=what, **more)


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """A child's seven months, a statement at a time."""
    count = draw(st.integers(1, 16))
    days = sorted(draw(st.lists(st.integers(31, LAST), min_size=count, max_size=count)))
    return [_statement(draw, number, at + (number + 1) / 100) for number, at in enumerate(days)]


@dataclass
class SlowRow:
    """A row as the slow reading finds it."""

    opened_at: Moment
    on: date
    state: str = ""
    outcome_on: date | None = None


def _known(told: Iterable[Statement], until: Moment) -> list[Statement]:
    """Of each natural key the newest statement received by then, where it is not a retraction."""
    newest: dict[str, Statement] = {}
    for statement in told:
        held = newest.get(statement.key)
        if statement.received_at <= until and (held is None or statement.version > held.version):
            newest[statement.key] = statement
    return [statement for statement in newest.values() if not statement.retracted]


def _plans(known: list[Statement]) -> list[tuple[date, date | None]]:
    """When plans and placements that are need began, and when each ended."""
    outcomes = [one.body for one in known if isinstance(one.body, Outcome)]
    found = []
    for plan in STARTS:
        for start in (one for one in outcomes if one.kind == f"{plan}-started"):
            ends = [one.on for one in outcomes if one.kind in {f"{plan}-ended", "case-closed"} and one.on > start.on]
            found.append((date_of(start.on), date_of(min(ends)) if ends else None))
    return found


def _is_open(known: list[Statement], on: date) -> bool:
    return any(began <= on and (ended is None or ended > on) for began, ended in _plans(known))


def slow_rows(told: list[Statement]) -> list[SlowRow]:
    """All rows, looked at from the beginning each time."""
    rows: list[SlowRow] = []
    for number, statement in enumerate(told):
        now = statement.received_at
        today = date_of(local_day(now))
        is_concern = isinstance(statement.body, Referral) or (
            isinstance(statement.body, Notification) and statement.body.notice_type != "ENCOMPASS"
        )
        heard_of = {one.key for one in told[:number] if not one.retracted}  # of the unknown none is taken back
        is_new = statement.key not in heard_of and statement in _known(told, now)
        is_quiet = not rows or (today - rows[-1].on) > timedelta(days=28)
        if is_concern and is_new and is_quiet and not _is_open(_known(told, now), today):
            rows.append(SlowRow(now, today))
    for row in rows:
        _label(row, _known(told, midnight(Day((row.on + timedelta(days=104)).toordinal()))))
    return rows


def _label(row: SlowRow, known: list[Statement]) -> None:
    began = sorted(on for on, _ in _plans(known) if row.on < on <= row.on + timedelta(days=90))
    left = sorted(
        date_of(one.body.on)
        for one in known
        if isinstance(one.body, Outcome) and one.body.kind == "case-closed" and one.body.result in {"RC2", "RC5"}
        if row.on <= date_of(one.body.on) <= row.on + timedelta(days=90)
    )
    if _is_open(known, row.on):
        row.state = "void"
    elif left and (not began or left[0] < began[0]):
        row.state = "censored"
    elif began:
        row.state, row.outcome_on = "positive", began[0]
    else:
        row.state = "negative"


def examples_of(told: Iterable[Statement]) -> list[Matured]:
    """All that the learner hears of a hub that was told this."""
    return _ended(tell(*told))


def _ended(sequence: Sequence) -> list[Matured]:
    sequence.let_time_pass(END)
    assert all(not state.rows for state in sequence.families.values())
    return [example for example in sequence.examples if isinstance(example, Matured)]


@given(histories())
def test_rows_and_labels_are_those_of_a_slow_reading(told: list[Statement]) -> None:
    found = [(row.day - 104, row.state, row.outcome_on) for row in examples_of(told)]
    wanted = [
        (row.on.toordinal(), row.state, None if row.outcome_on is None else row.outcome_on.toordinal())
        for row in slow_rows(told)
    ]
    assert found == wanted


@given(histories(), st.randoms(use_true_random=False))
def test_told_again_nothing_more_is_learned(told: list[Statement], dice: random.Random) -> None:
    again = list(told)
    for statement in dice.choices(told, k=len(told)):
        at = dice.randrange(again.index(statement), len(again))
        again.insert(at + 1, replace(statement, received_at=max(again[at].received_at, statement.received_at)))
    assert examples_of(again) == examples_of(told)


LINKS = [in_family("la", "a", "F", at=0), in_family("lb", "b", "F", at=0.01)]


@st.composite
def at_once(draw: st.DrawFn, at: float, *, with_concerns: bool) -> list[Statement]:
    """A few statements received at one moment, of two children."""
    told: list[Statement] = []
    for number in range(draw(st.integers(0, 8))):
        statement = _statement(draw, number, at)
        is_concern = statement.kind in {"referral", "police-notification"}
        if with_concerns or not is_concern:
            told.append(statement)
    return told


@given(at_once(70.0, with_concerns=False), at_once(90.0, with_concerns=True), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_before_and_after_changes_no_example(
    before: list[Statement], after: list[Statement], dice: random.Random
) -> None:
    begins = notification("begins", at=80.0, children=(("a",), ("b",)))
    one = examples_of([*LINKS, *before, begins, *after])
    assume(one and one[0].day == day(80 + 104))  # else the order of one moment decides what opens
    dice.shuffle(before)
    dice.shuffle(after)
    other = examples_of([*LINKS, *before, begins, *dice.choices(before or [begins], k=2), *after])
    # what was raised for a moment, between a statement and its retraction, was raised: that is another order's story
    assert [replace(row, prompted="none") for row in one] == [replace(row, prompted="none") for row in other]


@given(histories(), st.lists(st.integers(0, LAST + 100), max_size=10))
def test_how_often_time_is_told_changes_no_example(told: list[Statement], ticks: list[int]) -> None:
    ticked = hub()
    times = sorted([(moment(tick), None) for tick in ticks] + [(one.received_at, one) for one in told],
                   key=lambda entry: entry[0])  # fmt: skip
    for at, statement in times:
        if statement is None:
            ticked.let_time_pass(at)
        else:
            ticked.hear(statement)
    assert _ended(ticked) == examples_of(told)


@given(histories())
def test_no_label_is_told_before_its_day(told: list[Statement]) -> None:
    sequence = hub()
    for statement in told:
        sequence.hear(statement)
        for example in sequence.examples:
            assert example.at <= statement.received_at
            assert example.at == midnight(example.day)  # type: ignore[union-attr]
