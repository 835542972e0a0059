"""A model among rules: when it is asked, what it may raise, and what it never says (LEARNING section 12, 10 and 13)."""

from __future__ import annotations

import math
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.family.episodes import raw_of
from models.family.judge import SILENT
from models.family.model_reasons import QUESTION
from models.family.state import canonical
from models.hub.sequence import Sequence
from models.learning.judge import SnapshotJudge
from schemas.examples import Matured
from schemas.facts import Outcome
from schemas.prompts import ModelVersion
from schemas.statements import Statement
from tests.saying import day, in_family, marks, moment, notification, outcome, referral, said
from tests.telling import restated, tell
from tests.unit.family.judges import a_judge, a_snapshot, judged, raised_by_model, scored
from tests.unit.family.notices import sessions

TWO = [notification("n1", at=10.5, grade="amber"), notification("n2", at=12.5, grade="amber")]
MISSED = marks(*sessions(0, 4, "O"), at=5)
THREE_KINDS = [
    marks(*sessions(0, 4, "O"), at=5), outcome("e", at=6, what="s47-started"), notification("n1", at=10.5),
    referral("r1", at=10.6, source="2A"),
]  # fmt: skip


ASSESSED = (
    "Assessments that led to no further action in the 365 days up to 12 March 2026: 1, the latest on 5 March 2026."
)
ONE_LEFT = "Incidents that the police told of in the 90 days up to 16 April 2026: 1, the latest on 16 April 2026."


class NeverAsked:
    """A judge of which nobody may ask anything but what it may do."""

    specification = version = feature_list = ""

    def __init__(self, mode: str) -> None:
        self.mode = mode

    def threshold_for(self, *, open_case: bool) -> float | None:
        raise AssertionError("asked")

    def score(self, raw: object) -> float:
        raise AssertionError("asked")

    def explain(self, raw: object) -> tuple[tuple[str, float], ...]:
        raise AssertionError("asked")


# When it is asked


def test_a_silent_judge_is_never_asked() -> None:
    told = judged(*THREE_KINDS, *TWO, judge=NeverAsked("silent"))
    assert scored(told) == []


def test_a_judge_of_another_list_of_features_is_never_asked() -> None:
    assert scored(judged(*THREE_KINDS, *TWO, judge=NeverAsked("live"))) == []


def test_in_shadow_each_episode_is_recorded_once_and_nobody_is_prompted() -> None:
    told = judged(*TWO, notification("n3", at=45, grade="amber"), judge=a_judge("shadow", 0.0))
    silent = tell(*TWO, notification("n3", at=45, grade="amber"))
    assert [row.at for row in scored(told)] == [moment(10.5), moment(45)]
    assert told.told_to_desk == silent.told_to_desk
    assert {row.reason for row in scored(told)} == {None}


def test_what_is_recorded_are_the_features_that_the_row_keeps() -> None:
    told = judged(*THREE_KINDS, judge=a_judge("shadow"))
    (state,) = told.families.values()
    (row,) = state.rows
    (record,) = scored(told)
    assert record.features == raw_of(row)
    told.let_time_pass(moment(120))
    (matured,) = [example for example in told.examples if isinstance(example, Matured)]
    assert (matured.row, matured.features, matured.feature_list) == (record.row, record.features, record.feature_list)


@pytest.mark.parametrize("judge", [a_judge("shadow"), a_judge("live", None), a_judge("live", 1.0)])
def test_what_is_learned_hangs_on_no_model(judge: object) -> None:
    told, silent = judged(*THREE_KINDS, *TWO, judge=judge), tell(*THREE_KINDS, *TWO)
    assert [canonical(s) for s in told.families.values()] == [canonical(s) for s in silent.families.values()]
    told.let_time_pass(moment(150))
    silent.let_time_pass(moment(150))
    assert [example for example in told.examples if isinstance(example, Matured)] == silent.examples


def test_scores_are_those_of_the_snapshot_to_the_bit_and_parts_sum_to_the_logit() -> None:
    judge = a_judge("shadow")
    (record,) = scored(judged(*THREE_KINDS, judge=judge))
    assert record.score == judge.score(record.features)
    assert record.contributions == judge.explain(record.features)
    intercept = a_snapshot().body.intercept
    logit = math.fsum((intercept, *(value for _, value in record.contributions)))
    assert record.score == 1 / (1 + math.exp(-logit))


