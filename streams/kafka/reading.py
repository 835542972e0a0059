"""A topic from its beginning to where it ended when somebody began to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

POLL_MS: Final = 1_000
SILENT_POLLS: Final = 30


def read_whole(consumer: KafkaConsumer, topic: str) -> Iterator[Any]:
    """The records on the topic as it is now, oldest first in each partition.

    ``consumer`` has no group, so that looking moves nobody's place. Raises TimeoutError after 30 seconds of silence.
    """
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    for partition in partitions:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        silent = 0
        while consumer.position(partition) < ends[partition]:
            records = consumer.poll(timeout_ms=POLL_MS).get(partition, ())
            silent = 0 if records else silent + 1
            if silent > SILENT_POLLS:
                raise TimeoutError(f"the broker gives no records of {topic}; look whether it is well")
            yield from (record for record in records if record.offset < ends[partition])
