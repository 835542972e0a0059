"""What is expected of each feed, and what to say of those that are silent: pure, and the same on every replay.

A feed is one agency and one kind. ``hub.toml`` says how often it is expected: at least once in so many days, working
days or school days. When so many have passed in full without a word from it, it is silent, and a prompt says so, since
nobody may take "nothing recorded" for "nothing happened". No cadence in ``hub.toml``: nothing is expected.

Everything is as of 24:00 of the day before, and the sentences say so. That is what all processes can know alike: a
record of today may be on its way, on another partition, when a reason is raised, and a prompt must say the same however
that race ends. What a reason itself names is known besides: a fact dated on a day was told on that day or later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from models.calendar.dates import in_words
from models.calendar.local_time import day_of, midnight, to_datetime
from models.calendar.school_days import KNOWN_WITHIN_DAYS, SchoolCalendar
from models.calendar.working_days import is_working_day
from models.freshness.heard import FeedDays, feed_key, last_before
from schemas.hub import Cadence, Hub, Source
from schemas.identifiers import Day
from schemas.prompts import FactNamed, NotKnown

_ABOUT: Final[Mapping[str, str]] = {
    "referral": "referrals",
    "school-absence": "school attendance",
    "police-notification": "police notifications",
    "outcome": "the work of services with families",
    "family-link": "which records belong together",
}

_DAYS: Final[Mapping[Cadence, str]] = {
    "every-day": "day",
    "working-days": "working day",
    "school-days": "school day",
}


class Feeds:
    """The feeds of a hub, and its calendar."""

    __slots__ = ("_feeds", "_school")

    def __init__(self, hub: Hub) -> None:
        feeds: dict[str, list[Source]] = {}
        for source in hub.sources:
            feeds.setdefault(feed_key(source.agency, source.kind), []).append(source)
        self._feeds = {feed: tuple(sorted(sources, key=lambda one: one.first)) for feed, sources in feeds.items()}
        self._school = SchoolCalendar(hub.terms, hub.closures)

    def not_known(self, heard: FeedDays, today: Day, named: Iterable[FactNamed] = ()) -> tuple[NotKnown, ...]:
        """What was not known as this day began, in the order of agency and kind; ``named`` are the reason's facts."""
        dated = _newest_facts(named)
        found = []
        for feed in sorted(self._feeds):
            said = last_before(heard, feed, today)
            last = max((day for day in (said, dated.get(feed)) if day is not None), default=None)
            found.append(self._look_at(self._feeds[feed], last, today))
        return tuple(one for one in found if one is not None)

    def _look_at(self, sources: tuple[Source, ...], last: Day | None, today: Day) -> NotKnown | None:
        """What is not known for want of this feed, which was ``last`` heard on that day."""
        begun = [source for source in sources if day_of(source.first) <= today]
        if not begun:
            return None
        source = begun[-1]
        if day_of(source.last) < today:
            ended = day_of(source.last)
            text = (
                f"The agreement under which {source.agency} tells of {_ABOUT[source.kind]} ended on {in_words(ended)}."
                " What came later was not used."
            )
            return _missing(source, ended, text)
        every = source.expected_every_days
        if every is None:
            return None
        if source.calendar == "school-days" and not self._knows_school_days(today):
            text = (
                f"It is not known when schools are open, so nobody can say how complete what {source.agency} tells"
                f" of {_ABOUT[source.kind]} is."
            )
            return _missing(source, last, text)
        since = Day(day_of(begun[0].first) - 1) if last is None else last
        if not self._has_missed(source.calendar, every, since, today):
            return None
        so_far = f"By the end of {in_words(Day(today - 1))}, nothing had"
        when = f" ever come from {source.agency}" if last is None else f" come from {source.agency}"
        how_long = "" if last is None else f" since {in_words(last)}"
        text = f"{so_far}{when} about {_ABOUT[source.kind]}{how_long}. It is expected {_often(source.calendar, every)}."
        return _missing(source, last, text)

    def _has_missed(self, calendar: Cadence, every: int, since: Day, today: Day) -> bool:
        """Whether at least ``every`` days of this calendar lie between these two."""
        missed = 0
        for day in range(today - 1, since, -1):
            missed += is_expected_on(calendar, Day(day), self._school)
            if missed >= every:
                return True
        return False

    def _knows_school_days(self, today: Day) -> bool:
        around = range(today - KNOWN_WITHIN_DAYS, today + KNOWN_WITHIN_DAYS + 1)
        return any(self._school.is_school_day(Day(day)) for day in around)


def is_expected_on(calendar: Cadence, day: Day, schools: SchoolCalendar) -> bool:
    """Whether a feed of this calendar is expected to say something on such a day."""
    match calendar:
        case "every-day":
            return True
        case "working-days":
            return is_working_day(day)
        case "school-days":
            return schools.is_school_day(day)
        case _:
            assert_never(calendar)


def _newest_facts(named: Iterable[FactNamed]) -> dict[str, Day]:
    newest: dict[str, Day] = {}
    for fact in named:
        feed, on = feed_key(fact.agency, fact.kind), day_of(fact.on)
        newest[feed] = max(on, newest.get(feed, on))
    return newest


def _often(calendar: Cadence, every: int) -> str:
    return f"every {_DAYS[calendar]}" if every == 1 else f"at least once in {every} {_DAYS[calendar]}s"


def _missing(source: Source, last: Day | None, text: str) -> NotKnown:
    """``since`` is 24:00 of the last day on which anything came: from then on nothing is known."""
    since = None if last is None else to_datetime(midnight(Day(last + 1)))
    return NotKnown(agency=source.agency, kind=source.kind, since=since, text=text)
