"""Counts of feeds: a function of the log, whatever the batches, the repeats, the kills; their sum is a plain count."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.freshness.heard import feed_key
from models.learning.feeds import FeedsHeard
from schemas.examples import FeedsCounted
from schemas.statements import Statement
from tests.telling import hub
from tests.unit.intake.feeding import FIRST, Partition, Record, a_statement, received, said, tick
from tests.unit.intake.told import HUB
from tests.unit.learning.test_feeds import NO_SCHOOL

KINDS = ("referral", "police-notification")
FEEDS = tuple(feed_key("oakfield", kind) for kind in KINDS)
SOURCES = tuple(replace(one, last=date(2030, 1, 1)) for one in HUB.sources if feed_key(one.agency, one.kind) in FEEDS)
WAITING = 7
LAST_DAY = 40
seeds = st.integers(0, 10**6)


@cache
def said_once(kind: str, number: int, revision: int) -> Statement:
    return a_statement(kind, number, revision=revision)


def throw(dice: random.Random) -> Statement:
    """A statement of a few matters, so that many are said again, or in other words."""
    statement = said_once(dice.choice(KINDS), dice.randrange(6), dice.randrange(3))
    return received(statement, dice.randrange(24))


def a_log(dice: random.Random) -> list[Record]:
    """Statements and ticks in any order at all, and some records keyed again under another offset."""
    log: list[Record] = []
    for place in range(dice.randrange(5, 50)):
        log.append(tick(dice.randrange(30)) if dice.random() < 0.4 else said(throw(dice), place))
        if dice.random() < 0.15:
            log.append(log[dice.randrange(len(log))])
    return log


@given(seeds, seeds)
def test_batches_and_kills_change_nothing_that_is_told(thrown: int, cut: int) -> None:
    log, dice = a_log(random.Random(thrown)), random.Random(cut)
    undisturbed, killed = Partition(log), Partition(log)
    for _ in log:
        undisturbed.take(1)
    while killed.settled < len(log):
        while dice.random() < 0.5:
            killed.crash_in(dice.randrange(1, 9), rows=dice.randrange(6), outputs=dice.randrange(4))
        killed.take(dice.randrange(1, 9))
    assert killed.counted() == undisturbed.counted()
    assert killed.rows.keys() == undisturbed.rows.keys()


@given(seeds, st.integers(1, 4), seeds)
def test_the_sum_over_partitions_is_a_plain_count_of_what_was_accepted(
    thrown: int, partitions: int, merged: int
) -> None:
    logs, in_order = arrive(random.Random(thrown), partitions)
    plain = count_plainly(in_order)
    found = [counted for number, log in enumerate(logs) for counted in run(log, number)]
    sums: Counter[tuple[int, str]] = Counter()
    for one in found:
        sums.update({(one.day - FIRST, feed): count for feed, count in one.counts})
    since_begun = {(day, feed): count for (day, feed), count in plain.items() if day > 0}  # day 0 was seen in part
    assert sums == since_begun
    assert heard(found, partitions, random.Random(merged)) == {
        day: {feed: since_begun.get((day, feed), 0) for feed in FEEDS} for day in range(1, LAST_DAY - WAITING)
    }
    sequence = hub()
    for statement in in_order:
        sequence.hear(statement)
    assert {(day - FIRST, feed): count for (feed, day), count in sequence.feed_counts.items()} == plain


def arrive(dice: random.Random, partitions: int) -> tuple[list[list[Record]], list[Statement]]:
    """The partitions' logs, each told every day as it begins, and the statements in the order in which they came: up
    to a week after they were received."""
    thrown = [throw(dice) for _ in range(40)]
    arriving: dict[int, list[Statement]] = defaultdict(list)
    for statement in thrown:
        arriving[day_of(statement) + dice.randrange(WAITING + 1)].append(statement)
    logs: list[list[Record]] = [[] for _ in range(partitions)]
    in_order: list[Statement] = []
    for today in range(LAST_DAY + 1):
        for log in logs:
            log.append(tick(today))
        for statement in arriving[today]:
            logs[sum(statement.key.encode()) % partitions].append(said(statement, len(in_order)))
            in_order.append(statement)
    return logs, in_order


def count_plainly(in_order: list[Statement]) -> dict[tuple[int, str], int]:
    """By day of receipt and feed how many statements came, each id once."""
    counts: Counter[tuple[int, str]] = Counter()
    known: set[str] = set()
    for statement in in_order:
        if statement.version.event_id not in known:
            known.add(statement.version.event_id)
            counts[day_of(statement), feed_key(statement.agency, statement.kind)] += 1
    return counts


def run(log: list[Record], number: int) -> list[FeedsCounted]:
    """What a partition tells that is never disturbed."""
    partition = Partition(log, number)
    partition.take(len(log))
    return partition.counted()


def heard(found: list[FeedsCounted], partitions: int, dice: random.Random) -> dict[int, dict[str, int]]:
    """What the learner makes of it, with the partitions' records in any order between them and some told twice."""
    streams = [[one for one in found if one.partition == number] for number in range(partitions)]
    feeds = FeedsHeard(partitions, SOURCES, NO_SCHOOL)
    told: list[FeedsCounted] = []
    while any(streams):
        told.append(dice.choice([stream for stream in streams if stream]).pop(0))
        feeds.take(told[-1])
        if dice.random() < 0.2:
            feeds.take(dice.choice(told))
    return {day.day - FIRST: dict(day.counts) for day in feeds.days}


def day_of(statement: Statement) -> int:
    """So many days after the first one it was received."""
    return local_day(statement.received_at) - FIRST
