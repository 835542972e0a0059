"""What a census says, and what the wire hears of it."""

from datetime import datetime

import pytest

from streams.connectors.reports import WireEvent
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
    field,
    reports,
    steps,
    tag,
    tell,
)


def test_an_episode_is_a_referral() -> None:
    [referral] = events(a_census(a_child(an_episode())), "referral")
    assert referral | {"referral_id": "-"} == {
        "referral_id": "-",
        "child": {"identifiers": [{"scheme": "la-child-id", "value": "LA0001"}]},
        "referred_at": "2023-06-01T00:00:00+01:00",
        "source_code": "6",
        "primary_need": "N1",
        "outcome": None,
        "decided_at": None,
        "factors": [],
        "closed_on": None,
        "closure_reason": None,
    }


def test_a_whole_episode_is_told_step_by_step_under_its_referral() -> None:
    episode = an_episode(
        an_assessment("2023-06-05", "2023-07-03", "3B", "4B"),
        a_plan("2023-07-10", "2023-08-10"),
        an_enquiry("2023-06-20", "2023-07-04"),
        a_protection_plan("2023-07-12", "2024-01-12"),
        closed="2024-02-01",
        closure="RC7",
    )
    file = a_census(a_child(episode))
    assert steps(file) == [
        ("assessment-started", "2023-06-05", None),
        ("assessment-completed", "2023-07-03", None),
        ("cin-plan-started", "2023-07-10", None),
        ("cin-plan-ended", "2023-08-10", None),
        ("s47-started", "2023-06-20", None),
        ("icpc", "2023-07-04", None),
        ("cp-plan-started", "2023-07-12", None),
        ("cp-plan-ended", "2024-01-12", None),
        ("case-closed", "2024-02-01", "RC7"),
    ]
    [referral] = events(file, "referral")
    assert {outcome["referral_id"] for outcome in events(file, "outcome")} == {referral["referral_id"]}
    assert (referral["closed_on"], referral["closure_reason"]) == ("2024-02-01", "RC7")
    assert referral["factors"] == ["3B", "4B"]


@pytest.mark.parametrize("nfa", ["true", "TRUE", "1", " true "])
def test_a_referral_without_further_action_is_decided_on_its_own_date(nfa: str) -> None:
    [referral] = events(a_census(a_child(an_episode(nfa=nfa))), "referral")
    assert referral["outcome"] == "no-further-action"
    assert referral["decided_at"] == referral["referred_at"]


@pytest.mark.parametrize("nfa", ["false", "FALSE", "0"])
def test_a_referral_that_went_on_is_not_called_without_action(nfa: str) -> None:
    [referral] = events(a_census(a_child(an_episode(nfa=nfa))), "referral")
    assert referral["outcome"] is None


def test_an_assessment_says_what_was_decided_and_an_enquiry_only_without_one() -> None:
    assert (
        events(a_census(a_child(an_episode(an_assessment(), an_enquiry()))), "referral")[0]["outcome"] == "assessment"
    )
    alone = events(a_census(a_child(an_episode(an_enquiry()))), "referral")[0]
    assert alone["outcome"] == "strategy-discussion"
    assert alone["decided_at"] == alone["referred_at"]


def test_an_assessment_with_an_impossible_date_still_says_what_was_decided() -> None:
    episode = an_episode(an_assessment("2028-04-28"), an_enquiry())
    assert events(a_census(a_child(episode)), "referral")[0]["outcome"] == "assessment"


def test_an_empty_module_says_nothing() -> None:
    episode = an_episode("<Section47><S47ActualStartDate/></Section47>")
    assert events(a_census(a_child(episode)), "referral")[0]["outcome"] is None


@pytest.mark.parametrize(("closure", "result"), [("RC8", "no-further-action"), ("RC9", "early-help"), ("RC7", None)])
def test_a_closure_after_the_only_assessment_tells_its_result(closure: str, result: str | None) -> None:
    episode = an_episode(an_assessment(), closed="2023-07-03", closure=closure)
    assert ("assessment-completed", "2023-07-03", result) in steps(a_census(a_child(episode)))


@pytest.mark.parametrize(
    "modules",
    [
        (an_assessment(), an_assessment("2023-06-06")),
        (an_assessment(), a_plan()),
        (an_assessment(), an_enquiry()),
        (an_assessment("2023-06-05", "2023-12-01"),),
    ],
    ids=["two assessments", "a plan", "an enquiry", "authorised after the closure"],
)
def test_a_closure_that_may_speak_of_something_else_tells_no_result(modules: tuple[str, ...]) -> None:
    episode = an_episode(*modules, closed="2023-11-01", closure="RC8")
    completed = [step for step in steps(a_census(a_child(episode))) if step[0] == "assessment-completed"]
    assert {result for _, _, result in completed} == {None}


def test_a_conference_told_twice_is_held_once() -> None:
    episode = an_episode(an_enquiry(conference="2023-07-04"), conference="2023-07-04")
    assert [step for step in steps(a_census(a_child(episode))) if step[0] == "icpc"] == [("icpc", "2023-07-04", None)]


