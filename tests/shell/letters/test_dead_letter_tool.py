"""Dead letters on a real broker: listed without a word, shown for a reason, and sent again to the byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from msgspec.structs import replace

from schemas.wire.dead_letter_v1 import Reason
from streams.dead_letter_tool import Where, list_letters, replay_letters, sender, show_letters
from streams.dead_letters import headers_of, write_letter
from streams.intake.accept import PartnerRecord
from streams.kafka.admin import apply, open_admin
from streams.kafka.local import LocalKafka
from streams.topics import DEAD_LETTERS, declare_topics, partner_topic

pytestmark = pytest.mark.broker

ORIGINAL = partner_topic("oakfield", "referral")
HEADERS: tuple[tuple[str, bytes], ...] = (("ce_id", b"e-1"), ("trace", b"\xff"))
RECORD = PartnerRecord(
    topic=ORIGINAL,
    partition=4,
    offset=0,
    timestamp=1_772_469_000_000,
    key=b"\xffP-00731",
    value=b'{"W999400124001":\xff}',
    headers=HEADERS,
)


@pytest.fixture(scope="module")
def producer(fresh_kafka: LocalKafka) -> Iterator[KafkaProducer]:
    with open_admin(fresh_kafka.addresses) as admin:
        apply(admin, declare_topics([("oakfield", "referral")]), replication=1)
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    for offset, reason in enumerate((Reason.SCHEMA, Reason.JSON, Reason.SCHEMA)):
        letter = write_letter(replace(RECORD, offset=offset), HEADERS, reason, ("/child",), app_version="0.1.0")
        send(producer, DEAD_LETTERS, letter.key, letter.value, headers_of(letter))
    send(producer, DEAD_LETTERS, None, b"not a letter", ())
    yield producer
    producer.close()


def send(producer: KafkaProducer, topic: str, key: Any, value: Any, headers: Any) -> None:
    producer.send(topic, key=key, value=value, headers=list(headers), partition=0).get(timeout=30)


@pytest.fixture
def consumer(fresh_kafka: LocalKafka, producer: KafkaProducer) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(bootstrap_servers=fresh_kafka.bootstrap, group_id=None)
    yield consumer
    consumer.close()


def test_letters_are_listed_by_reason_without_a_word_of_the_partners(consumer: KafkaConsumer) -> None:
    listed = list(list_letters(consumer, Where(reason=Reason.SCHEMA)))
    assert [seen.place for seen in listed] == [f"{DEAD_LETTERS}/0@0", f"{DEAD_LETTERS}/0@2"]
    assert all((seen.key, seen.value, seen.headers) == (None, None, ()) for seen in listed)
    assert listed[0].shown.value_bytes == len(RECORD.value or b"")
    everything = [seen.place for seen in list_letters(consumer, Where())]
    assert everything[:3] == [f"{DEAD_LETTERS}/0@{offset}" for offset in range(3)]
    assert f"{DEAD_LETTERS}/0@3" not in everything  # not a letter; another test may have set more aside since
    assert list(list_letters(consumer, Where(topic="elsewhere"))) == []


def test_words_are_shown_after_the_reason_was_written_down(consumer: KafkaConsumer) -> None:
    written: list[tuple[str, str]] = []

    def write_down(place: str, reason: str) -> None:
        written.append((place, reason))

    where = Where(place=f"{DEAD_LETTERS}/0@1")
    (seen,) = show_letters(consumer, where, "call to the school", write_down)
    assert (seen.key, seen.value, seen.headers) == (RECORD.key, RECORD.value, HEADERS)
    assert written == [(f"{DEAD_LETTERS}/0@1", "call to the school")]
    (hidden,) = show_letters(consumer, where)
    assert hidden.value is None


@pytest.mark.parametrize(("reason", "write_down"), [("", lambda place, reason: None), ("because", None)])
def test_without_a_reason_that_is_written_down_nothing_is_shown(
    consumer: KafkaConsumer, reason: str, write_down: Callable[[str, str], None] | None
) -> None:
    with pytest.raises(ValueError, match="give a reason"):
        list(show_letters(consumer, Where(), reason, write_down))


def test_what_is_sent_again_is_the_same_event_and_is_not_sent_a_third_time(
    consumer: KafkaConsumer, producer: KafkaProducer
) -> None:
    where = Where(reason=Reason.JSON)
    assert len(list(replay_letters(consumer, where))) == 1
    assert end_of(consumer) == 0  # a dry run

    assert len(list(replay_letters(consumer, where, sender(producer)))) == 1
    (again,) = records_of(consumer)
    assert (again.key, again.value) == (RECORD.key, RECORD.value)
    assert tuple(again.headers)[:2] == HEADERS

    returned = replace(RECORD, offset=again.offset, headers=tuple(again.headers))
    second = write_letter(returned, again.headers, Reason.HANDLER_BUG, app_version="0.2.0")
    send(producer, DEAD_LETTERS, second.key, second.value, headers_of(second))
    assert second.note.attempts == 2
    assert list(replay_letters(consumer, where)) == []
    (newer,) = replay_letters(consumer, Where(reason=Reason.HANDLER_BUG))
    assert newer.shown.note.replayed_from == f"{DEAD_LETTERS}/0@1"


def end_of(consumer: KafkaConsumer) -> int:
    place = TopicPartition(ORIGINAL, RECORD.partition)
    return int(consumer.end_offsets([place])[place])


def records_of(consumer: KafkaConsumer) -> list[Any]:
    place = TopicPartition(ORIGINAL, RECORD.partition)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    found: list[Any] = []
    for _ in range(30):
        found += consumer.poll(timeout_ms=1_000).get(place, [])
        if len(found) >= end_of(consumer):
            break
    return found
