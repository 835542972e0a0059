"""Children move between families with their story; prompts follow the last child, and their readers are told."""

from __future__ import annotations

import pytest

from models.family.judge import SILENT
from models.family.state import FamilyState
from models.family.transition import advance
from models.intake.links import LinkMap
from schemas.events import Moved, Placed, TimePassed, Told
from schemas.facts import Notification
from schemas.identifiers import ChildId, FamilyId, IdentifierId
from tests.saying import day, in_family, moment, notification, referral, same_child
from tests.telling import DEFAULT_PACK, raises, stories, tell

THREE = "three-low-grade-notifications"


def three(child: str = "a", first: int = 1) -> list[object]:
    return [notification(f"{child}{n}", at=first + n, children=((child,),)) for n in range(3)]


def test_a_story_moves_with_its_child() -> None:
    before = tell(*three(), in_family("l1", "a", "F1", at=9))  # type: ignore[arg-type]
    after = tell(in_family("l1", "a", "F1", at=0), *three())  # type: ignore[arg-type]
    assert stories(before.families.values()) == stories(after.families.values())


def test_two_children_of_one_family_are_seen_together() -> None:
    linked = [in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0)]
    told = tell(*linked, *(notification(f"n{n}", at=n + 1, children=(("ab"[n % 2],),)) for n in range(3)))
    assert raises(told) == [(THREE, 3)]


def test_a_move_may_complete_what_calls_for_a_review() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        notification("n1", at=1),
        notification("n2", at=2),
        notification("n3", at=3, children=(("b",),)),
        in_family("l2", "b", "F1", at=4),
    )
    assert raises(told) == [(THREE, 3)]
    assert told.revisions[0].family == "F1"


def test_open_prompts_go_to_the_family_of_the_last_child() -> None:
    told = tell(*three(), in_family("l1", "a", "F1", at=4.5))  # type: ignore[arg-type]
    assert len({prompt.prompt_id for prompt in told.revisions}) == 1
    assert told.revisions[-1].family == "F1"
    assert not told.revisions[-1].basis_changed
    assert raises(told) == [(THREE, 3)]


def test_a_child_that_leaves_a_sibling_changes_the_basis_of_the_prompt() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        in_family("l2", "b", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        notification("sibling", at=3.5, grade="amber", children=(("b",),)),
        in_family("l1", "a", "F2", at=3.9, recorded=3.9),
    )
    last = [prompt for prompt in told.revisions if prompt.family == "F1"][-1]
    assert last.basis_changed
    assert last.reasons == ()


def test_prompts_stay_with_a_child_of_whom_nothing_was_told() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        in_family("l2", "b", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        in_family("l1", "a", "F2", at=3.6),
    )
    last = told.revisions[-1]
    assert (last.family, last.basis_changed, last.reasons) == ("F1", True, ())


def test_prompts_go_on_when_that_child_leaves_too() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        in_family("l2", "b", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        in_family("l1", "a", "F2", at=3.6),
        in_family("l2", "b", "F3", at=3.7),
        in_family("l1", "a", "F3", at=3.8),
    )
    last = told.revisions[-1]
    assert (last.family, last.basis_changed, [len(reason.facts) for reason in last.reasons]) == ("F3", True, [3])


@pytest.mark.parametrize("family", ["!", "~"])  # before and after every derived id
def test_a_link_corrected_to_name_another_child_takes_that_ones_prompts_no_further(family: str) -> None:
    told = tell(
        in_family("l1", "a", family, at=0),
        referral("r1", at=0.5, outcome="assessment"),
        *three("b"),  # type: ignore[arg-type]
        in_family("l1", "b", family, at=3.6),
    )
    last = told.revisions[-1]
    assert (last.family, last.basis_changed, last.children) == (family, False, told.revisions[0].children)


@pytest.mark.parametrize("family", ["!", "~"])
def test_a_link_corrected_to_name_another_child_leaves_prompts_where_they_are(family: str) -> None:
    told = tell(
        in_family("l1", "a", family, at=0),
        *three(),  # type: ignore[arg-type]
        referral("r1", at=3.5, outcome="assessment", children=(("b",),)),
        in_family("l1", "b", family, at=3.6),
    )
    last = told.revisions[-1]
    assert (last.family, last.basis_changed, last.reasons) == (family, True, ())


