"""Two intake processes on a real Apache Kafka, killed in turn, count for each feed and day what a plain count gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from models.calendar.local_time import local_day, to_moment
from schemas.examples import FeedsCounted
from schemas.identifiers import Day, Moment
from streams.codecs import read_example_record
from streams.hub import parse_hub
from streams.intake.accept import Accepted, Door, PartnerRecord
from streams.intake.pseudonyms import HubKey
from streams.simulator.arrivals import Record
from streams.topics import EXAMPLES, STATEMENTS, partner_topic
from tests.engine.harness import Workers, dice
from tests.promises.load import SOURCES, START, hub_text, make_load
from tests.promises.reference import Findings, compare_counts
from tests.promises.running import KEY, Running, hub_on
from tests.telling import hub

WEEK_OF_RECORDS = 1_100
"""Of 8,000 in 56 days: not quite eight days, so that no replay, however uneven, is a week behind itself."""

DAY = 24 * 3_600_000_000


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_killed_anywhere_intake_counts_what_a_plain_count_gives(tmp_path: Path, kafka_of_its_own: str) -> None:
    rng = dice()
    load = make_load(rng.randrange(10**6), 120, 8_000)[:WEEK_OF_RECORDS]
    began = to_moment(START)
    with hub_on(kafka_of_its_own, tmp_path, hub_text(), SOURCES) as running:
        commands = running.commands(intake_0="intake", intake_1="intake")
        with Workers(tmp_path, commands) as workers:
            running.tell_the_time(began)
            workers.start(*commands)
            workers.await_that(lambda: all('"worker_ready"' in workers.output(name) for name in commands), 90, "ready")
            for name, part in zip(("intake_0", "intake_1", "intake_0"), in_three(load), strict=True):
                running.publish(part)
                workers.run_for(rng.uniform(0.0, 0.3))
                workers.kill(name)
                workers.run_for(0.7)
                workers.start(name)
            workers.await_that(lambda: running.lag("earlyword-intake") == 0, 120, "all is settled")
            running.tell_the_time(Moment(began + 17 * DAY))
            workers.await_that(lambda: running.lag("earlyword-intake") == 0, 60, "the last day is told")
            workers.stop_all()
        findings = Findings()
        compare_counts(running.read(STATEMENTS), running.read(EXAMPLES), findings)
        assert findings.wrong == []
        found = counted(running)
        expected = counted_plainly(running)
    first = local_day(began)
    assert found == {place: count for place, count in expected.items() if place[1] > first}
    assert sum(found.values()) > WEEK_OF_RECORDS / 2


def in_three(load: list[Record]) -> tuple[list[Record], ...]:
    third = len(load) // 3
    return load[:third], load[third : 2 * third], load[2 * third :]


def counted(running: Running) -> dict[tuple[str, Day], int]:
    """By feed and day the sum of what the partitions told, each once."""
    told = {read_example_record(record.value).event for record in running.read(EXAMPLES)}
    sums: Counter[tuple[str, Day]] = Counter()
    for event in told:
        if isinstance(event, FeedsCounted):
            sums.update({(feed, event.day): count for feed, count in event.counts})
    return dict(sums)


def counted_plainly(running: Running) -> dict[tuple[str, Day], int]:
    """The same, of a hub that is told the partners' records one by one."""
    door, sequence = Door(parse_hub(hub_text()), HubKey(KEY.encode())), hub()
    records = [record for agency, kind in SOURCES for record in running.read(partner_topic(agency, kind))]
    for record in sorted(records, key=lambda one: (one.timestamp, one.topic, one.partition, one.offset)):
        fields = (record.topic, record.partition, record.offset, record.timestamp, record.key, record.value)
        answer = door.accept(PartnerRecord(*fields, record.headers))
        if isinstance(answer, Accepted):
            sequence.hear(answer.statement)
    return dict(sequence.feed_counts)
