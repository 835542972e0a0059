"""Sessions counted from the letters are those that the register lays out, whatever was told in whatever order."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from models.calendar.local_time import local_day
from models.family.tallies import tally
from models.family.view import View
from schemas.identifiers import Day
from schemas.statements import Statement
from tests.saying import marks, moment, same_child
from tests.telling import tell

CODES = ("/", "\\", "I", "O", "N", "G", "C2", "D", "X", "#", "L")


@st.composite
def registers(draw: st.DrawFn) -> list[Statement]:
    """Weeks of a child: some settled, some not; corrected and taken back; rarely two schools or identifiers."""
    told: list[Statement] = []
    schools = draw(st.sampled_from((("100001",), ("100001",), ("100001", "100002"))))
    children = draw(st.sampled_from((("a",), ("a",), ("a", "b"))))
    for number in range(draw(st.integers(1, 8))):
        first = draw(st.integers(0, 90))
        some = [(first + day, half, draw(st.sampled_from(CODES))) for day in range(5) for half in (0, 1)]
        school, child = draw(st.sampled_from(schools)), draw(st.sampled_from(children))
        taken_back = draw(st.integers(0, 6)) == 0
        more = {"event_id": f"e{number}", "retracted": taken_back, "school": school, "child": child}
        told.append(marks(*some, at=first + 6 + number / 100, **more))
    return [same_child("l", "a", "b", at=0), *sorted(told, key=lambda statement: statement.received_at)]


@given(registers(), st.integers(0, 130), st.floats(0, 0.999), st.integers(0, 60), st.integers(0, 60))
def test_letters_count_as_the_register_does(
    told: list[Statement], day: int, part: float, recent: int, usual: int
) -> None:
    (state,) = [state for state in tell(*told).families.values() if state.strands]
    view, until = View(state), moment(day + part)
    cut = Day(local_day(until) - recent)
    first = Day(cut - usual)
    for child, strands in view.children.items():
        counted = tally(strands, first, cut, until)
        event("by letters" if counted else "by register")
        register = view.register(child, first)
        before, since = register.count_days(first, Day(cut - 1)), register.count_until(cut, until)
        if counted is not None:
            assert counted[0] == (before.possible, before.unauthorised)
            assert counted[1] == (since.possible, since.unauthorised)
