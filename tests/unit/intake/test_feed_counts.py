"""Intake counts what each feed said on each local day, and tells the learner when nothing of a day can still come."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from models.intake.feed_counts import WAITING_DAYS, FeedCounts, add
from schemas.identifiers import Day
from streams.engine.header import unpack, wake_of
from streams.intake.counting import counts_key
from streams.topics import declare_topics
from tests.unit.intake.feeding import FIRST, Partition, Record, a_statement, received, said, tick

REFERRALS = "oakfield/referral"
NOTIFICATIONS = "oakfield/police-notification"


def told(*log: Record) -> dict[int, dict[str, int]]:
    partition = Partition(log)
    partition.take(len(log))
    return {event.day - FIRST: dict(event.counts) for event in partition.counted()}


def test_a_day_is_told_once_a_week_has_passed_after_it() -> None:
    log = (tick(0), said(a_statement(day=1), 0), said(a_statement("police-notification", day=1), 1))
    assert told(*log, tick(8)) == {}
    assert told(*log, tick(8), tick(9), tick(9), tick(10)) == {1: {NOTIFICATIONS: 1, REFERRALS: 1}, 2: {}}


def test_nothing_waits_longer_at_the_door_than_is_waited_for() -> None:
    (partner,) = [topic for topic in declare_topics([("oakfield", "outcome")]) if topic.name.startswith("earlyword.in")]
    assert partner.retention == timedelta(days=WAITING_DAYS)


def test_the_day_on_which_counting_begins_was_seen_in_part_and_is_not_told() -> None:
    assert told(said(a_statement(day=3), 0), said(a_statement(number=2, day=4), 1), tick(13)) == {
        4: {REFERRALS: 1},
        5: {},
    }


def test_what_was_received_days_ago_counts_on_its_own_day() -> None:
    log = (tick(0), said(a_statement(day=3), 0), said(a_statement(number=2, day=1), 1), tick(11))
    assert told(*log) == {1: {REFERRALS: 1}, 3: {REFERRALS: 1}}


def test_what_comes_after_its_day_was_told_is_not_counted() -> None:
    log = (tick(0), said(a_statement(day=1), 0), tick(9), said(a_statement(number=2, day=1), 1), tick(10))
    assert told(*log) == {1: {REFERRALS: 1}, 2: {}}


def test_a_duplicate_counts_once_and_a_correction_as_another() -> None:
    first = a_statement(day=1)
    log = (tick(0), said(first, 0), said(received(first, 2), 1), said(a_statement(day=2, revision=1), 2), tick(10))
    assert told(*log) == {1: {REFERRALS: 1}, 2: {REFERRALS: 1}}


def test_a_statement_that_was_keyed_again_after_a_crash_counts_once() -> None:
    first = a_statement(day=1)
    assert told(tick(0), said(first, 0), said(first, 0), tick(9)) == {1: {REFERRALS: 1}}


def test_of_what_is_no_longer_kept_nobody_could_tell_a_repeat_so_it_is_not_counted() -> None:
    old = a_statement("police-notification", day=900)
    assert told(tick(0), said(old, 0), said(old, 1), tick(908)) == {900: {}}


def test_a_quiet_partition_tells_that_it_had_nothing() -> None:
    assert told(tick(0), tick(8), tick(9), tick(12)) == {1: {}, 4: {}}


def test_the_row_is_written_when_it_changes_and_never_due() -> None:
    partition = Partition([tick(0), tick(0), said(a_statement(day=1), 0), tick(9), tick(9)])
    key, guards = counts_key(partition.number), []
    for _ in partition.log:
        partition.take(1)
        row = partition.rows[key]
        assert wake_of(row) == 0
        guards.append(unpack(row).guard)
    assert guards == [0, 0, 2, 3, 3]


def test_the_row_of_a_busy_partition_stays_small() -> None:
    counts = add(
        FeedCounts(Day(FIRST - 1)),
        {
            (f"agency-of-a-long-name-{n}/police-notification", Day(FIRST + day)): 10**6
            for n in range(30)
            for day in range(9)
        },
    )
    assert len(msgspec.msgpack.encode(counts)) < 5_000
