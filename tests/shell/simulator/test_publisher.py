"""The publisher against a real broker: everything arrives once, in order, as it was made."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from streams.simulator.arrivals import Record, to_record
from streams.simulator.publisher import PublishError, publish
from streams.simulator.town import SMALL, arrivals
from streams.topics import INBOUND_BYTES

pytestmark = pytest.mark.broker

SENT = [to_record(arrival) for arrival in arrivals(SMALL)]


@pytest.fixture
def topics(kafka: Any, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A topic of this test's own for each topic of the town."""
    prefix = uuid5(UUID(int=0), request.node.nodeid).hex[:8]
    names = {record.topic: f"{prefix}.{record.topic}" for record in SENT}
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    config = {"max.message.bytes": str(INBOUND_BYTES)}
    admin.create_topics([NewTopic(name, 3, 1, topic_configs=config) for name in names.values()])
    yield names
    admin.delete_topics(list(names.values()))
    admin.close()


def read(bootstrap: str, names: list[str]) -> dict[TopicPartition, list[Any]]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    places = [TopicPartition(name, partition) for name in names for partition in range(3)]
    consumer.assign(places)
    left = sum(consumer.end_offsets(places).values())
    found: dict[TopicPartition, list[Any]] = defaultdict(list)
    while left > 0:
        for place, records in consumer.poll(timeout_ms=10_000).items():
            found[place] += records
            left -= len(records)
    consumer.close()
    return found


def as_sent(record: Any) -> tuple[Any, ...]:
    return record.key, record.value, tuple(record.headers), record.timestamp


def test_every_record_arrives_once_in_its_order_with_its_own_time(kafka: Any, topics: dict[str, str]) -> None:
    progress: list[int] = []
    records = [replace(record, topic=topics[record.topic]) for record in SENT]
    done = publish(records, kafka.bootstrap, on_progress=progress.append)
    assert (done.acknowledged, done.too_large) == (len(SENT), {})
    assert progress[-1] == len(SENT)
    arrived = read(kafka.bootstrap, list(topics.values()))
    in_order: dict[tuple[str, bytes | None], list[Any]] = defaultdict(list)
    for record in records:
        in_order[record.topic, record.key].append((record.key, record.value, record.headers, record.timestamp_ms))
    by_key: dict[tuple[str, bytes | None], list[Any]] = defaultdict(list)
    for place, read_there in arrived.items():
        for read_record in read_there:
            by_key[place.topic, read_record.key].append(as_sent(read_record))
    assert by_key == in_order


def test_what_is_too_large_for_a_partner_topic_is_counted_and_the_rest_goes_on(
    kafka: Any, topics: dict[str, str]
) -> None:
    topic = next(iter(topics.values()))
    good = replace(SENT[0], topic=topic)
    large = Record(topic, b"k", b" " * INBOUND_BYTES, (), None)
    done = publish([good, large, good], kafka.bootstrap)
    assert (done.acknowledged, done.too_large) == (2, {topic: 1})


def test_a_rate_is_kept(kafka: Any, topics: dict[str, str]) -> None:
    topic = next(iter(topics.values()))
    began = time.monotonic()
    publish([replace(SENT[0], topic=topic)] * 30, kafka.bootstrap, rate=30)
    assert time.monotonic() - began >= 29 / 30


def test_a_topic_that_is_not_there_is_said_in_a_sentence_without_the_record(kafka: Any) -> None:
    with pytest.raises(PublishError, match=r"^no-such-topic: a record was not sent \(\w+\)$"):
        publish([replace(SENT[0], topic="no-such-topic")], kafka.bootstrap, {"max_block_ms": 500})


def test_a_broker_that_is_not_there_is_said_in_a_sentence() -> None:
    """In a process of its own: the client forgets to close its sockets when nobody answers."""
    program = (
        "from streams.simulator.publisher import publish;"
        "publish([], '127.0.0.1:1', {'bootstrap_timeout_ms': 500, 'reconnect_backoff_max_ms': 100})"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "PublishError: no broker answers (" in ended.stderr.splitlines()[-1]
