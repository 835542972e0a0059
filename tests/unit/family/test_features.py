"""What a model may look at: each feature by example, and nothing else (LEARNING section 12, tests 5 and 13)."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from models.family.feature import ALLOWED
from models.family.feature_table import write_table
from models.family.features import FEATURE_LIST, FEATURES, describe
from models.family.view import View
from models.hub.sequence import Sequence
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.specification import hash_features
from schemas.facts import Part
from schemas.identifiers import Moment
from schemas.statements import Statement
from tests.saying import in_family, marks, moment, notification, outcome, referral
from tests.telling import hub, tell
from tests.unit.family.notices import missing, sessions

ROOT = Path(__file__).parents[3]
FORBIDDEN = (
    "ethnic", "sex", "gender", "disab", "send", "faith", "relig", "language", "nation", "asylum", "postcode", "lsoa",
    "depriv", "meal", "school_", "urn", "ward", "name", "birth", "agency", "worker", "team", "prompt", "disposition",
    "score", "time", "received", "recorded", "factors", "closure", "valid_from", "identifiers", "spoken",
)  # fmt: skip


def features_of(told: Sequence, at: Moment | None = None) -> dict[str, float]:
    """What is recorded of the only family, by feature."""
    (state,) = [state for state in told.families.values() if state.strands]
    view = View(state)
    raw = describe(view, view.now if at is None else at)
    nothing = describe(View(type(state)(state.family)), view.now)
    return {f.name: v for f, v, none in zip(FEATURES, raw, nothing, strict=True) if v != none}


def test_the_list_is_named_by_the_hash_that_snapshots_carry() -> None:
    assert hash_features(NEED_WITHIN_90_DAYS) == FEATURE_LIST
    assert len(FEATURES) == len({feature.name for feature in FEATURES}) == 30


def test_the_table_of_the_readme_is_that_of_the_code() -> None:
    assert write_table().strip() in (ROOT / "models" / "README.md").read_text(encoding="utf-8")


def test_every_feature_rests_on_fields_that_are_allowed() -> None:
    for feature in FEATURES:
        assert feature.sources
        for source in feature.sources:
            kind, _, field = source.partition(".")
            assert field in ALLOWED[kind], feature.name


def test_no_field_that_is_allowed_is_of_a_sort_that_is_not() -> None:
    fields = {field for fields in ALLOWED.values() for field in fields}
    assert [field for field in fields for word in FORBIDDEN if word in field and field != "session"] == []


def test_of_nobody_nothing_is_recorded() -> None:
    (state,) = tell(marks((0, 0, "/"), at=1)).families.values()
    raw = dict(zip([feature.name for feature in FEATURES], describe(View(state), moment(1)), strict=True))
    assert {name: value for name, value in raw.items() if value} == {
        "days-since-concern": -1.0,
        "days-since-earlier-concern": -1.0,
    }


def test_incidents_count_once_whatever_was_written_of_them() -> None:
    told = tell(
        notification("n1", at=1, occurrence="one", grade="green"),
        notification("n2", at=2, on=1, occurrence="one", grade="red"),
        notification("n3", at=40, concerns=("domestic-abuse", "physical-abuse", "sexual-abuse")),
        notification("n4", at=41, on=40, notice="ENCOMPASS", concerns=("domestic-abuse",)),
    )
    assert features_of(told) == {
        "police-90": 2.0, "police-365": 2.0, "middle-or-highest-grade-90": 1.0, "highest-grade-365": 1.0,
        "domestic-abuse-90": 1.0, "abuse-365": 1.0, "days-since-concern": 1.0, "days-since-earlier-concern": 40.0,
        "child-there-90": 2.0,
    }  # fmt: skip


def test_windows_look_back_by_dates_and_include_their_first_day() -> None:
    told = tell(notification("n1", at=1.9))
    told.let_time_pass(moment(91.0))
    assert features_of(told, moment(91.0))["police-90"] == 1.0
    assert "police-90" not in features_of(told, moment(92.0))
    assert features_of(told, moment(366.0))["police-365"] == 1.0
    assert features_of(told, moment(367.0)) == {}


def test_a_child_is_missing_only_as_the_subject_of_a_notice_of_category_m() -> None:
    told = tell(
        missing("m1", at=1), missing("m2", at=2, category="A"),
        missing("m3", at=3, parts=(Part("present", True, False),)),
    )  # fmt: skip
    found = features_of(told)
    assert (found["missing-90"], found["missing-365"], found["child-there-90"]) == (1.0, 1.0, 1.0)


def test_referrals_count_by_days_and_by_how_they_were_decided() -> None:
    told = tell(
        referral("r1", at=1, source="2A", outcome="no-further-action", decided=2),
        referral("r2", at=30, source="3A"),
        referral("r3", at=30, on=30, source="3A"),
    )
    assert features_of(told) == {
        "referrals-28": 1.0, "referrals-365": 2.0, "referrals-without-action-365": 1.0, "referred-again-365": 1.0,
        "referred-for-abuse-or-neglect-365": 2.0, "days-since-concern": 0.0, "days-since-earlier-concern": 29.0,
    }  # fmt: skip
    assert features_of(told, moment(30.0))["referrals-28"] == 1.0


def test_a_decision_is_not_known_before_it_was_taken() -> None:
    told = tell(referral("r1", at=10, on=1, outcome="assessment", decided=9))
    assert "referrals-assessed-365" not in features_of(told, moment(8))
    assert features_of(told, moment(9))["referrals-assessed-365"] == 1.0


@pytest.mark.parametrize("source", ["1A", "1C"])
def test_asking_for_help_oneself_raises_nothing(source: str) -> None:
    assert features_of(tell(referral(at=1, source=source))) == {}


def test_concerns_of_one_place_alone_are_of_no_several() -> None:
    assert "places-28" not in features_of(tell(notification("n1", at=1), notification("n2", at=2)))
    assert features_of(tell(notification("n1", at=1), referral(at=2, source="2A")))["places-28"] == 2.0


def test_what_services_found_and_ended() -> None:
    told = tell(
        outcome("o1", at=1, what="s47-started"),
        outcome("o2", at=5, what="cp-plan-started"),
        outcome("o3", at=6, what="cin-plan-started"),
        outcome("o4", at=30, what="cp-plan-ended"),
        outcome("o5", at=40, what="case-closed"),
        outcome("o6", at=41, what="early-help-started"),
    )
    assert features_of(told) == {
        "enquiries-365": 1.0, "protection-ended-365": 1.0, "in-need-plan-ended-365": 1.0, "early-help-open": 1.0,
    }  # fmt: skip
    assert features_of(told, moment(35)) == {"enquiries-365": 1.0, "protection-ended-365": 1.0}


def test_missed_school_is_compared_with_the_childs_own_and_never_added_up() -> None:
    before = sessions(0, 80)
    told = hub()
    told.hear(in_family("l1", "a", "F", at=0))
    told.hear(in_family("l2", "b", "F", at=0))
    for child in "ab":
        told.hear(marks(*before, at=81, child=child))
        told.hear(marks(*sessions(84, 88, "O"), *sessions(91, 105), at=106, child=child))
    found = features_of(told, moment(106))
    assert found["unauthorised-28"] == 10.0
    assert 0.2 < found["unauthorised-rise-28"] < 0.5
    assert "steady-attendance-28" not in found
    assert features_of(told, moment(78)) == {"steady-attendance-28": 1.0}


def test_illness_and_leave_are_never_looked_at() -> None:
    attending = tell(marks(*sessions(0, 60, "/"), at=61))
    ill = tell(marks(*sessions(0, 60, "I"), at=61))
    observant = tell(marks(*sessions(0, 60, "R"), at=61))
    assert features_of(attending) == features_of(ill) == features_of(observant)


ONE_FAMILY = [in_family("l1", "a", "F", at=0), in_family("l2", "b", "F", at=0), in_family("l3", "c", "F", at=0)]


def _with(**changes: object) -> list[Statement]:
    """A family's year, with one thing in it told otherwise."""
    child, school = str(changes.get("child", "a")), str(changes.get("school", "123456"))
    council, police = str(changes.get("council", "riverton-council")), str(changes.get("police", "riverton-police"))
    more = {"children": ((child,),)}
    return [
        *ONE_FAMILY,
        marks(*sessions(0, 80), at=81, child=child, school=school),
        referral("r1", at=82, agency=council, recorded=changes.get("recorded"), **more),  # type: ignore[arg-type]
        notification("n1", at=83, concerns=("domestic-abuse", *changes.get("noted", ())), **more)  # type: ignore[misc]
        if police == "riverton-police"
        else notification("n1", at=83, concerns=("domestic-abuse",), **more),
        outcome("o1", at=84, what="s47-started", **more),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"child": "c"},
        {"school": "654321"},
        {"council": "a-council-elsewhere"},
        {"recorded": 81.5},
        {"noted": ("mental-health-adult", "mental-health-child", "self-harm", "substance-misuse-adult", "other")},
    ],
)
def test_who_where_and_when_it_was_written_change_nothing(changes: dict[str, object]) -> None:
    assert features_of(tell(*_with(**changes))) == features_of(tell(*_with()))


def test_the_number_of_children_changes_nothing() -> None:
    def told(names: str) -> Sequence:
        children = tuple((name,) for name in names)
        return tell(
            *ONE_FAMILY,
            notification("n1", at=83, children=children),
            *(referral(f"r{name}", at=84, children=((name,),)) for name in names),
            *(outcome(f"o{name}", at=85, what="s47-started", children=((name,),)) for name in names),
            *(marks(*sessions(0, 80, "O"), at=86, child=name) for name in names),
        )

    assert features_of(told("a")) == features_of(told("abc"))


def test_what_was_raised_changes_nothing() -> None:
    told = tell(*(notification(f"n{n}", at=n) for n in (1, 2, 3)))
    (state,) = told.families.values()
    assert state.watched
    without = replace(state, watched=(), strands={n: replace(s, bounds={}) for n, s in state.strands.items()})
    assert describe(View(without), state.clock) == describe(View(state), state.clock)