def test_a_conference_outside_an_enquiry_is_told() -> None:
    episode = an_episode(conference="2023-07-04")
    assert steps(a_census(a_child(episode))) == [("icpc", "2023-07-04", None)]


def test_factors_of_all_assessments_stand_once_each_and_retired_codes_not_at_all() -> None:
    episode = an_episode(an_assessment("2023-06-05", None, "3B", "18A"), an_assessment("2023-06-06", None, "3B", "10A"))
    file = a_census(a_child(episode))
    assert events(file, "referral")[0]["factors"] == ["3B", "10A"]
    place = "Child[1]/CINdetails[1]/Assessments[1]/FactorsIdentifiedAtAssessment/AssessmentFactors[2]"
    assert reports(file) == [(place, "RETIRED_CODE")]


def test_a_planned_end_of_a_plan_may_lie_ahead() -> None:
    assert ("cin-plan-ended", "2024-12-24", None) in steps(a_census(a_child(an_episode(a_plan(end="2024-12-24")))))


def test_a_childs_pupil_number_is_linked_first_and_names_it_everywhere() -> None:
    told = tell(a_census(a_child(an_episode(), upn=GOOD_UPN.lower(), former_upn=OTHER_UPN)))
    link, referral = (item for item in told if isinstance(item, WireEvent))
    assert link.content["data"] | {"link_id": "-"} == {
        "link_id": "-",
        "statement": "same-child",
        "child": {
            "identifiers": [
                {"scheme": "upn", "value": GOOD_UPN},
                {"scheme": "la-child-id", "value": "LA0001"},
                {"scheme": "upn", "value": OTHER_UPN},
            ]
        },
        "family": None,
        "valid_from": "2024-03-31",
        "basis": "system",
    }
    assert [name["value"] for name in referral.content["data"]["child"]["identifiers"]] == [GOOD_UPN, "LA0001"]


def test_a_child_with_one_identifier_needs_no_link() -> None:
    assert events(a_census(a_child(an_episode())), "family-link") == []


def test_nothing_else_about_a_person_is_carried() -> None:
    about = (
        "<UPNunknown>UN3</UPNunknown><PersonBirthDate>2011-11-11</PersonBirthDate><Sex>F</Sex>"
        "<ExpectedPersonBirthDate>2012-12-12</ExpectedPersonBirthDate><PersonDeathDate>2020-02-20</PersonDeathDate>"
    )
    file = a_census(a_child(an_episode(an_assessment()), about=about))
    said = b"".join(item.line() for item in tell(file) if isinstance(item, WireEvent))
    assert reports(file) == []
    assert not any(word in said for word in (b"UN3", b"2011-11-11", b"2012-12-12", b"2020-02-20", b"WBRI"))


@pytest.mark.parametrize(
    ("date_time", "time"),
    [
        ("2024-05-23T11:14:05", "2024-05-23T11:14:05+01:00"),
        ("2024-01-23T11:14:05", "2024-01-23T11:14:05+00:00"),
        ("2024-05-23T11:14:05Z", "2024-05-23T11:14:05+00:00"),
        ("2024-05-23T11:14:05.5+02:00", "2024-05-23T11:14:05.500000+02:00"),
        (None, "2024-03-31T23:59:59+01:00"),
        ("23/05/2024", "2024-03-31T23:59:59+01:00"),
    ],
)
def test_the_header_says_when_it_was_recorded(date_time: str | None, time: str) -> None:
    told = tell(a_census(a_child(an_episode()), header=a_header(date_time)))
    assert [item.content["time"] for item in told if isinstance(item, WireEvent)] == [time]


def test_of_several_sources_the_last_to_write_says_when_it_was_recorded() -> None:
    stamps = ("2024-05-23T11:14:05", "2024-05-24T08:00:00", "2024-05-22T10:00:00")
    header = tag("Header", *(tag("Source", field("DateTime", stamp)) for stamp in stamps))
    told = tell(a_census(a_child(an_episode()), header=header))
    assert [item.content["time"] for item in told if isinstance(item, WireEvent)] == ["2024-05-24T08:00:00+01:00"]


def test_the_caller_may_say_when_it_was_recorded() -> None:
    given = datetime.fromisoformat("2024-06-01T12:00:00+00:00")
    told = tell(a_census(a_child(an_episode()), header=""), recorded_at=given)
    assert [item.content["time"] for item in told if isinstance(item, WireEvent)] == ["2024-06-01T12:00:00+00:00"]


def test_the_source_is_the_agencys_unless_another_is_given() -> None:
    file = a_census(a_child(an_episode()))
    assert {item.content["source"] for item in tell(file) if isinstance(item, WireEvent)} == {
        "urn:earlyword:riverton-council"
    }
    system = "https://systems.example/riverton-council"
    assert {item.content["source"] for item in tell(file, source=system) if isinstance(item, WireEvent)} == {system}
