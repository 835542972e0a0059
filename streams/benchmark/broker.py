"""The local Apache Kafka of a benchmark: topics made anew between two runs, and filled faster than a partner would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from streams.benchmark.children import BenchmarkFailedError
from streams.benchmark.load import Keyed
from streams.engine.partitioner import partition_for
from streams.kafka.admin import apply, open_admin
from streams.simulator.arrivals import Record
from streams.topics import FAMILY_PARTITIONS, Topic

BATCH_BYTES: Final = 262_144
GONE_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 0.1
GONE: Final = frozenset({"OK", "GroupIdNotFoundError"})
NO_GROUP_YET: Final = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError)
"""What a fresh broker says until the topic of offsets is made, which the first asking makes it do."""
UNDER_WAY: Final = 64
"""Batches sent and not yet acknowledged."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record to be loaded."""

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp: int | None = None


class Broker:
    """One broker of our own, with the topics of one hub. Close it."""

    def __init__(self, bootstrap: str, topics: Iterable[Topic]) -> None:
        self.bootstrap = bootstrap
        self._topics = {topic.name: topic for topic in topics}
        self._admin: Any = open_admin([bootstrap])
        apply(self._admin, self._topics.values(), 1)

    def close(self) -> None:
        """Leave the broker."""
        self._admin.close()

    def add(self, topic: Topic) -> None:
        """One more topic, as a peer of ours needs for its changelog."""
        self._topics[topic.name] = topic
        apply(self._admin, [topic], 1)

    def renew(self, groups: Sequence[str], topics: Sequence[str]) -> None:
        """Empty topics, and groups that never read anything."""
        self._delete_groups(groups)
        self._admin.delete_topics([name for name in topics if name in set(self._admin.list_topics())])
        self._await_gone(set(topics))
        apply(self._admin, [self._topics[name] for name in topics], 1)

    def load(self, parcels: Iterable[Parcel]) -> dict[tuple[str, int], int]:
        """Send records in their order and await the broker; the end of each partition if it was empty before."""
        by_partition: dict[tuple[str, int], list[Parcel]] = {}
        for parcel in parcels:
            partition = partition_for(parcel.key, self._topics[parcel.topic].partitions)
            by_partition.setdefault((parcel.topic, partition), []).append(parcel)
        asyncio.run(_send(self.bootstrap, by_partition))
        return {at: len(told) for at, told in by_partition.items()}

    def _delete_groups(self, groups: Sequence[str]) -> None:
        until = time.monotonic() + GONE_SECONDS
        for group in groups:
            while not self._is_deleted(group):
                if time.monotonic() > until:
                    raise BenchmarkFailedError(f"The group {group} of an ended process could not be deleted.")
                time.sleep(PAUSE_SECONDS)

    def _is_deleted(self, group: str) -> bool:
        """A group can be deleted once the broker has noticed that its last member is gone."""
        try:
            return self._admin.delete_groups([group]).get(group) in GONE
        except NO_GROUP_YET:
            return False

    def _await_gone(self, topics: set[str]) -> None:
        until = time.monotonic() + GONE_SECONDS
        while topics & set(self._admin.list_topics()):
            if time.monotonic() > until:
                raise BenchmarkFailedError("The broker did not delete topics in time.")
            time.sleep(PAUSE_SECONDS)


def of_messages(messages: Iterable[Record]) -> Iterable[Parcel]:
    """Partners' messages as they are loaded."""
    return (
        Parcel(record.topic, record.key or b"", record.value, record.headers, record.timestamp_ms)
        for record in messages
    )


def of_keyed(topic: str, records: Iterable[Keyed]) -> Iterable[Parcel]:
    """Keys and values as they are loaded."""
    return (Parcel(topic, key, value) for key, value in records)


async def _send(bootstrap: str, parcels: dict[tuple[str, int], list[Parcel]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_batch_size=BATCH_BYTES, linger_ms=0)
    await producer.start()
    try:
        waiting: set[asyncio.Future[Any]] = set()
        for (topic, partition), told in parcels.items():
            for batch in _batches(producer, told):
                waiting.add(await producer.send_batch(batch, topic, partition=partition))
                if len(waiting) >= UNDER_WAY:
                    await asyncio.gather(*waiting)
                    waiting.clear()
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()


def _batches(producer: AIOKafkaProducer, told: Iterable[Parcel]) -> Iterable[Any]:
    batch = None
    for parcel in told:
        while True:
            if batch is None:
                batch = producer.create_batch()
            headers = list(parcel.headers)
            if (
                batch.append(key=parcel.key, value=parcel.value, timestamp=parcel.timestamp, headers=headers)
                is not None
            ):
                break
            batch.close()
            yield batch
            batch = None
    if batch is not None:
        batch.close()
        yield batch


def family_like(name: str) -> Topic:
    """A changelog of our size for a peer's table."""
    return Topic(
        name=name,
        partitions=FAMILY_PARTITIONS,
        cleanup="compact",
        is_changelog=True,
        writers=("families",),
        readers=("families",),
        key="family",
    )