@pytest.mark.parametrize("other", ["!", "~"])  # a child goes by the smallest of its identifiers
def test_a_child_by_another_name_is_still_one_child(other: str) -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        same_child("l2", "a", other, at=3.6),
        notification("n4", at=3.7),
    )
    last = told.revisions[-1]
    assert (len(last.reasons), last.basis_changed) == (2, False)
    assert last.children == (_child_of(min("a", other)),)
    assert [prompt.revision for prompt in told.revisions] == [1, 2]


@pytest.mark.parametrize("other", ["!", "~"])
def test_a_prompt_goes_with_its_child_and_says_the_childs_new_name(other: str) -> None:
    told = tell(
        *three(),  # type: ignore[arg-type]
        in_family("l1", other, "F1", at=3.5),
        same_child("l2", "a", other, at=3.6),
    )
    last = told.revisions[-1]
    assert (last.family, last.children) == ("F1", (_child_of(min("a", other)),))


def _child_of(identifier: str) -> str:
    return LinkMap().place(IdentifierId(identifier)).child


def test_what_is_asked_of_another_child_is_another_reason() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        in_family("l2", "b", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        *(notification(f"a{n}", at=3.5, on=1 + n, children=(("b",),)) for n in range(3)),  # it was not about a
        in_family("l1", "a", "F2", at=3.6),
    )
    assert raises(told) == [(THREE, 3), (THREE, 3)]
    ids = [reason.id for reason in told.revisions[-1].reasons]
    assert len(set(ids)) == 2


def test_coming_back_does_not_raise_again() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        *three(),  # type: ignore[arg-type]
        in_family("l1", "a", "F2", at=5, recorded=5),
        in_family("l1", "a", "F1", at=6, recorded=6),
    )
    assert raises(told) == [(THREE, 3)]


def test_a_correction_after_the_move_reaches_the_prompt() -> None:
    told = tell(
        *three(),  # type: ignore[arg-type]
        in_family("l1", "a", "F1", at=3.6),
        notification("a1", at=3.8, on=2, recorded=3.8, retracted=True),
    )
    assert told.revisions[-1].family == "F1"
    assert told.revisions[-1].basis_changed
    assert told.revisions[-1].reasons == ()


def test_a_parted_child_keeps_what_was_said_under_each_identifier() -> None:
    told = tell(
        same_child("l1", "a", "b", at=0),
        referral("r1", at=1, children=(("a",),)),
        referral("r2", at=2, children=(("b",),)),
        same_child("l1", "a", "b", at=3, recorded=3, retracted=True),
    )
    held = {i: sorted(s.facts) for family in told.families.values() for i, s in family.strands.items()}
    assert held == {"a": ["r1"], "b": ["r2"]}


def test_a_family_that_was_left_sends_on_for_as_long_as_facts_are_kept() -> None:
    """A replay lets weeks pass in one partition while a record for the old family waits in another."""
    old, child = FamilyId("f-old"), Placed(IdentifierId("a"), ChildId("c-a"))
    state = advance(FamilyState(old), _told(child, at=1, links=1), SILENT, DEFAULT_PACK).state
    moved = Moved(at=moment(2), links=2, placed=child, family=FamilyId("f-new"))
    state = advance(state, moved, SILENT, DEFAULT_PACK).state
    state = advance(state, TimePassed(moment(380)), SILENT, DEFAULT_PACK).state
    late = advance(state, _told(child, at=3, links=1), SILENT, DEFAULT_PACK)
    assert [forward.family for forward in late.forwards] == ["f-new"]
    assert late.state.strands == {}
    gone = advance(state, TimePassed(moment(430)), SILENT, DEFAULT_PACK).state
    assert gone.addresses == {}


def _told(child: Placed, *, at: float, links: int) -> Told:
    said = notification("n", at=at)
    saying = said.body
    assert isinstance(saying, Notification)
    return Told(at=said.received_at, links=links, fact=said.key, agency=said.agency, kind=said.kind,
                version=said.version, saying=saying, latest=day(at), named=(child,), dropped=())  # fmt: skip