# What it raises


def test_above_the_threshold_it_asks_once_for_each_episode() -> None:
    told = judged(*TWO, notification("n3", at=13.5), notification("n4", at=45, grade="amber"))
    first, second = raised_by_model(told)
    assert (first.at, second.at) == (moment(10.5), moment(45))
    assert first.reason.id != second.reason.id
    assert first.reason.model == ModelVersion(specification="need-within-90-days", version=a_judge().version)
    assert first.reason.rule is None
    assert (first.kind, first.question) == ("review", QUESTION)
    assert not first.bypasses_budget
    assert [row.reason for row in scored(told)] == [first.reason.id, second.reason.id]
    told.let_time_pass(moment(160))
    assert [e.prompted for e in told.examples if isinstance(e, Matured)] == ["model", "model"]


def test_a_later_event_of_the_episode_may_carry_it_above() -> None:
    at_first = scored(judged(TWO[0], judge=a_judge("shadow")))[0].score
    told = judged(*TWO, judge=a_judge("live", at_first))
    assert [raised.at for raised in raised_by_model(told)] == [moment(12.5)]
    opening, raising = scored(told)
    assert opening.row == raising.row
    assert (opening.reason, raising.reason) == (None, raised_by_model(told)[0].reason.id)
    assert raising.score > at_first == opening.score


def test_the_threshold_itself_is_not_above_it() -> None:
    score = scored(judged(TWO[0], judge=a_judge("shadow")))[0].score
    assert raised_by_model(judged(TWO[0], judge=a_judge("live", score))) == []
    assert raised_by_model(judged(TWO[0], judge=a_judge("live", math.nextafter(score, 0)))) != []


HELPED = outcome("h", at=4, what="early-help-started")


def thresholds(first: float | None, open_case: float | None) -> SnapshotJudge:
    return SnapshotJudge(a_snapshot(), "live", first, open_case)


def test_a_family_is_held_against_the_threshold_of_the_team_that_its_prompt_would_go_to() -> None:
    first, open_case = thresholds(0.0, 1.0), thresholds(1.0, 0.0)
    assert len(raised_by_model(judged(TWO[0], judge=first))) == 1
    assert raised_by_model(judged(TWO[0], judge=open_case)) == []
    assert raised_by_model(judged(HELPED, TWO[0], judge=first)) == []
    (raised,) = raised_by_model(judged(HELPED, TWO[0], judge=open_case))
    assert raised.open_case


def test_the_record_says_whether_a_plan_was_open_and_which_threshold_applied() -> None:
    judge = thresholds(0.25, 0.75)
    for told, open_case, applied in (([TWO[0]], False, 0.25), ([HELPED, TWO[0]], True, 0.75)):
        (record,) = scored(judged(*told, judge=judge))
        assert (record.open_case, record.threshold) == (open_case, applied)


def test_a_plan_that_opens_amid_an_episode_moves_the_family_to_the_other_threshold() -> None:
    later = outcome("h", at=11.5, what="early-help-started")
    opening, raising = scored(judged(TWO[0], later, TWO[1], judge=thresholds(1.0, 0.0)))
    assert (opening.open_case, opening.threshold, opening.reason) == (False, 1.0, None)
    assert (raising.open_case, raising.threshold, raising.row) == (True, 0.0, opening.row)
    assert raising.reason is not None


def test_for_a_team_without_a_threshold_the_episode_is_recorded_and_nobody_is_asked_again() -> None:
    (record,) = scored(judged(HELPED, *TWO, judge=thresholds(0.0, None)))
    assert (record.open_case, record.threshold, record.reason) == (True, None, None)


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_what_the_other_teams_threshold_is_changes_nothing(own: float, other: float, open_case: bool) -> None:
    told = [HELPED, *TWO] if open_case else TWO
    pair = (other, own) if open_case else (own, other)
    alone = (None, own) if open_case else (own, None)
    one, two = (judged(*told, judge=thresholds(*said)) for said in (pair, alone))
    assert scored(one) == scored(two)
    assert raised_by_model(one) == raised_by_model(two)


