"""A topic from its beginning to where it ended when somebody began to read: what is counted is what lies there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

POLL_MS: Final = 1_000
FETCH_RECORDS: Final = 5_000
SILENT_POLLS: Final = 30


def read_whole(consumer: KafkaConsumer, topic: str) -> Iterator[Any]:
    """The records on the topic as it is now, oldest first in each partition; the partitions take turns.

    ``consumer`` has no group, so that looking moves nobody's place. Raises TimeoutError after 30 seconds of silence.
    """
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    if not partitions:
        return
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    consumer.seek_to_beginning(*partitions)
    silent = 0
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        fetched = consumer.poll(timeout_ms=POLL_MS, max_records=FETCH_RECORDS)
        silent = 0 if fetched else silent + 1
        if silent > SILENT_POLLS:
            raise TimeoutError(f"the broker gives no records of {topic}; look whether it is well")
        for partition, records in fetched.items():
            yield from (record for record in records if record.offset < ends[partition])
