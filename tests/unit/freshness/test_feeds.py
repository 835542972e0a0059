"""A feed is silent when as many expected days as the hub agreed on have passed without it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.calendar.local_time import day_of
from models.freshness.feeds import Feeds
from models.freshness.heard import FeedDays
from schemas.hub import Hub, Period, Source
from schemas.identifiers import AgencyId, Day, TeamId
from schemas.prompts import FactNamed, NotKnown

TERMS = (
    Period(first=date(2026, 9, 2), last=date(2026, 10, 23)),
    Period(first=date(2026, 11, 2), last=date(2026, 12, 18)),
)
CLOSURES = (Period(first=date(2026, 11, 6), last=date(2026, 11, 6)),)
FEED = "riverton-police/police-notification"


def day(text: str) -> Day:
    return day_of(date.fromisoformat(f"2026-{text}"))


def a_source(**said: Any) -> Source:
    given: dict[str, Any] = {
        "agency": AgencyId("riverton-police"),
        "kind": "police-notification",
        "lawful_basis": "public task",
        "agreement": "DSA-1",
        "first": date(2026, 1, 1),
        "last": date(2027, 3, 31),
        "expected_every_days": 1,
        "calendar": "every-day",
    }
    return Source(**(given | said))


def feeds(*sources: Source, terms: tuple[Period, ...] = TERMS) -> Feeds:
    return Feeds(
        Hub(
            id="riverton",
            name="Riverton hub",
            open_case_team=TeamId("front-door"),
            teams=(),
            terms=terms,
            closures=CLOSURES,
            agencies=(),
            sources=sources,
        )
    )


def look(source: Source, last: str | None, today: str, named: tuple[FactNamed, ...] = ()) -> NotKnown | None:
    """What is not known of this one feed, last heard on that day of 2026."""
    heard: FeedDays = {} if last is None else {f"{source.agency}/{source.kind}": (day(last),)}
    found = feeds(source).not_known(heard, day(today), named)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("calendar", "every", "last", "today", "is_silent"),
    [
        ("every-day", 1, "11-03", "11-04", False),
        ("every-day", 1, "11-03", "11-05", True),  # the 4th passed without a word
        ("every-day", 3, "11-03", "11-06", False),
        ("every-day", 3, "11-03", "11-07", True),
        ("working-days", 1, "11-06", "11-09", False),  # Friday to Monday: a weekend
        ("working-days", 1, "11-06", "11-10", True),
        ("working-days", 1, "12-24", "12-29", False),  # Boxing Day is kept on Monday the 28th
        ("working-days", 1, "12-24", "12-30", True),
        ("school-days", 1, "10-23", "11-02", False),  # half-term
        ("school-days", 1, "10-23", "11-03", True),
        ("school-days", 1, "11-05", "11-09", False),  # the school was closed on the 6th
        ("school-days", 1, "11-05", "11-10", True),
        ("school-days", 2, "11-05", "11-10", False),
        ("school-days", 2, "11-05", "11-11", True),
    ],
)
def test_silence_is_counted_in_the_days_of_its_calendar(
    calendar: str, every: int, last: str, today: str, is_silent: bool
) -> None:
    source = a_source(calendar=calendar, expected_every_days=every)
    assert (look(source, last, today) is not None) is is_silent


def test_it_says_who_what_since_when_and_how_often() -> None:
    told = look(a_source(kind="school-absence", agency=AgencyId("oakfield"), calendar="school-days"), "11-02", "11-05")
    assert told == NotKnown(
        agency=AgencyId("oakfield"),
        kind="school-absence",
        since=datetime(2026, 11, 3, tzinfo=UTC),
        text="By the end of 4 November 2026, nothing had come from oakfield about school attendance since"
        " 2 November 2026. It is expected every school day.",
    )


def test_since_is_the_end_of_that_day_on_the_clock_on_the_wall() -> None:
    told = look(a_source(), "07-03", "07-09")
    assert told is not None
    assert told.since == datetime(2026, 7, 3, 23, tzinfo=UTC)


def test_what_was_never_heard_is_counted_from_the_agreement_and_has_no_since() -> None:
    source = a_source(first=date(2026, 11, 2), expected_every_days=3)
    assert look(source, None, "11-04") is None
    told = look(source, None, "11-05")
    assert told is not None
    assert told.since is None
    assert told.text.startswith("By the end of 4 November 2026, nothing had ever come from riverton-police about")
    assert told.text.endswith("It is expected at least once in 3 days.")


def test_before_its_agreement_a_feed_is_not_expected() -> None:
    source = a_source(first=date(2026, 11, 5))
    assert look(source, None, "11-04") is None
    assert look(source, None, "11-05") is None
    assert look(source, None, "11-06") is not None


def test_where_no_cadence_is_agreed_nothing_is_expected() -> None:
    assert look(a_source(expected_every_days=None), None, "11-05") is None


def test_an_agreement_that_ended_is_told_for_what_came_later_was_not_used() -> None:
    source = a_source(last=date(2026, 11, 5))
    assert look(source, "11-04", "11-05") is None
    told = look(source, "11-04", "11-06")
    assert told is not None
    assert told.since == datetime(2026, 11, 6, tzinfo=UTC)
    assert told.text == (
        "The agreement under which riverton-police tells of police notifications ended on 5 November 2026."
        " What came later was not used."
    )


def test_a_renewed_agreement_goes_on_where_the_old_one_ended() -> None:
    old, new = a_source(last=date(2026, 11, 5)), a_source(first=date(2026, 11, 6), agreement="DSA-2")
    both = feeds(new, old)
    assert both.not_known({FEED: (day("11-05"),)}, day("11-07")) != ()
    assert both.not_known({FEED: (day("11-05"),)}, day("11-06")) == ()  # the new one is in force today
    (silent,) = both.not_known({FEED: (day("10-01"),)}, day("11-06"))
    assert "since 1 October 2026" in silent.text


def test_where_no_term_is_known_the_calendar_is_what_is_not_known() -> None:
    source = a_source(kind="school-absence", calendar="school-days")
    (told,) = feeds(source, terms=()).not_known({}, day("11-05"))
    assert told.text.startswith("It is not known when schools are open")


def test_a_fact_that_the_reason_names_shows_that_its_feed_spoke() -> None:
    police, on = AgencyId("riverton-police"), date(2026, 11, 8)
    fact = FactNamed(fact="t-1", agency=police, kind="police-notification", on=on, text="")
    assert look(a_source(), "10-01", "11-09", (fact,)) is None
    told = look(a_source(), "10-01", "11-11", (fact,))
    assert told is not None
    assert "since 8 November 2026" in told.text
    other = FactNamed(fact="t-2", agency=AgencyId("riverton-council"), kind="referral", on=on, text="")
    assert look(a_source(), "10-01", "11-09", (other,)) is not None


def test_feeds_are_listed_by_agency_and_kind_and_a_hub_without_sources_expects_nothing() -> None:
    sources = [
        a_source(agency=AgencyId(agency), kind=kind)
        for agency in ("riverton-police", "harbour-schools")
        for kind in ("referral", "family-link")
    ]
    found = feeds(*sources).not_known({}, day("11-05"))
    assert [(one.agency, one.kind) for one in found] == [
        ("harbour-schools", "family-link"),
        ("harbour-schools", "referral"),
        ("riverton-police", "family-link"),
        ("riverton-police", "referral"),
    ]
    assert feeds().not_known({}, day("11-05")) == ()
