"""The first law: duplicates, disorder, lateness, corrections and retractions change nothing but what they should."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.family.state import canonical
from schemas.statements import Statement
from tests.saying import in_family, marks, moment, notification, outcome, referral, same_child
from tests.telling import stories, tell

CODES = ("/", "\\", "I", "O", "N", "G", "C", "K", "D", "E", "X", "#")
CHILDREN = ("a", "b", "c")


@st.composite
def statements(draw: st.DrawFn) -> list[Statement]:
    """A history of a few children: statements under few natural keys, so that they correct and retract each other."""
    told: list[Statement] = []
    for number in range(draw(st.integers(1, 14))):
        child = draw(st.sampled_from(CHILDREN))
        on = draw(st.integers(0, 40))
        more = {
            "at": 60.0,  # all received at one moment: what is late is late for all orders alike
            "recorded": draw(st.integers(41, 59)),
            "event_id": f"e{number}",
            "retracted": draw(st.booleans()) and draw(st.booleans()),
        }
        match draw(st.sampled_from(("referral", "notification", "outcome", "marks"))):
            case "referral":
                source = draw(st.sampled_from(("2A", "3A", "6", "5A")))
                told.append(referral(f"r{number % 3}", on=on, source=source, children=((child,),), **more))
            case "notification":
                names = tuple((name,) for name in sorted(draw(st.sets(st.sampled_from(CHILDREN), min_size=1))))
                grade = draw(st.sampled_from(("green", "amber", "red", None)))
                told.append(notification(f"n{number % 4}", on=on, grade=grade, children=names, **more))
            case "outcome":
                what = draw(st.sampled_from(("cin-plan-started", "cin-plan-ended", "case-closed", "s47-started")))
                told.append(outcome(f"o{number % 3}", on=on, what=what, children=((child,),), **more))
            case _:
                days = draw(st.lists(st.integers(0, 40), min_size=1, max_size=5, unique=True))
                marked = [(day, draw(st.integers(0, 1)), draw(st.sampled_from(CODES))) for day in days]
                school = draw(st.sampled_from(("100001", "100002")))
                told.append(marks(*marked, child=child, school=school, **more))
    return told


@given(statements(), st.randoms(use_true_random=False))
def test_any_order_with_any_repeats_gives_the_same_story(told: list[Statement], dice: random.Random) -> None:
    again = told + dice.choices(told, k=len(told) // 2)
    dice.shuffle(again)
    assert stories(tell(*again).families.values()) == stories(tell(*told).families.values())


@given(statements(), st.randoms(use_true_random=False))
def test_links_in_any_order_give_the_same_stories(told: list[Statement], dice: random.Random) -> None:
    links = [
        same_child("l1", "a", "b", at=60.0, recorded=50, event_id="l1"),
        in_family("l2", "b", "family-1", at=60.0, recorded=51, event_id="l2"),
        in_family("l3", "c", "family-1", at=60.0, recorded=52, event_id="l3"),
        in_family("l2", "b", "family-2", at=60.0, recorded=53, event_id="l4"),
        same_child("l1", "a", "b", at=60.0, recorded=54, event_id="l5", retracted=True),
    ]
    all_told = told + links
    shuffled = list(all_told)
    dice.shuffle(shuffled)
    # whom a statement names is decided on receipt, so only the links' effect on single identifiers is compared
    assert stories(tell(*shuffled).families.values()) == stories(tell(*all_told).families.values())


@given(statements(), st.data())
def test_a_retraction_leaves_what_would_be_there_had_it_never_been_said(
    told: list[Statement], data: st.DataObject
) -> None:
    said = data.draw(st.sampled_from(told))
    key = said.key
    others = [statement for statement in told if statement.key != key]
    if said.kind == "school-absence":
        return  # marks are retracted one by one, below
    taken_back = replace(
        said,
        retracted=True,
        version=replace(said.version, recorded_at=moment(59.9), event_id="retraction"),
        digest=b"retraction-------"[:16],
    )
    assert _live(tell(*told, taken_back)) == _live(tell(*others))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1), st.sampled_from(CODES)), min_size=1, max_size=20))
def test_marks_taken_back_leave_no_trace_in_what_counts(marked: list[tuple[int, int, str]]) -> None:
    unique = {(day, half): code for day, half, code in marked}
    told = [(day, half, code) for (day, half), code in unique.items()]
    taken_back = tell(marks(*told, at=30), marks(*told, at=31, retracted=True))
    assert _live(taken_back) == {}


@given(statements())
def test_told_once_more_changes_no_byte(told: list[Statement]) -> None:
    once, twice = tell(*told), tell(*told, *told)
    assert [canonical(state) for state in once.families.values()] == [canonical(s) for s in twice.families.values()]
    assert once.revisions == twice.revisions


@given(statements())
def test_a_state_reads_as_it_was_written(told: list[Statement]) -> None:
    for state in tell(*told).families.values():
        encoded = msgspec.msgpack.encode(state)
        assert msgspec.msgpack.decode(encoded, type=type(state)) == state


def _live(told: object) -> dict[str, list[object]]:
    """What holds of each child: facts and codes, without versions and tombstones."""
    from models.family.view import View

    found: dict[str, list[object]] = {}
    for state in told.families.values():  # type: ignore[attr-defined]
        view = View(state)
        for child in view.children:
            facts = sorted((key, msgspec.json.encode(known.saying)) for key, known in view.facts(child))
            seen = [(s.on, s.session, s.code) for s in view.sessions(child, 0, 999_999)]  # type: ignore[arg-type]
            if facts or seen:
                found[child] = [facts, seen]
    return found
