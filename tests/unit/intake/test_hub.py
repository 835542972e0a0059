"""The hub's file: read as agreed, and refused with one sentence that says where and what to do."""

from datetime import date, time
from pathlib import Path

import pytest

from models.calendar.local_time import day_of
from schemas.hub import Agency, Hub, Period, Source
from schemas.identifiers import AgencyId
from streams.hub import BUILT_IN_HUB, HubError, parse_hub, read_hub
from streams.intake.agreement import Agreements

HUB = """
[hub]
id = "riverton"
name = "Riverton multi-agency safeguarding hub"
open_case_team = "family-help"            # families with an open plan; others: the first team

[[team]]
id = "front-door"
daily_budget = 6
hours = { mon = "08:30-17:30", tue = "08:30-17:30", wed = "08:30-17:30", thu = "08:30-17:30", fri = "08:30-17:00" }

[[term]]
from = 2026-09-02
to = 2026-10-23
[[closure]]
from = 2026-09-18
to = 2026-09-18

[[agency]]
id = "riverton-police"
systems = ["https://systems.example/riverton-police"]

[[source]]
agency = "riverton-police"
kind = "police-notification"
lawful_basis = "public task; DPA 2018 sch 1 para 18"
agreement = "DSA-2026-014"
from = 2026-01-01
until = 2027-03-31
expected_every_days = 1
calendar = "every-day"
"""
AGENCY = '[[agency]]\nid = "riverton-police"\nsystems = ["https://systems.example/riverton-police"]\n'
SOURCE = HUB[HUB.index("[[source]]") :]


def test_the_example_of_the_contract_is_read_as_it_says() -> None:
    hub = parse_hub(HUB)
    assert (hub.id, hub.name) == ("riverton", "Riverton multi-agency safeguarding hub")
    assert hub.teams[0].daily_budget == 6
    assert hub.teams[0].hours[0] == (time(8, 30), time(17, 30))
    assert hub.teams[0].hours[4:] == ((time(8, 30), time(17, 0)), None, None)
    assert hub.terms == (Period(first=date(2026, 9, 2), last=date(2026, 10, 23)),)
    assert hub.closures == (Period(first=date(2026, 9, 18), last=date(2026, 9, 18)),)
    assert hub.agencies == (
        Agency(id=AgencyId("riverton-police"), systems=("https://systems.example/riverton-police",)),
    )
    assert hub.sources == (
        Source(
            agency=AgencyId("riverton-police"),
            kind="police-notification",
            lawful_basis="public task; DPA 2018 sch 1 para 18",
            agreement="DSA-2026-014",
            first=date(2026, 1, 1),
            last=date(2027, 3, 31),
            expected_every_days=1,
            calendar="every-day",
        ),
    )
    assert not hub.open_agreement


def test_the_team_of_open_cases_need_not_be_a_duty_team() -> None:
    hub = parse_hub(HUB)
    assert hub.open_case_team == "family-help"
    assert [(team.id, team.daily_budget) for team in hub.teams] == [("front-door", 6), ("family-help", None)]


def test_what_may_be_left_out_may_be_left_out() -> None:
    hub = parse_hub('[hub]\nid = "r"\nname = "R"\n[[team]]\nid = "duty"\n')
    assert hub.open_case_team == "duty"
    assert hub.teams[0].daily_budget is None
    assert hub.teams[0].hours == (None,) * 7
    assert [*hub.terms, *hub.closures, *hub.agencies, *hub.sources] == []


