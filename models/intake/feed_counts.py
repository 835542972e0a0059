"""How much each feed said on each local day of receipt: counted where each statement is known once.

Counted is what was accepted and is remembered, so that a repeat is known for one: a duplicate counts once, and not the
word of a time that is no longer kept. It counts on the day on which it was received, however late it is looked at. A
day is told once, when nothing of it can still be on its way, and what comes even later is not counted.

One partition counts for itself. What it tells hangs on its log alone: on no batch, no restart and no other partition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from models.calendar.local_time import local_day
from models.freshness.heard import feed_key
from models.intake.listening import Listened, Verdict
from schemas.identifiers import Day
from schemas.statements import Statement

WAITING_DAYS: Final = 7
"""A partner's record waits at the door that long at most: its topic keeps it no longer (``streams/topics.py``)."""

NOT_BEGUN: Final = Day(0)

FeedDay: TypeAlias = tuple[str, Day]
"""A feed by its ``feed_key``, and a local day."""

DayTold: TypeAlias = tuple[Day, tuple[tuple[str, int], ...]]
"""A day, and by ``feed_key``, in order, how much was counted on it; feeds that were silent are left out."""


class FeedCounts(Struct, frozen=True, gc=False, array_like=True):
    """What one partition has counted and not told yet. ``days`` are by ``feed_key``, never changed in place.

    Up to ``told_through`` all is told, or came before the counting began.
    """

    told_through: Day = NOT_BEGUN
    days: dict[str, dict[Day, int]] = {}  # msgspec copies it for each


def counted_on(listened: Listened, statement: Statement) -> FeedDay | None:
    """For which feed and day a statement counts; None if for none."""
    day = local_day(statement.received_at)
    if listened.verdict is not Verdict.ACCEPTED or listened.memory.forgotten_on <= day:
        return None
    return feed_key(statement.agency, statement.kind), day


def begin(counts: FeedCounts, today: Day) -> FeedCounts:
    """Counting begins on the day after the one on which the partition first hears of a day: of that it saw a part."""
    return FeedCounts(today) if counts.told_through == NOT_BEGUN else counts


def add(counts: FeedCounts, more: Mapping[FeedDay, int]) -> FeedCounts:
    """The counts with these; those of days that were told come too late."""
    days = {feed: dict(by_day) for feed, by_day in counts.days.items()}
    for (feed, day), number in more.items():
        if day > counts.told_through:
            by_day = days.setdefault(feed, {})
            by_day[day] = by_day.get(day, 0) + number
    return FeedCounts(counts.told_through, days)


def tell(counts: FeedCounts, today: Day) -> tuple[FeedCounts, tuple[DayTold, ...]]:
    """What is left, and the days of which nothing can come any more, in order: each that has counts, and the last."""
    last = Day(today - WAITING_DAYS - 1)
    if last <= counts.told_through:
        return counts, ()
    found = {day for by_day in counts.days.values() for day in by_day if day <= last}
    told = tuple(
        (day, tuple((feed, by_day[day]) for feed, by_day in sorted(counts.days.items()) if day in by_day))
        for day in sorted({*found, last})
    )
    left = {feed: {day: n for day, n in by_day.items() if day > last} for feed, by_day in counts.days.items()}
    return FeedCounts(last, {feed: by_day for feed, by_day in left.items() if by_day}), told
