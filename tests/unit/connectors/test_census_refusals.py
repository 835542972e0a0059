"""What a census file cannot say, where it is reported, and what goes on without it."""

from typing import get_args

import pytest

from schemas.wire.referral_v1 import Factor
from streams.connectors.reports import SENTENCES, Lost, Reason, Refused, Tally
from tests.unit.connectors.census_files import (
    GOOD_UPN,
    OTHER_UPN,
    a_census,
    a_child,
    a_header,
    a_plan,
    a_protection_plan,
    an_assessment,
    an_enquiry,
    an_episode,
    events,
    reports,
    steps,
    tell,
)

EPISODE = "Child[1]/CINdetails[1]"


@pytest.mark.parametrize(
    ("episode", "place", "reason"),
    [
        (an_episode(referred=None), "CINreferralDate", "MISSING"),
        (an_episode(referred=""), "CINreferralDate", "MISSING"),
        (an_episode(referred="01/06/2023"), "CINreferralDate", "BAD_DATE"),
        (an_episode(referred="2023-02-30"), "CINreferralDate", "BAD_DATE"),
        (an_episode(referred="1066-10-14"), "CINreferralDate", "DATE_OUT_OF_RANGE"),
        (an_episode(referred="2024-05-24"), "CINreferralDate", "FUTURE_DATE"),
        (an_episode(source=None), "ReferralSource", "MISSING"),
        (an_episode(source="1Z"), "ReferralSource", "UNKNOWN_CODE"),
        (an_episode(referred="2" * 2000), "CINreferralDate", "TOO_LONG"),
    ],
)
def test_an_episode_that_cannot_be_told_is_refused_whole_and_the_next_is_told(
    episode: str, place: str, reason: str
) -> None:
    file = a_census(a_child(episode, an_episode(referred="2023-09-01")))
    assert reports(file) == [(f"{EPISODE}/{place}", reason)]
    assert [item.lost for item in tell(file) if isinstance(item, Refused)] == [Lost.EPISODE]
    assert [data["referred_at"][:10] for data in events(file)] == ["2023-09-01"]


def test_an_unknown_need_is_not_known() -> None:
    file = a_census(a_child(an_episode(need="N12")))
    assert events(file)[0]["primary_need"] is None
    assert reports(file) == [(f"{EPISODE}/PrimaryNeedCode", "UNKNOWN_CODE")]


@pytest.mark.parametrize(("nfa", "reason"), [("yes", "UNKNOWN_CODE"), (None, "MISSING"), ("", "MISSING")])
def test_an_unreadable_flag_decides_nothing(nfa: str | None, reason: str) -> None:
    file = a_census(a_child(an_episode(nfa=nfa)))
    assert events(file)[0]["outcome"] is None
    assert reports(file) == [(f"{EPISODE}/ReferralNFA", reason)]


@pytest.mark.parametrize("local", [None, "", "   "])
def test_a_child_without_the_agencys_number_is_refused(local: str | None) -> None:
    file = a_census(a_child(an_episode(), local=local), a_child(an_episode(), local="LA0002"))
    assert reports(file) == [("Child[1]/ChildIdentifiers/LAchildID", "MISSING")]
    assert len(events(file)) == 1


def test_a_number_of_64_characters_is_taken_and_a_longer_one_refused() -> None:
    assert len(events(a_census(a_child(an_episode(), local="x" * 64)))) == 1
    assert reports(a_census(a_child(an_episode(), local="x" * 65))) == [
        ("Child[1]/ChildIdentifiers/LAchildID", "TOO_LONG")
    ]


@pytest.mark.parametrize(
    ("upn", "reason"),
    [("A999400124001", "UPN_CHECK"), ("X98765432123B", "UPN_TEMPORARY"), ("UNKNOWN", "UPN_SHAPE")],
)
def test_a_pupil_number_that_fails_its_check_is_dropped_and_the_child_kept(upn: str, reason: str) -> None:
    file = a_census(a_child(an_episode(), upn=upn))
    assert reports(file) == [("Child[1]/ChildIdentifiers/UPN", reason)]
    assert [data["child"]["identifiers"] for data in events(file)] == [[{"scheme": "la-child-id", "value": "LA0001"}]]


def test_a_pupil_number_joins_no_second_child() -> None:
    file = a_census(
        a_child(an_episode(), upn=GOOD_UPN),
        a_child(an_episode(), local="LA0002", upn=GOOD_UPN),
        a_child(an_episode(), local="LA0003", upn=OTHER_UPN, former_upn=GOOD_UPN),
    )
    named = [{name["value"] for name in link["child"]["identifiers"]} for link in events(file, "family-link")]
    assert named == [{GOOD_UPN, "LA0001"}, {OTHER_UPN, "LA0003"}]
    assert reports(file) == [
        ("Child[2]/ChildIdentifiers/UPN", "UPN_OF_ANOTHER_CHILD"),
        ("Child[3]/ChildIdentifiers/FormerUPN", "UPN_OF_ANOTHER_CHILD"),
    ]


