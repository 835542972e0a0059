"""Laws of the whole default pack: what a reason says is what its facts say, and without these facts it is gone."""

from __future__ import annotations

import random
import re
from calendar import month_name
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from models.calendar.school_days import SchoolCalendar
from models.family.state import canonical
from models.family.view import View, fact_id, mark_id
from models.hub.sequence import Sequence
from schemas.desk_events import Raised
from schemas.facts import Part
from schemas.hub import Period
from schemas.prompts import Reason
from schemas.statements import Marks, Statement
from tests.saying import START, day, in_family, marks, moment, notification, outcome, referral
from tests.telling import DEFAULT_PACK, hub, stories
from tests.unit.family.notices import missing, school_days

TERM = Period(first=START - timedelta(days=200), last=START + timedelta(days=400))
PACK = replace(DEFAULT_PACK, schools=SchoolCalendar((TERM,), ()))
PRESENT = Part("subject", True, False)
LAST = 130
FEWER = settings(max_examples=min(40, settings().max_examples))
"""Each example is months of a family, told several times."""
LINKED = (in_family("l1", "a", "F1", at=0, recorded=-1), in_family("l2", "b", "F1", at=0, recorded=-1))
"""Two children of one family, so that rules about a family and rules about one child both have something to find."""


@st.composite
def years(draw: st.DrawFn) -> list[Statement]:
    """Some months of one family, dense enough for every rule: statements in the order in which they are received."""
    told: list[Statement] = []
    quiet_from = draw(st.integers(20, LAST))
    for number in range(draw(st.integers(1, 9))):
        on = draw(st.integers(0, quiet_from)) + draw(st.sampled_from((0.1, 0.5, 0.95)))
        child = draw(st.sampled_from(("a", "b")))
        late = draw(st.sampled_from((0.01, 0.01, 1.3, 9.0)))
        more: dict[str, Any] = {"at": on + late, "on": on, "children": ((child,),), "event_id": f"e{number}"}
        key = f"k{draw(st.integers(0, 12))}"
        match draw(st.sampled_from(("referral", "notification", "abuse", "encompass", "missing", "missing", "plan"))):
            case "referral":
                source, decision = (
                    draw(st.sampled_from(("2A", "3A", "6"))),
                    draw(st.sampled_from((None, "assessment", "no-further-action"))),
                )
                told.append(referral("r" + key, source=source, outcome=decision, **more))
            case "notification":
                told.append(notification("n" + key, grade=draw(st.sampled_from(("green", "amber", None))), **more))
            case "abuse":
                abuse = {
                    "concerns": ("domestic-abuse",),
                    "grade": "amber",
                    "parts": (PRESENT,),
                    "occurrence": "o" + key,
                }
                told.append(notification("n" + key, **abuse, **more))
            case "encompass":
                told.append(notification("n" + key, notice="ENCOMPASS", grade=None, occurrence="o" + key, **more))
            case "missing":
                told.append(missing("n" + key, ended=on + draw(st.sampled_from((0.1, 2.0))), **more))
            case _:
                what = draw(st.sampled_from(("cin-plan-started", "cin-plan-ended", "cp-plan-started", "case-closed")))
                told.append(outcome("o" + key, what=what, **more))
    for child in draw(st.sampled_from((("a",), ("a", "b")))):
        told += _school(draw, child)
    return [*LINKED, *sorted(told, key=lambda statement: statement.received_at)]


def _school(draw: st.DrawFn, child: str) -> list[Statement]:
    """Marks of every school day: stretches of days with one code each."""
    first = draw(st.sampled_from((0, 40)))
    code, told = "/", []
    for monday in range(first - first % 7, LAST, 7):
        if draw(st.integers(0, 3)) == 0:
            code = draw(st.sampled_from(("/", "/", "O", "I", "N", "Y4")))
        week = [(n, half, code) for n in school_days(max(first, monday), min(monday + 6, LAST)) for half in (0, 1)]
        if week:
            told.append(marks(*week, at=week[-1][0] + 0.7, child=child, event_id=f"{child}-{monday}"))
    return told


def tell(statements: list[Statement], until: float = LAST + 100) -> Sequence:
    told = hub(PACK)
    for statement in statements:
        told.hear(statement)
    told.let_time_pass(moment(until))
    return told


def raised(told: Sequence) -> list[Raised]:
    return [event for event in told.told_to_desk if isinstance(event, Raised)]


def without(statements: list[Statement], reason: Reason) -> list[Statement]:
    """The statements had the facts that this reason names never been said: by natural key, marks one by one."""
    named = {fact.fact for fact in reason.facts}
    kept: list[Statement] = []
    for statement in statements:
        body = statement.body
        child = statement.named[0].identifiers[0]
        if isinstance(body, Marks):
            left = tuple(m for m in body.marks if mark_id(child, body.school, m.on, m.session) not in named)
            if left:
                kept.append(replace(statement, body=replace(body, marks=left)))
        elif statement.kind == "family-link" or fact_id(statement.key, child) not in named:
            kept.append(statement)
    return kept


