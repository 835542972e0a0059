"""Keys lie where every other Kafka client would look for them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner

from streams.engine.partitioner import is_misplaced, partition_for


@dataclass(frozen=True)
class OneTopic:
    """What kafka-python's partitioner asks of a cluster."""

    partitions: int

    def topics(self) -> set[str]:
        return {"topic"}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(self.partitions))

    available_partitions_for_topic = partitions_for_topic


@given(key=st.binary(max_size=64), partitions=st.integers(1, 64))
def test_a_key_goes_where_kafka_python_puts_it(key: bytes, partitions: int) -> None:
    theirs = DefaultPartitioner().partition("topic", key, key, b"", b"", OneTopic(partitions))
    assert partition_for(key, partitions) == theirs


@given(key=st.binary(max_size=64), partition=st.integers(0, 11))
def test_a_record_is_misplaced_everywhere_but_in_its_own_partition(key: bytes, partition: int) -> None:
    assert is_misplaced(key, partition, 12) == (partition != partition_for(key, 12))


def test_a_record_without_a_key_is_misplaced() -> None:
    assert is_misplaced(None, 0, 12)