def test_terms_come_in_order_of_time() -> None:
    hub = parse_hub(HUB + "[[term]]\nfrom = 2026-01-05\nto = 2026-02-13\n")
    assert [term.first.month for term in hub.terms] == [1, 9]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "riverton"', "", "[hub]: id is missing"),
        ('id = "riverton"', 'id = "Riverton"', "[hub]: id "),
        ('name = "Riverton multi-agency safeguarding hub"', "name = ''", "[hub]: name "),
        ("[hub]", "[hub]\nteams = 1", "[hub]: the word 'teams'"),
        ("[hub]\n", "[[hub]]\n", "hub.toml: there is no table [hub]"),
        ("[[closure]]", "[[holiday]]", "hub.toml: the word 'holiday'"),
        ('[[team]]\nid = "front-door"', '[[team]]\nname = "front-door"', "team 1: id is missing"),
        ("[[team]]", "[team]", "hub.toml: team is not a list of tables"),
        ("daily_budget = 6", "daily_budget = 0", "team 1: daily_budget"),
        ("daily_budget = 6", "daily_budget = true", "team 1: daily_budget"),
        ("daily_budget = 6", "daily_budget = 6.0", "team 1: daily_budget"),
        ("daily_budget = 6", "daily_budgets = 6", "team 1: the word 'daily_budgets'"),
        ("08:30-17:00", "08:30-24:00", "team 1: hours"),
        ("08:30-17:00", "8:30-17:00", "team 1: hours"),
        ("08:30-17:00", "17:00-08:30", "team 1: hours"),
        ("08:30-17:00", "08:30-08:30", "team 1: hours"),
        ("fri =", "friday =", "team 1: hours"),
        ("to = 2026-10-23", "to = 2026-09-01", "term 1: to is before from"),
        ("to = 2026-10-23", 'to = "2026-10-23"', "term 1: to "),
        ("to = 2026-10-23", "to = 2026-10-23T00:00:00", "term 1: to "),
        ("to = 2026-09-18", "to = 2026-09-17", "closure 1: to is before from"),
        ("[[closure]]", "[[term]]\nfrom = 2026-10-23\nto = 2026-12-18\n[[closure]]", "term 2: overlaps with term 1"),
        ("[[source]]", AGENCY + "[[source]]", "agency 2: the same id as agency 1"),
        ("[[source]]", AGENCY.replace("riverton-police", "x", 1) + "[[source]]", "agency 2: has a system of agency 1"),
        ('systems = ["https://systems.example/riverton-police"]', "systems = []", "agency 1: systems"),
        ('systems = ["https://systems.example/riverton-police"]', 'systems = [""]', "agency 1: systems"),
        ('agency = "riverton-police"', 'agency = "meadow-school"', "source 1: agency is not the id of an [[agency]]"),
        ('kind = "police-notification"', 'kind = "rumour"', "source 1: kind"),
        ('lawful_basis = "public task; DPA 2018 sch 1 para 18"', "", "source 1: lawful_basis is missing"),
        ('agreement = "DSA-2026-014"', 'agreement = " "', "source 1: agreement"),
        ("until = 2027-03-31", "until = 2025-12-31", "source 1: until is before from"),
        ("until = 2027-03-31", "", "source 1: until is missing"),
        ("expected_every_days = 1", "expected_every_days = 0", "source 1: expected_every_days"),
        ('calendar = "every-day"', 'calendar = "daily"', "source 1: calendar"),
        ("[[source]]", SOURCE.replace("2026-01-01", "2027-03-31") + "[[source]]", "source 2: same agency, kind and"),
        ("[[team]]", "[[team", "hub.toml: not TOML"),
    ],
)
def test_a_slip_is_named_with_its_place_and_a_remedy(old: str, new: str, sentence: str) -> None:
    with pytest.raises(HubError) as error:
        parse_hub(HUB.replace(old, new, 1))
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)
    assert "; " in str(error.value)


@pytest.mark.parametrize(
    "value", ["[" * 100_000, "9" * 5_000], ids=["nested beyond measure", "a number beyond measure"]
)
def test_a_file_that_no_reader_can_hold_is_refused_with_a_sentence(value: str) -> None:
    with pytest.raises(HubError, match=r"^hub\.toml: not TOML .*; mend it there$"):
        parse_hub(HUB.replace("daily_budget = 6", f"daily_budget = {value}"))


def test_a_hub_without_a_team_has_nobody_to_ask() -> None:
    with pytest.raises(HubError, match="no \\[\\[team\\]\\]"):
        parse_hub('[hub]\nid = "r"\nname = "R"\n')


def test_one_agreement_may_follow_another() -> None:
    next_year = SOURCE.replace("2026-01-01", "2027-04-01").replace("2027-03-31", "2028-03-31")
    hub = parse_hub(HUB + next_year)
    agreements = Agreements(hub)
    police = AgencyId("riverton-police")
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2027, 3, 31), date(2027, 4, 1), date(2028, 4, 1))
    assert [agreements.cover(police, "police-notification", day_of(day)) for day in days] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not agreements.cover(police, "referral", day_of(days[1]))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(HubError, match=r"^nowhere\.toml: the file cannot be read"):
        read_hub(Path("nowhere.toml"))


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(HUB, encoding="utf-8")
    assert read_hub(tmp_path / "hub.toml") == parse_hub(HUB)
    (tmp_path / "hub.toml").write_bytes(b"\xff")
    with pytest.raises(HubError, match="UTF-8"):
        read_hub(tmp_path / "hub.toml")


def test_the_built_in_hub_is_that_of_the_contract() -> None:
    hub: Hub = BUILT_IN_HUB
    assert hub.open_agreement
    assert [(team.id, team.daily_budget) for team in hub.teams] == [("front-door", None)]
    assert hub.open_case_team == "front-door"
    assert len(hub.terms) == 18
    assert hub.terms[0] == Period(first=date(2024, 9, 2), last=date(2024, 10, 25))
    assert hub.terms[-1] == Period(first=date(2027, 6, 7), last=date(2027, 7, 22))
    assert hub.closures == ()
    for term in hub.terms:
        assert term.first <= term.last
        assert term.first.weekday() < 5 > term.last.weekday()
