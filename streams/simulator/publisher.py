"""Sends records to the partner topics, as a partner would: in order, acknowledged by all replicas, never twice.

This is the only file of the simulator with I/O beside ``output``. ``earlyword publish`` uses it, too.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from streams.simulator.arrivals import Record
from streams.topics import INBOUND_BYTES

MOST_UNDER_WAY: Final = 5_000
"""Records sent and not yet acknowledged: bounds memory, and how far one topic can run ahead of another."""

_LARGEST_REQUEST: Final = 4 * 1024 * 1024  # bytes; the client's own bound, kept out of the way
_ACKNOWLEDGED_WITHIN_SECONDS: Final = 120
_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)


class PublishError(RuntimeError):
    """The brokers did not take a record. Operator: see that they are up, that the topic exists and that this user may
    write to it; then publish again: what was sent before is a duplicate, and ignored.
    """


@dataclass(frozen=True, slots=True)
class Published:
    """How many records were acknowledged, and how many were too large for a partner topic, by topic."""

    acknowledged: int
    too_large: Mapping[str, int]


def publish(
    records: Iterable[Record],
    bootstrap: str,
    security: Mapping[str, Any] | None = None,
    on_progress: Callable[[int], None] | None = None,
    rate: float | None = None,
) -> Published:
    """Send these records in their order, at most ``rate`` a second if given; wait until all are acknowledged.

    The order is kept within a topic's partition, where a key always goes. ``security`` are the settings of the
    kafka-python client (``security_protocol`` and the like). ``on_progress`` is told the number of records
    acknowledged so far. A record without ``timestamp_ms`` gets the time of sending.
    A record larger than a partner topic takes is not sent, but counted: compressed it might slip through.
    Raises PublishError, without showing the record.
    """
    producer = _connect(bootstrap, security or {})
    try:
        return _send_all(producer, records, on_progress or (lambda _: None), rate)
    finally:
        producer.close(timeout=_ACKNOWLEDGED_WITHIN_SECONDS)


def _connect(bootstrap: str, security: Mapping[str, Any]) -> KafkaProducer:
    try:
        return KafkaProducer(
            bootstrap_servers=bootstrap,
            client_id="earlyword-publisher",
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",  # checksums of what is left cost this client a third less than of all of it
            linger_ms=50,
            batch_size=128 * 1024,
            metrics_enabled=False,
            max_request_size=_LARGEST_REQUEST,
            allow_auto_create_topics=False,
            **security,
        )
    except KafkaError as error:
        raise PublishError(f"no broker answers ({type(error).__name__})") from None


def _send_all(
    producer: KafkaProducer, records: Iterable[Record], on_progress: Callable[[int], None], rate: float | None
) -> Published:
    waiting: deque[tuple[str, Any]] = deque()
    too_large: Counter[str] = Counter()
    acknowledged = 0
    began = time.monotonic()
    for place, record in enumerate(records):
        if rate is not None:
            time.sleep(max(0.0, began + place / rate - time.monotonic()))
        if _size(record) > INBOUND_BYTES:
            too_large[record.topic] += 1
            continue
        waiting.append((record.topic, _send(producer, record)))
        if len(waiting) >= MOST_UNDER_WAY:
            producer.flush(timeout=_ACKNOWLEDGED_WITHIN_SECONDS)
            acknowledged += _settle(waiting, too_large)
            on_progress(acknowledged)
    producer.flush(timeout=_ACKNOWLEDGED_WITHIN_SECONDS)
    acknowledged += _settle(waiting, too_large)
    on_progress(acknowledged)
    return Published(acknowledged, dict(too_large))


def _size(record: Record) -> int:
    """Bytes of key, value and headers."""
    headers = sum(len(name) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _send(producer: KafkaProducer, record: Record) -> Any:
    try:
        return producer.send(
            record.topic,
            key=record.key,
            value=record.value,
            headers=list(record.headers),
            timestamp_ms=record.timestamp_ms,
        )
    except KafkaError as error:
        raise PublishError(f"{record.topic}: a record was not sent ({type(error).__name__})") from None


def _settle(waiting: deque[tuple[str, Any]], too_large: Counter[str]) -> int:
    """Await every acknowledgement under way; gives their number."""
    acknowledged = 0
    while waiting:
        topic, future = waiting.popleft()
        try:
            future.get(timeout=_ACKNOWLEDGED_WITHIN_SECONDS)
            acknowledged += 1
        except _TOO_LARGE:
            too_large[topic] += 1
        except KafkaError as error:
            raise PublishError(f"{topic}: a record was not acknowledged ({type(error).__name__})") from None
    return acknowledged
