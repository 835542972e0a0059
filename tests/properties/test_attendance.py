"""Attendance kept in few bytes equals attendance worked out slowly from every mark ever sent."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from models.family.codes import CODES
from models.family.marks import join_marks, record_marks, settle_weeks
from models.family.state import Strand
from models.family.view import View
from models.hub.sequence import Sequence
from schemas.facts import Mark
from schemas.identifiers import ChildId, Day
from schemas.statements import Marks, Statement
from tests.properties.slow_attendance import AUTHORISED, IMPOSSIBLE, UNAUTHORISED, SlowAttendance
from tests.saying import day, moment, said, same_child
from tests.telling import hub

IDENTIFIERS = ("a", "b")
SCHOOLS = ("100001", "900002")
SENDERS = ("oakfield", "riverton-council")
NOBODY = ChildId("")
LONGEST_STEP = 200
SECOND = 1 / 86_400


@dataclass(frozen=True)
class Story:
    """What is told, and when (in days from the start) one looks at what is left."""

    statements: tuple[Statement, ...]
    ends_at: float


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Messages over up to years: some late, some of the same moment, some taken back, children linked and parted."""
    told: list[Statement] = []
    at = 400.0
    for number in range(draw(st.integers(1, 12))):
        at += draw(st.sampled_from((0, 0, 1, 3, 23, LONGEST_STEP)))
        if draw(st.integers(0, 7)) == 0:
            is_parting = draw(st.booleans())
            link = same_child("link", *IDENTIFIERS, at=at, event_id=f"l{number}", retracted=is_parting)
            told.append(link)
        else:
            told.append(_message(draw, at, number))
    return Story(tuple(told), at + draw(st.sampled_from((0, 1, 30, 400))))


def _message(draw: st.DrawFn, at: float, number: int) -> Statement:
    late = draw(st.sampled_from((0, 0, 1, 7, 30, 390)))
    marked = draw(
        st.dictionaries(
            st.tuples(st.integers(0, 16), st.sampled_from((0, 1))), st.sampled_from(CODES), min_size=1, max_size=12
        )
    )
    # whole days are often the same moment, and then the id decides; seconds tell their number, so none is told twice
    recorded = at - draw(st.sampled_from((0, 0, 1, 7, 390)))
    if draw(st.booleans()):
        recorded += (61 * number + 1) * SECOND - 1
    name = draw(st.sampled_from("pq"))
    agency = draw(st.sampled_from(SENDERS))
    child = draw(st.sampled_from(IDENTIFIERS))
    marks = tuple(
        Mark(Day(day(at) - late - on), session, code)  # type: ignore[arg-type]
        for (on, session), code in marked.items()
    )
    return said(
        Marks(draw(st.sampled_from(SCHOOLS)), marks),
        key=child,
        at=at,
        agency=agency,
        kind="school-absence",
        children=((child,),),
        recorded=recorded,
        event_id=f"{name}{number}",
        retracted=draw(st.integers(0, 4)) == 0,
    )


def hear_all(story: Story) -> tuple[Sequence, SlowAttendance]:
    """The hub and the slow way, told the same."""
    told, slow = hub(), SlowAttendance()
    for statement in story.statements:
        told.hear(statement)
        if statement.kind == "school-absence":
            slow.hear(statement)
    told.let_time_pass(moment(story.ends_at))
    return told, slow


@given(stories())
def test_what_counts_is_what_the_slow_way_says(story: Story) -> None:
    told, slow = hear_all(story)
    today = day(story.ends_at)
    found: set[str] = set()
    for state in told.families.values():
        view = View(state)
        for child, strands in view.children.items():
            assert found.isdisjoint(strands)
            found |= set(strands)
            seen = view.sessions(child, Day(0), Day(today + 400))
            assert [(s.on, s.session, s.code, s.school, s.identifier, s.agency) for s in seen] == slow.sessions(
                strands, today
            )
    for identifier in IDENTIFIERS:
        assert identifier in found or not slow.sessions([identifier], today)


@given(stories(), st.integers(0, 60), st.integers(0, 120))
def test_what_is_counted_of_a_window_is_what_lies_in_it(story: Story, before: int, days: int) -> None:
    told, slow = hear_all(story)
    first = Day(day(story.ends_at) - before)
    last = Day(first + days)
    for state in told.families.values():
        view = View(state)
        for child, strands in view.children.items():
            counted = view.register(child, first).count_days(first, last)
            codes = [s[2] for s in slow.sessions(strands, day(story.ends_at)) if first <= s[0] <= last]
            assert counted.possible == sum(code not in IMPOSSIBLE for code in codes)
            assert counted.absent == sum(code in UNAUTHORISED or code in AUTHORISED for code in codes)
            assert counted.unauthorised == sum(code in UNAUTHORISED for code in codes)


@given(stories(), st.booleans(), st.integers(0, 30))
def test_two_halves_of_a_story_join_to_the_whole(story: Story, also_settled: bool, days: int) -> None:
    """As when a strand moves to a family that was told of the same identifier already."""
    whole, halves = Strand(NOBODY, 0), [Strand(NOBODY, 0), Strand(NOBODY, 0)]
    for number, statement in enumerate(story.statements):
        if isinstance(statement.body, Marks):
            whole, half = (_record(strand, statement) for strand in (whole, halves[number % 2]))
            halves[number % 2] = half
    if also_settled:
        halves[1] = settle_weeks(halves[1], Day(day(story.ends_at) - days))
        whole = settle_weeks(whole, halves[1].settled_before)
    one_way, other_way = (join_marks(*pair, Strand(NOBODY, 0)) for pair in (halves, halves[::-1]))
    assert one_way == other_way == whole


def _record(strand: Strand, statement: Statement) -> Strand:
    assert isinstance(statement.body, Marks)
    return record_marks(
        strand,
        statement.body.school,
        statement.body.marks,
        statement.version,
        statement.agency,
        retracted=statement.retracted,
    )
