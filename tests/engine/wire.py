"""A test's own view of the broker, by kafka-python: another client than the product's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ACL, KafkaAdminClient, NewTopic
from kafka.errors import CoordinatorNotAvailableError

QUICK_COMPACTION = {"cleanup.policy": "compact"}


@dataclass(frozen=True)
class Seen:
    """A record as it lies on a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Wire:
    """Topics, records and positions of one broker."""

    def __init__(self, bootstrap: str, **options: Any) -> None:
        self.bootstrap = bootstrap
        self._client: dict[str, Any] = {"bootstrap_servers": bootstrap, **options}
        self._admin = KafkaAdminClient(**self._client)

    def close(self) -> None:
        self._admin.close()

    def create(self, *topics: str, partitions: int = 12, config: dict[str, str] | None = None) -> None:
        """Create topics, and return when they have leaders."""
        new = [NewTopic(name, partitions, 1, topic_configs=config or {}) for name in topics]
        self._admin.create_topics(new)
        self._admin.wait_for_topics(list(topics))

    def delete(self, *topics: str) -> None:
        self._admin.delete_topics(list(topics))

    def grant(self, rights: Iterable[ACL]) -> None:
        """Allow something."""
        self._admin.create_acls(list(rights))

    def producer(self, **options: Any) -> KafkaProducer:
        return KafkaProducer(**self._client, linger_ms=10, acks="all", **options)

    def publish(self, topic: str, records: Iterable[tuple[bytes, bytes | None]], **options: Any) -> int:
        """Send records, await the broker, and tell how many they were."""
        producer = self.producer()
        sent = [producer.send(topic, key=key, value=value, **options) for key, value in records]
        producer.flush()
        for future in sent:
            future.get(timeout=10)
        producer.close()
        return len(sent)

    def read(self, topic: str) -> list[Seen]:
        """Everything on a topic now, by partition and offset."""
        consumer = KafkaConsumer(**self._client, enable_auto_commit=False)
        try:
            partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            seen: list[Seen] = []
            while any(consumer.position(tp) < ends[tp] for tp in partitions):
                for records in consumer.poll(timeout_ms=200).values():
                    seen += [Seen(r.partition, r.offset, r.key, r.value, tuple(r.headers or ())) for r in records]
            return sorted(seen, key=lambda record: (record.partition, record.offset))
        finally:
            consumer.close()

    def ends(self, topic: str) -> dict[int, int]:
        """The end offset of each partition."""
        consumer = KafkaConsumer(**self._client, enable_auto_commit=False)
        try:
            partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
            return {tp.partition: end for tp, end in consumer.end_offsets(partitions).items()}
        finally:
            consumer.close()

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """The group's next offset by partition; a partition never committed is absent."""
        try:
            (offsets,) = self._admin.list_group_offsets({group: None}).values()
        except CoordinatorNotAvailableError:  # a fresh broker makes the topic of offsets when a group first asks
            return {}
        return {tp.partition: at.offset for tp, at in offsets.items() if tp.topic == topic and at.offset >= 0}

    def lag(self, group: str, topic: str) -> int:
        """Records of a topic that the group has not committed."""
        committed = self.committed(group, topic)
        return sum(end - committed.get(partition, 0) for partition, end in self.ends(topic).items())


class LiveLoad:
    """Publishes `record(i)` for i = 0, 1, 2 ... at a rate, in a thread, until told to stop."""

    def __init__(
        self, wire: Wire, topic: str, record: Callable[[int], tuple[bytes, bytes]], *, rate: float, limit: int = 10**9
    ) -> None:
        self.sent = 0
        self._wire, self._topic, self._record, self._rate, self._limit = wire, topic, record, rate, limit
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)

    def __enter__(self) -> LiveLoad:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Stop, await the broker, and tell how many records were sent."""
        self._stop.set()
        self._thread.join(60)
        return self.sent

    def _publish(self) -> None:
        producer = self._wire.producer()
        began = time.monotonic()
        while not self._stop.is_set() and self.sent < self._limit:
            due = min(self._limit, int((time.monotonic() - began) * self._rate))
            for i in range(self.sent, due):
                key, value = self._record(i)
                producer.send(self._topic, key=key, value=value)
            self.sent = max(self.sent, due)
            self._stop.wait(0.01)
        producer.flush()
        producer.close()


def by_key(records: Iterable[Seen]) -> Iterator[tuple[bytes, bytes | None]]:
    """Key and value of keyed records."""
    for record in records:
        if record.key is not None:
            yield record.key, record.value