@pytest.mark.parametrize("closed", ["2023-02-30", "2024-05-24", "2022-12-31"])
def test_a_closing_date_that_cannot_be_leaves_the_referral_open(closed: str) -> None:
    file = a_census(a_child(an_episode(closed=closed, closure="RC7")))
    [referral] = events(file)
    assert referral["closed_on"] is None
    assert referral["closure_reason"] is None
    assert reports(file)[0][0] == f"{EPISODE}/CINclosureDate"


def test_a_closing_date_without_a_reason_closes_the_case_and_says_no_reason() -> None:
    file = a_census(a_child(an_episode(closed="2023-07-01")))
    assert steps(file) == [("case-closed", "2023-07-01", None)]
    assert events(file, "referral")[0]["closed_on"] is None
    assert reports(file) == [(f"{EPISODE}/CINclosureDate", "CLOSURE_INCOMPLETE")]


def test_a_reason_without_a_closing_date_closes_nothing() -> None:
    file = a_census(a_child(an_episode(closure="RC7")))
    assert steps(file) == []
    assert events(file, "referral")[0]["closure_reason"] is None
    assert reports(file) == [(f"{EPISODE}/ReasonForClosure", "CLOSURE_INCOMPLETE")]


@pytest.mark.parametrize(
    ("module", "place", "kept"),
    [
        (a_plan("2023-07-10", "2023-07-09"), "CINPlanDates[1]/CINPlanEndDate", "cin-plan-started"),
        (a_protection_plan("2023-07-10", "2023-07-09"), "ChildProtectionPlans[1]/CPPendDate", "cp-plan-started"),
        (
            an_assessment("2023-07-10", "2023-07-09"),
            "Assessments[1]/AssessmentAuthorisationDate",
            "assessment-started",
        ),
    ],
)
def test_an_end_before_its_start_is_left_out(module: str, place: str, kept: str) -> None:
    file = a_census(a_child(an_episode(module)))
    assert steps(file) == [(kept, "2023-07-10", None)]
    assert reports(file) == [(f"{EPISODE}/{place}", "ENDED_BEFORE_STARTED")]


@pytest.mark.parametrize(
    ("module", "place"),
    [
        (an_assessment("2028-04-28", None), "Assessments[1]/AssessmentActualStartDate"),
        (a_plan("2028-04-28"), "CINPlanDates[1]/CINPlanStartDate"),
        (an_enquiry("2028-04-28"), "Section47[1]/S47ActualStartDate"),
        (a_protection_plan("2028-04-28"), "ChildProtectionPlans[1]/CPPstartDate"),
    ],
)
def test_a_start_after_the_file_was_recorded_is_refused(module: str, place: str) -> None:
    file = a_census(a_child(an_episode(module)))
    assert steps(file) == []
    assert reports(file) == [(f"{EPISODE}/{place}", "FUTURE_DATE")]


def test_work_before_the_referral_is_told_as_written_and_said() -> None:
    file = a_census(a_child(an_episode(an_enquiry("2023-05-30"))))
    assert steps(file) == [("s47-started", "2023-05-30", None)]
    assert reports(file) == [(f"{EPISODE}/Section47[1]/S47ActualStartDate", "BEFORE_REFERRAL")]


def test_a_referral_without_action_that_was_worked_on_is_told_as_written_and_said() -> None:
    file = a_census(a_child(an_episode(an_assessment(), nfa="true")))
    assert events(file, "referral")[0]["outcome"] == "no-further-action"
    assert len(steps(file)) == 2
    assert reports(file) == [(EPISODE, "NFA_WITH_ACTIVITY")]


def test_more_factors_than_the_contract_carries_are_refused() -> None:
    every = get_args(Factor)
    file = a_census(a_child(an_episode(an_assessment("2023-06-05", None, *every))))
    assert len(events(file, "referral")[0]["factors"]) == 40
    assert [reason for _, reason in reports(file)] == ["TOO_MANY"] * (len(every) - 40)


def test_without_a_recorded_time_the_file_is_refused_with_what_to_do() -> None:
    for header in (a_header(None, None), ""):
        [refused] = tell(a_census(a_child(an_episode()), header=header))
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.lost) == (Reason.NO_RECORDED_TIME, Lost.FILE)
        assert "--recorded-at" in SENTENCES[refused.reason]


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_a_tally_balances() -> None:
    tally = Tally()
    for item in tell(a_census(a_child(an_episode(need="N12"), an_episode(source="1Z"), upn=GOOD_UPN))):
        tally.count(item)
    assert tally.as_json() == {
        "complete": True,
        "events": {"family-link": 1, "referral": 1},
        "refused": {"UNKNOWN_CODE": 2},
        "noted": {},
    }
