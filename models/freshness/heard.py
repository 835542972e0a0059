"""On which local days each feed was heard. Days are enough: a feed is expected every so many days, never hours.

A set of days is the same in whatever order, and however often, its days are told. So a replay knows the same of every
day, and two processes that tell the same day twice do no harm.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from schemas.identifiers import Day

FeedDays: TypeAlias = dict[str, tuple[Day, ...]]
"""By ``feed_key``, the days on which a feed was heard, in order; never changed in place."""

KEPT_DAYS: Final = 60
"""Back from the newest day all are kept: a reason may be told that late, and is answered as of its own day. Of the
days before, the newest alone, because it is what a silent feed is known by."""


def feed_key(agency: str, kind: str) -> str:
    """Under which a feed is found: one agency, one kind."""
    return f"{agency}/{kind}"


def split_feed_key(feed: str) -> tuple[str, str]:
    """Agency and kind of a feed; neither holds a slash."""
    agency, _, kind = feed.partition("/")
    return agency, kind


def hear(heard: FeedDays, feed: str, day: Day) -> FeedDays:
    """The days with this one; the same object if it was known."""
    known = heard.get(feed, ())
    if day in known:
        return heard
    days = sorted((*known, day))
    first = next(index for index, one in enumerate(days) if one >= days[-1] - KEPT_DAYS)
    kept = tuple(days[max(0, first - 1) :])
    return heard if kept == known else {**heard, feed: kept}


def last_before(heard: FeedDays, feed: str, day: Day) -> Day | None:
    """The newest day before this one on which the feed was heard; None if it never was."""
    return next((one for one in reversed(heard.get(feed, ())) if one < day), None)
