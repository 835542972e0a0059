"""Features know the past and nothing else (LEARNING section 12, tests 1 and 5)."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.family.features import FEATURES, describe
from models.family.reading import Reading
from models.family.state import FamilyState
from models.family.view import View
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.specification import prepare_vector
from schemas.identifiers import FamilyId
from schemas.statements import Statement
from tests.saying import in_family, marks, moment, notification, outcome, referral
from tests.telling import tell
from tests.unit.family.notices import missing

CHILDREN = ("a", "b")
LAST = 120
LINKS = [in_family("la", "a", "F", at=0), in_family("lb", "b", "F", at=0)]
OUTCOMES = (
    "s47-started", "cin-plan-started", "cin-plan-ended", "cp-plan-started", "cp-plan-ended", "early-help-started",
    "early-help-ended", "looked-after-started", "case-closed",
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """Each thing is told on the day it happens; a decision is told by a second statement when it is taken."""
    told: list[Statement] = []
    for number in range(draw(st.integers(1, 14))):
        child = draw(st.sampled_from(CHILDREN))
        on = draw(st.integers(1, LAST))
        names = ((child,),)
        match draw(st.sampled_from(("referral", "notification", "missing", "outcome", "marks", "marks"))):
            case "referral":
                source = draw(st.sampled_from(("1C", "2A", "3A", "6")))
                told.append(referral(f"r{number}", at=on, source=source, children=names))
                if decided := draw(st.integers(0, 60)):
                    how = draw(st.sampled_from(("no-further-action", "assessment", "early-help")))
                    later = {"on": on, "outcome": how, "decided": on + decided, "children": names}
                    told.append(referral(f"r{number}", at=on + decided, source=source, **later))
            case "notification":
                noted = draw(st.sampled_from(((), ("domestic-abuse",), ("neglect", "physical-abuse"))))
                grade = draw(st.sampled_from(("green", "amber", "red", None)))
                occurrence = draw(st.sampled_from(("one", "two", None)))
                more = {"concerns": noted, "grade": grade, "occurrence": occurrence, "children": names}
                told.append(notification(f"n{number}", at=on, **more))
            case "missing":
                told.append(missing(f"m{number}", at=on, children=names))
            case "outcome":
                told.append(outcome(f"o{number}", at=on, what=draw(st.sampled_from(OUTCOMES)), children=names))
            case _:
                code = draw(st.sampled_from(("/", "O", "N", "I")))
                days = range(max(1, on - 4), on + 1)
                told += [marks((day, 0, code), at=day, child=child, event_id=f"m{number}-{day}") for day in days]
    return sorted(told, key=lambda statement: statement.received_at)


def _family(*told: Statement) -> FamilyState:
    return tell(*told).families.get(FamilyId("F")) or FamilyState(FamilyId("F"))


@given(histories(), st.integers(1, LAST))
def test_what_comes_later_is_not_seen(told: list[Statement], day: int) -> None:
    at = moment(day + 0.999)
    until_then = _family(*LINKS, *(statement for statement in told if statement.received_at <= at))
    of_all = _family(*LINKS, *told)
    assert describe(View(of_all), at) == describe(View(until_then), at)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_feature(told: list[Statement], dice: random.Random) -> None:
    at_once = [replace(statement, received_at=moment(LAST + 61)) for statement in told]
    shuffled = [*at_once, *dice.choices(at_once, k=len(at_once) // 2)]
    dice.shuffle(shuffled)
    one, other = _family(*LINKS, *at_once), _family(*LINKS, *shuffled)
    assert describe(View(one), one.clock) == describe(View(other), other.clock)


@given(histories())
def test_every_fact_that_counts_is_named_and_no_other(told: list[Statement]) -> None:
    """Putting into words counts as the vector does, however often that is asked."""
    state = _family(*LINKS, *told)
    reading = Reading(View(state), state.clock)
    for feature, value in zip(FEATURES, describe(View(state), state.clock), strict=True):
        gathered = feature.reads.gather(reading)
        assert (gathered.count > 0) == (value > 0 or (feature.name.startswith("days-since") and value == 0)), feature
        if feature.name.startswith(
            ("police", "referrals", "referred", "missing", "places", "enquir", "unauthorised-28")
        ):
            assert gathered.count == value, feature.name


@given(histories())
def test_every_vector_is_bounded(told: list[Statement]) -> None:
    state = _family(*LINKS, *told)
    vector = prepare_vector(NEED_WITHIN_90_DAYS)(describe(View(state), state.clock))
    assert all(0.0 <= x <= 1.0 for x in vector)