@given(years(), st.data())
@FEWER
def test_without_the_facts_that_a_reason_names_it_is_not_raised(told: list[Statement], data: st.DataObject) -> None:
    reasons = raised(tell(told))
    if not reasons:
        return
    picked = data.draw(st.sampled_from(reasons))
    assert picked.reason.rule is not None
    for other in raised(tell(without(told, picked.reason))):
        assert (other.reason.rule, other.reason.since) != (picked.reason.rule, picked.reason.since)
        assert other.reason.id != picked.reason.id


@given(years())
@FEWER
def test_the_numbers_in_a_sentence_are_those_of_its_facts(told: list[Statement]) -> None:
    for one in raised(tell(told)):
        reason = one.reason
        assert reason.rule is not None
        of_school = [fact for fact in reason.facts if fact.kind == "school-absence"]
        others = {fact.fact for fact in reason.facts if fact.kind != "school-absence"}
        days = {fact.on for fact in reason.facts}
        for number, month, year in re.findall(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})", reason.text):
            spoken = _date(number, month, year)
            is_limit = reason.rule.id in {"no-decision-in-one-working-day", "no-encompass-by-next-school-day"}
            is_decision = reason.rule.id == "contact-after-no-action"
            is_start = reason.rule.id == "missing-then-absence"
            assert spoken in days or is_limit or is_decision or is_start
        if said := re.search(r"(\d+) school sessions", reason.text):
            assert int(said.group(1)) == len(of_school)
        if said := re.search(r"(\d+) separate", reason.text):
            assert int(said.group(1)) == len(others)


def _date(number: str, month: str, year: str) -> date:
    return date(int(year), list(month_name).index(month), int(number))


@given(years(), st.randoms(use_true_random=False))
@FEWER
def test_received_at_once_in_any_order_with_repeats_a_family_is_the_same(
    told: list[Statement], dice: random.Random
) -> None:
    links, rest = told[:2], [replace(statement, received_at=moment(LAST + 20)) for statement in told[2:]]
    shuffled = rest + dice.choices(rest, k=len(rest) // 2) if rest else rest
    dice.shuffle(shuffled)
    one, other = tell([*links, *rest]), tell([*links, *shuffled])
    assert stories(one.families.values()) == stories(other.families.values())


@given(years())
@FEWER
def test_told_twice_nothing_changes(told: list[Statement]) -> None:
    twice = [again for statement in told for again in (statement, statement)]
    one, other = tell(told), tell(twice)
    assert one.told_to_desk == other.told_to_desk
    assert [canonical(state) for state in one.families.values()] == [canonical(s) for s in other.families.values()]


@given(years(), st.lists(st.integers(0, (LAST + 100) * 48), max_size=40))
@FEWER
def test_how_often_time_is_told_changes_nothing(told: list[Statement], ticks: list[int]) -> None:
    often = hub(PACK)
    waiting = sorted(moment(tick / 48) for tick in ticks)
    for statement in told:
        while waiting and waiting[0] <= statement.received_at:
            often.let_time_pass(waiting.pop(0))
        often.hear(statement)
    for tick in waiting:
        often.let_time_pass(tick)
    often.let_time_pass(moment(LAST + 100))
    assert often.told_to_desk == tell(told).told_to_desk


@given(years())
@FEWER
def test_a_rule_raises_again_only_for_what_is_no_older(told: list[Statement]) -> None:
    """Once per episode: the newest concern or beginning that a raise names is never before that of the last."""
    newest: dict[str, date] = {}
    ids: list[str] = []
    for one in raised(tell(told)):
        assert one.reason.rule is not None
        now = max(fact.on for fact in one.reason.facts if fact.kind != "school-absence")
        assert now >= newest.get(one.reason.rule.id, now)
        newest[one.reason.rule.id] = now
        ids.append(one.reason.id)
    assert len(set(ids)) == len(ids)


@given(years(), st.data())
@FEWER
def test_a_retraction_before_anything_was_due_is_as_if_it_was_never_said(
    told: list[Statement], data: st.DataObject
) -> None:
    spoken = [statement for statement in told[2:] if not isinstance(statement.body, Marks)]
    if not spoken:
        return
    key = data.draw(st.sampled_from(spoken)).key
    taken_back: list[Statement] = []
    for statement in told:
        taken_back.append(statement)
        if statement.key == key:
            version = replace(statement.version, recorded_at=moment(LAST + 90), event_id="retraction")
            taken_back.append(replace(statement, version=version, retracted=True, digest=b"retraction-------"[:16]))
    kept = [statement for statement in told if statement.key != key]
    assert _live(tell(taken_back)) == _live(tell(kept))


def _live(told: Sequence) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for state in told.families.values():
        view = View(state)
        for child in view.children:
            facts = sorted(key for key, _ in view.facts(child))
            seen = [(s.on, s.session, s.code) for s in view.sessions(child, day(-400), day(400))]
            if facts or seen:
                found[child] = [facts, seen]
    return found
