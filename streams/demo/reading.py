"""How the demo reads topics: without a group, from their beginning, and quickly, since the broker is its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.reading import read_whole


class TopicUnreadable(Exception):  # noqa: N818 - named for what happened
    """A topic could not be read to its end in time. Operator: see that the broker still answers."""


def read_topic(broker: str, topic: str, client: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Every record of a topic, each partition in its order. Raises TopicUnreadable."""
    with closing(_connect(broker, client)) as consumer:
        try:
            yield from read_whole(consumer, topic)
        except TimeoutError:
            raise TopicUnreadable(f"{topic} could not be read to its end.") from None


def follow(broker: str, partitions: Iterable[TopicPartition], client: Mapping[str, Any] | None = None) -> Any:
    """A consumer without a group, at the beginning of these partitions; to be closed."""
    consumer = _connect(broker, client)
    consumer.assign(list(partitions))
    consumer.seek_to_beginning()
    return consumer


def _connect(broker: str, client: Mapping[str, Any] | None) -> Any:
    return KafkaConsumer(
        bootstrap_servers=broker.split(","),
        enable_auto_commit=False,
        fetch_max_wait_ms=100,
        check_crcs=False,  # the client's own check is plain Python, a few MB a second; the broker has checked them
        **(client or {}),
    )
