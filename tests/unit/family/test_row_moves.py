"""Which rows go along with a story that moves, which stay or arrive void, and under which name they are told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from models.family.bounding import keep_bounded, weigh
from models.family.judge import SILENT
from models.family.state import FamilyState, Row, decode_row
from models.family.transition import advance
from models.hub.sequence import Sequence
from models.ids import derive
from schemas.events import Joined, Moved, Placed, TimePassed, Told
from schemas.examples import Matured, Scored
from schemas.facts import Notification
from schemas.identifiers import ChildId, FamilyId, IdentifierId
from schemas.statements import Statement
from tests.saying import day, in_family, marks, moment, notification, outcome, referral, same_child
from tests.telling import DEFAULT_PACK, hub
from tests.unit.family.judges import a_judge

DAY = 10
"""On which most rows here open."""
FINAL = DAY + 104


def begins(child: str = "a", at: float = DAY + 0.5) -> Statement:
    return notification(f"begins {child}", at=at, children=((child,),))


def plan(on: float, child: str = "a") -> Statement:
    return outcome(f"plan {child}", at=on, what="cin-plan-started", children=((child,),))


def home(family: str, at: float, child: str = "a") -> Statement:
    return in_family(f"home {child}", child, family, at=at, recorded=at)


def until_final(*told: Statement, judge: Any = SILENT, until: float = FINAL + 60) -> Sequence:
    sequence = hub()
    sequence.judge = judge
    for statement in told:
        sequence.hear(statement)
    sequence.let_time_pass(moment(until))
    return sequence


def matured(*told: Statement, until: float = FINAL + 60) -> list[Matured]:
    return [one for one in until_final(*told, until=until).examples if isinstance(one, Matured)]


def states(*told: Statement) -> list[tuple[str, str]]:
    return [(row.family, row.state) for row in matured(*told)]


# Which go along


def test_a_row_goes_with_its_story_to_a_family_that_holds_nothing_else() -> None:
    (row,) = matured(begins(), home("F", DAY + 20), plan(DAY + 30))
    (alone,) = matured(begins(), plan(DAY + 30))
    assert (row.family, row.state, row.outcome_on) == ("F", "positive", day(DAY + 30))
    assert row == replace(alone, family=FamilyId("F"), was_in=(alone.family,))


def test_a_child_by_several_identifiers_is_one_story() -> None:
    both = same_child("s", "a", "b", at=0)
    more = referral("r", at=DAY + 1, children=(("b",),))
    assert states(both, begins(), more, home("F", DAY + 20), plan(DAY + 30, "b")) == [("F", "positive")]


def test_a_row_goes_with_its_child_when_it_gets_another_name() -> None:
    of_a = matured(begins())[0].family
    assert states(begins("b"), same_child("s", "a", "b", at=DAY + 2), plan(DAY + 30)) == [(of_a, "positive")]


def test_who_is_left_behind_without_a_story_keeps_no_row() -> None:
    taken_back = notification("n", at=2, retracted=True, children=(("b",),))
    told = [home("E", 0), home("E", 0.1, "b"), taken_back, begins(), home("F", DAY + 20)]
    assert states(*told) == [("F", "negative")]


def test_siblings_who_are_known_by_links_alone_are_no_story() -> None:
    siblings = [home("F", n / 10, child) for n, child in enumerate("bcd", start=1)]
    assert states(*siblings, begins(), home("F", DAY + 20)) == [("F", "negative")]


def test_a_row_goes_on_as_often_as_its_story_does_and_comes_back() -> None:
    (row,) = matured(begins(), *(home(family, DAY + n) for n, family in enumerate("FGFE", start=1)))
    (alone,) = matured(begins())
    assert (row.row, row.family, row.was_in) == (alone.row, "E", (alone.family, "F", "G"))


def test_what_happens_in_the_new_family_is_known_to_the_row() -> None:
    two_more = [notification(f"n{n}", at=DAY + 20 + n) for n in (1, 2)]
    assert [row.prompted for row in matured(begins(), *two_more)] == ["rule"]
    assert [row.prompted for row in matured(begins(), home("F", DAY + 20), *two_more)] == ["rule"]
    three = [notification(f"n{n}", at=DAY - 3 + n) for n in (1, 2, 3)]
    assert [row.prompted for row in matured(*three, home("F", DAY + 20))] == ["rule"]


def test_a_row_that_moved_keeps_others_from_opening_for_its_28_days() -> None:
    again = [notification("n2", at=DAY + 25), notification("n3", at=DAY + 30)]
    assert len(matured(begins(), home("F", DAY + 20), *again, until=DAY + 200)) == 2


def test_what_was_told_of_the_child_before_it_came_is_no_other_story() -> None:
    """Intake knows of the link at once; the story has to come from another partition."""
    child = Placed(IdentifierId("a"), ChildId("c-a"))
    _, joined = _depart(child)
    early = advance(FamilyState(FamilyId("f-new")), _told(child, at=DAY + 3, links=2), SILENT, DEFAULT_PACK).state
    assert len(early.rows) == 1
    rows = advance(early, joined, SILENT, DEFAULT_PACK).state.rows
    assert [(row.on, row.is_void, row.was_in) for row in rows] == [
        (day(DAY), False, ("f-old",)),
        (day(DAY + 3), True, ()),
    ]


# Which do not


@pytest.mark.parametrize("of_b", [marks((1, 0, "/"), at=1.5, child="b"), referral("r", at=1, children=(("b",),))])
def test_where_another_story_is_all_rows_are_void(of_b: Statement) -> None:
    told = [home("F", 0, "b"), of_b, begins(), home("F", DAY + 20), plan(DAY + 30)]
    assert {state for _, state in states(*told)} == {"void"}


def test_a_story_that_comes_later_makes_the_row_void_that_came_alone() -> None:
    told = [begins(), begins("b"), home("F", DAY + 1), home("F", DAY + 2, "b"), plan(DAY + 30)]
    assert states(*told) == [("F", "void"), ("F", "void")]


def test_two_who_follow_one_another_part_what_the_row_described() -> None:
    both = [home("E", 0), home("E", 0.1, "b"), notification("n", at=DAY + 0.5, children=(("a",), ("b",)))]
    assert states(*both, home("F", DAY + 1), home("F", DAY + 1.1, "b")) == [("E", "void")]


@pytest.mark.parametrize(("after", "row"), [(90, ("F", "negative")), (91, ("f", "void")), (103, ("f", "void"))])
def test_a_row_whose_horizon_is_over_stays_and_is_void(after: int, row: tuple[str, str]) -> None:
    ((family, state),) = states(begins(), home("F", DAY + after + 0.5))
    assert (family[0], state) == row


def test_a_void_row_that_came_keeps_none_from_opening() -> None:
    of_b = [home("F", 0, "b"), marks((1, 0, "/"), at=1.5, child="b")]
    told = [*of_b, begins(), home("F", DAY + 1), notification("next", at=DAY + 5)]
    assert states(*told) == [("F", "void"), ("F", "negative")]


def test_a_story_that_is_parted_on_its_way_takes_void_rows_along() -> None:
    one, other = Placed(IdentifierId("a"), ChildId("c-a")), Placed(IdentifierId("b"), ChildId("c-b"))
    _, joined = _depart(one, other)
    new = FamilyState(FamilyId("f-new"))
    gone_on = Moved(at=moment(DAY + 3), links=3, placed=other, family=FamilyId("f-next"))
    transition = advance(advance(new, gone_on, SILENT, DEFAULT_PACK).state, joined, SILENT, DEFAULT_PACK)
    assert [row.is_void for row in transition.state.rows] == [True]
    assert [forward.event.rows for forward in transition.forwards] == [()]  # type: ignore[union-attr]


def test_a_story_that_has_gone_on_already_takes_its_rows_after_it() -> None:
    one, other = Placed(IdentifierId("a"), ChildId("c-a")), Placed(IdentifierId("b"), ChildId("c-b"))
    _, joined = _depart(one, other)
    new = FamilyState(FamilyId("f-new"))
    gone_on = Moved(at=moment(DAY + 3), links=3, placed=one, family=FamilyId("f-next"), others=(other,))
    transition = advance(advance(new, gone_on, SILENT, DEFAULT_PACK).state, joined, SILENT, DEFAULT_PACK)
    assert transition.state.rows == ()
    (forward,) = transition.forwards
    assert isinstance(forward.event, Joined)
    assert (forward.family, forward.event.rows) == ("f-next", joined.rows)


# Its name, and what lies stored


def test_a_row_is_named_after_the_family_that_it_began_in() -> None:
    told = until_final(begins(), home("F", DAY + 20), judge=a_judge("shadow", None))
    scored, label = told.examples
    assert isinstance(scored, Scored)
    assert isinstance(label, Matured)
    assert (label.row, label.began_in, label.features) == (scored.row, scored.family, scored.features)
    assert label.row == derive("example", scored.family, scored.at)


def test_a_live_model_raises_once_of_a_row_wherever_it_is() -> None:
    more = [notification(f"n{n}", at=DAY + n, grade=None) for n in (2, 3)]
    judge = a_judge("live", 0.0001)
    told = until_final(begins(), home("F", DAY + 1), *more, judge=judge)
    assert len([one for one in told.examples if isinstance(one, Scored) and one.reason]) == 1
    assert [one.prompted for one in told.examples if isinstance(one, Matured)] == ["model"]


def test_a_story_that_arrives_twice_brings_its_row_once() -> None:
    _, joined = _depart(Placed(IdentifierId("a"), ChildId("c-a")))
    once = advance(FamilyState(FamilyId("f-new")), joined, SILENT, DEFAULT_PACK).state
    assert [row.is_void for row in once.rows] == [False]
    assert advance(once, joined, SILENT, DEFAULT_PACK).state.rows == once.rows


def test_a_row_on_its_way_past_its_day_is_told_with_the_next_tick() -> None:
    _, joined = _depart(Placed(IdentifierId("a"), ChildId("c-a")))
    ahead = FamilyState(FamilyId("f-new"), clock=moment(FINAL + 3))
    late = advance(ahead, joined, SILENT, DEFAULT_PACK).state
    told = advance(late, TimePassed(moment(FINAL + 3.1)), SILENT, DEFAULT_PACK)
    assert [(row.day, row.state) for row in told.examples] == [(day(FINAL), "negative")]  # type: ignore[union-attr]
    assert told.state.rows == ()


def test_what_was_stored_and_sent_before_rows_could_move_is_read() -> None:
    joined = Joined(moment(1), 1, Placed(IdentifierId("a"), ChildId("c-a")), b"")
    row = Row(moment(1), day(1), "list", b"\x90", (IdentifierId("a"),))
    for kept in (joined, row):
        without = msgspec.msgpack.encode(msgspec.msgpack.decode(msgspec.msgpack.encode(kept))[:-1])
        assert msgspec.msgpack.decode(without, type=type(kept)) == kept


def test_where_it_was_counts_in_what_a_row_weighs() -> None:
    row = Row(moment(1), day(1), "list", b"\x90", (IdentifierId("a"),))
    moved = replace(row, was_in=tuple(FamilyId(f"f-{n:026}") for n in range(300)))
    state = FamilyState(FamilyId("F"), rows=(moved,))
    assert weigh(state) >= len(msgspec.msgpack.encode(state))
    assert keep_bounded(state, 1_000).rows == ()


def _depart(*going: Placed) -> tuple[FamilyState, Joined]:
    """A family in which a row opened, after all these left it; and what it sends on."""
    state = FamilyState(FamilyId("f-old"))
    for number, child in enumerate(going):
        state = advance(state, _told(child, at=DAY + number / 10, links=1), SILENT, DEFAULT_PACK).state
    moved = Moved(at=moment(DAY + 2), links=2, placed=going[0], family=FamilyId("f-new"), others=going[1:])
    transition = advance(state, moved, SILENT, DEFAULT_PACK)
    (forward,) = transition.forwards
    assert isinstance(forward.event, Joined)
    assert transition.state.rows == ()
    (row,) = map(decode_row, forward.event.rows)
    assert (row.was_in, row.is_void) == (("f-old",), False)
    return transition.state, forward.event


def _told(child: Placed, *, at: float, links: int) -> Told:
    said = notification(f"n{at}", at=at)
    assert isinstance(said.body, Notification)
    return Told(at=said.received_at, links=links, fact=said.key, agency=said.agency, kind=said.kind,
                version=said.version, saying=said.body, latest=day(at), named=(child,), dropped=())  # fmt: skip