def test_after_28_days_an_episode_is_too_old_to_raise() -> None:
    at_first = scored(judged(TWO[0], judge=a_judge("shadow")))[0].score
    late = marks(*sessions(14, 38, "O"), at=39)
    assert raised_by_model(judged(TWO[0], late, judge=a_judge("live", at_first))) == []
    in_time = marks(*sessions(14, 37, "O"), at=38)
    assert len(raised_by_model(judged(TWO[0], in_time, judge=a_judge("live", at_first)))) == 1


def test_missed_school_and_outcomes_alone_call_nobody() -> None:
    told = [MISSED, outcome("e", at=6, what="s47-started"), notification("n1", at=10.5)]
    only_school = a_judge("live", 0.0, {"unauthorised-28": 2.0, "enquiries-365": 2.0})
    assert raised_by_model(judged(*told, judge=only_school)) == []
    with_concern = a_judge("live", 0.0, {"unauthorised-28": 2.0, "enquiries-365": 2.0, "police-90": 0.1})
    assert len(raised_by_model(judged(*told, judge=with_concern))) == 1


def test_where_the_need_is_known_since_nobody_is_asked() -> None:
    at_first = scored(judged(TWO[0], judge=a_judge("shadow")))[0].score
    plan = outcome("p", at=11.5)
    assert raised_by_model(judged(TWO[0], plan, TWO[1], judge=a_judge("live", at_first))) == []


def test_it_says_at_most_three_things_in_words_and_names_their_facts() -> None:
    told = judged(*THREE_KINDS, notification("n2", at=11.5, grade="amber"), judge=a_judge("live", 0.35))
    (raised,) = raised_by_model(told)
    sentences = re.split(r"(?<=\.) ", raised.reason.text)
    assert sentences == [
        "Incidents that the police told of in the 90 days up to 12 March 2026: 1, the latest on 12 March 2026.",
        "The newest concern is of 12 March 2026.",
        "School sessions a child missed without leave in the 28 days up to 12 March 2026: 10.",
    ]
    kinds = [fact.kind for fact in raised.reason.facts]
    assert kinds == ["school-absence"] * 10 + ["police-notification", "referral"]
    assert len(raised.children) == 1


def test_things_seen_in_several_windows_are_one_thing() -> None:
    weights = {"police-90": 0.3, "police-365": 0.2, "middle-or-highest-grade-90": 0.1, "days-since-concern": 0.5}
    (raised, *_) = raised_by_model(judged(*TWO, judge=a_judge("live", 0.0, weights)))
    assert raised.reason.text.count("Incidents") == 1
    assert raised.reason.text.startswith("Incidents that the police told of in the 90 days")


def test_what_lowers_speaks_against_and_is_said_once() -> None:
    assessed = said(Outcome("assessment-completed", day(3), "no-further-action", None), key="s", at=3, kind="outcome")
    told = [assessed, outcome("h", at=4, what="early-help-started"), *TWO]
    (raised, *_) = raised_by_model(judged(*told, judge=a_judge("live", 0.0)))
    assert [(one.text, [fact.text for fact in one.facts]) for one in raised.speaks_against] == [
        (
            "An early help plan has been in place since 6 March 2026.",
            ["The early help plan began on 6 March 2026."],
        ),
        (ASSESSED, ["An assessment was completed on 5 March 2026."]),
    ]
    assert raised.notes == ()


# What it never says


def _texts_of(told: Sequence) -> bytes:
    return b"".join(msgspec.json.encode(prompt) for prompt in told.revisions)


def test_no_number_of_the_model_is_in_a_prompt() -> None:
    told = judged(*THREE_KINDS, *TWO, judge=a_judge("live", 0.0417))
    assert raised_by_model(told)
    published = _texts_of(told).decode()
    without_times = re.sub(r"\d\d:\d\d:\d\d(\.\d+)?Z", "", published)
    assert re.findall(r"\d\.\d", without_times) == []
    for record in scored(told):
        for number in (record.score, record.threshold, *(value for _, value in record.contributions)):
            assert f"{number:.4f}"[2:] not in without_times
    assert not re.search(r"score|threshold|weight|probab|percent|%", published, re.IGNORECASE)


