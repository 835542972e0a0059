"""A topic from its beginning to its end, as it was when asked: what is counted is what lies there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

READ_SECONDS: Final = 60.0
POLL_MS: Final = 500
FETCH_RECORDS: Final = 5_000


class TopicUnreadable(Exception):  # noqa: N818 - named for what happened
    """A topic could not be read to its end in time. Operator: see that the broker still answers."""


def read_topic(broker: str, topic: str, partitions: int, client: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Every record of a topic, each partition in its order. Raises TopicUnreadable."""
    wanted = [TopicPartition(topic, number) for number in range(partitions)]
    with closing(follow(broker, wanted, client)) as consumer:
        ends = consumer.end_offsets(wanted)
        until = time.monotonic() + READ_SECONDS
        missing = {at for at in wanted if ends[at] > 0}
        while missing:
            if time.monotonic() > until:
                raise TopicUnreadable(f"{topic} could not be read to its end within {READ_SECONDS:.0f} s.")
            for at, records in consumer.poll(timeout_ms=POLL_MS, max_records=FETCH_RECORDS).items():
                yield from (record for record in records if record.offset < ends[at])
            missing = {at for at in missing if consumer.position(at) < ends[at]}


def follow(broker: str, partitions: Iterable[TopicPartition], client: Mapping[str, Any] | None = None) -> Any:
    """A consumer without a group, at the beginning of these partitions; to be closed."""
    consumer = KafkaConsumer(
        bootstrap_servers=broker.split(","),
        enable_auto_commit=False,
        fetch_max_wait_ms=100,
        check_crcs=False,  # the client's own check is plain Python, a few MB a second; the broker has checked them
        **(client or {}),
    )
    consumer.assign(list(partitions))
    consumer.seek_to_beginning()
    return consumer
