"""Ids: the same for the same file, kept from year to year, and silent about what they were made from."""

from streams.connectors.reports import WireEvent
from tests.unit.connectors.census_files import (
    GOOD_UPN,
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
    tell,
)


def lines(file: bytes) -> list[bytes]:
    return [item.line() for item in tell(file) if isinstance(item, WireEvent)]


def test_a_file_converted_twice_gives_the_same_bytes() -> None:
    file = a_census(a_child(an_episode(an_assessment(), an_enquiry(conference="2023-07-04")), upn=GOOD_UPN))
    assert lines(file) == lines(file)


def test_a_later_census_corrects_what_the_earlier_one_said() -> None:
    first = a_census(a_child(an_episode(an_assessment(end=None), a_plan(), need="N4")))
    second = a_census(
        a_child(
            an_episode(referred="2022-01-04"),
            an_episode(an_assessment(), a_plan(end="2024-06-30"), closed="2024-07-01", closure="RC7"),
        ),
        header=a_header("2025-05-20T09:00:00", "2025-03-31"),
    )
    before = {(data["outcome_id"], data["kind"]) for data in events(first, "outcome")}
    after = {(data["outcome_id"], data["kind"]) for data in events(second, "outcome")}
    assert before <= after
    [referral] = events(first, "referral")
    assert referral["referral_id"] == events(second, "referral")[1]["referral_id"]
    ids = [[item.event_id for item in tell(file) if isinstance(item, WireEvent)] for file in (first, second)]
    assert not set(ids[0]) & set(ids[1])


def test_a_step_keeps_its_id_when_its_end_becomes_known() -> None:
    [started, completed] = events(a_census(a_child(an_episode(an_assessment()))), "outcome")
    assert started["outcome_id"] == completed["outcome_id"]


def test_no_two_statements_of_a_file_share_an_id() -> None:
    twice = (an_assessment(), an_assessment(), a_plan(), a_plan(), an_enquiry(), an_enquiry(), a_protection_plan())
    file = a_census(
        a_child(an_episode(*twice), an_episode(*twice), upn=GOOD_UPN),
        a_child(an_episode(*twice), local="LA0002"),
        a_child(an_episode(*twice), upn=GOOD_UPN),
    )
    told = [item for item in tell(file) if isinstance(item, WireEvent)]
    assert len({event.event_id for event in told}) == len(told)
    referrals = [data["referral_id"] for data in events(file, "referral")]
    assert len(set(referrals)) == 4
    keys = [(data["outcome_id"], data["kind"]) for data in events(file, "outcome")]
    assert len(set(keys)) == len(keys)
    assert len({data["link_id"] for data in events(file, "family-link")}) == 2


def test_two_referrals_of_one_day_are_told_apart_and_said() -> None:
    file = a_census(a_child(an_episode(), an_episode(source="1A")))
    first, second = events(file, "referral")
    assert first["referral_id"] != second["referral_id"]
    assert reports(file) == [("Child[1]/CINdetails[2]", "SAME_DAY_REFERRALS")]


def test_a_child_in_two_records_is_one_child_and_said() -> None:
    file = a_census(a_child(an_episode()), a_child(an_episode(referred="2023-09-01")))
    assert len({data["referral_id"] for data in events(file, "referral")}) == 2
    assert reports(file) == [("Child[2]", "CHILD_REPEATED")]
    whole = a_census(a_child(an_episode(), an_episode(referred="2023-09-01")))
    assert events(file) == events(whole)


def test_ids_do_not_show_whom_they_are_about() -> None:
    file = a_census(a_child(an_episode(an_assessment()), local="Marigold-Testname", upn=GOOD_UPN))
    ids = [item.event_id for item in tell(file) if isinstance(item, WireEvent)]
    ids += [data.get("referral_id") or data["link_id"] for data in events(file)]
    assert not any("marigold" in text.lower() or GOOD_UPN[1:] in text for text in ids)


def test_other_agencies_use_other_keys() -> None:
    from io import BytesIO

    from streams.connectors.cin_census import convert

    file = a_census(a_child(an_episode()))
    [here], [there] = (list(convert(BytesIO(file), agency)) for agency in ("riverton-council", "brook-council"))
    assert isinstance(here, WireEvent)
    assert isinstance(there, WireEvent)
    assert here.content["data"]["referral_id"] != there.content["data"]["referral_id"]


def test_an_event_does_not_print_what_it_says() -> None:
    for item in tell(a_census(a_child(an_episode(), local="Marigold", upn=GOOD_UPN))):
        assert "Marigold" not in repr(item)
        assert GOOD_UPN not in repr(item)