def test_two_snapshots_that_score_apart_say_the_same_words() -> None:
    doubled = {"police-90": 3.4, "days-since-concern": 1.2}
    single = {"police-90": 1.7, "days-since-concern": 0.6}
    one, other = (judged(*TWO, judge=a_judge("live", 0.0, weights)) for weights in (single, doubled))
    assert scored(one)[0].score != scored(other)[0].score
    assert raised_by_model(one)[0].reason.text == raised_by_model(other)[0].reason.text
    assert raised_by_model(one)[0].reason.facts == raised_by_model(other)[0].reason.facts


def test_repr_holds_no_score() -> None:
    (record,) = scored(judged(*THREE_KINDS, judge=a_judge("shadow")))
    assert repr(record) == "Scored(...)"


# What becomes of it


def _without(told: list[Statement], key: str, at: float) -> list[Statement]:
    (said,) = [statement for statement in told if statement.key == key]
    gone = replace(
        said,
        retracted=True,
        received_at=moment(at),
        version=replace(said.version, recorded_at=moment(at), event_id="gone"),
        digest=b"x" * 16,
    )
    return [*told, gone]


def test_a_corrected_fact_changes_the_basis_and_the_words() -> None:
    judge = a_judge("live", 0.0, {"police-90": 1.0, "unauthorised-28": 1.0})
    told = [MISSED, notification("n0", at=9.5), notification("n1", at=45), notification("n2", at=45.1)]
    reason = raised_by_model(judged(*told, judge=judge))[1].reason
    assert "90 days up to 16 April 2026: 2, the latest on 16 April 2026." in reason.text
    again = judged(*_without(told, "n0", 46), judge=judge)
    (new,) = [one.reason for one in restated(again) if one.reason_id == reason.id]
    assert new is not None
    # put together anew from all that stands; n2 is of later that day
    assert new.text == ONE_LEFT
    assert (new.id, new.model, new.since) == (reason.id, reason.model, reason.since)


def test_with_its_last_concern_gone_the_reason_is_gone_and_said_so() -> None:
    told = [MISSED, notification("n1", at=10.5)]
    again = judged(*_without(told, "n1", 10.7))
    (raised,) = raised_by_model(again)
    (gone,) = [one for one in restated(again) if one.reason_id == raised.reason.id]
    assert gone.reason is None
    assert gone.note == "What it rests on has changed, and this no longer holds: several things seen together."
    assert again.revisions[-1].basis_changed
    assert again.revisions[-1].reasons == ()


def test_a_new_fact_alone_restates_nothing() -> None:
    told = judged(*TWO, marks((12, 0, "O"), at=12.6), outcome("e", at=12.7, what="s47-started"))
    assert restated(told) == []


@pytest.mark.parametrize("lost", ["n1", "a"])
def test_without_a_fact_that_it_named_it_does_not_say_so(lost: str) -> None:
    weights = {"police-90": 1.0, "unauthorised-28": 1.0}
    judge = a_judge("live", scored(judged(MISSED, referral(at=10.5), judge=a_judge("shadow", None, weights)))[0].score)
    (raised,) = raised_by_model(judged(MISSED, TWO[0], judge=judge))
    left = [statement for statement in (MISSED, TWO[0]) if statement.key != lost]
    again = raised_by_model(judged(*left, judge=judge))
    sentence = {"n1": "Incidents", "a": "School sessions"}[lost]
    assert sentence in raised.reason.text
    assert all(sentence not in one.reason.text for one in again)


def test_a_silent_judge_again_leaves_reasons_watched() -> None:
    told = judged(*TWO)
    told.judge = SILENT
    for statement in _without(TWO, "n1", 13)[2:]:
        told.hear(statement)
    assert len(restated(told)) == 1


def test_a_child_that_moves_away_changes_the_basis() -> None:
    linked = [in_family("l1", "a", "F", at=0), in_family("l2", "b", "F", at=0)]
    told = judged(*linked, notification("n1", at=10.5, children=(("a",), ("b",)), parts=None))
    (raised,) = raised_by_model(told)
    told.hear(in_family("l1", "a", "G", at=10.6, recorded=10.6))
    (again,) = [one for one in restated(told) if one.reason_id == raised.reason.id]
    assert again.reason is not None
    assert len(again.reason.facts) == 1
