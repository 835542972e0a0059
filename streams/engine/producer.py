"""Sending ready-made Kafka batches: one per partition and `send_bytes`, instead of one future per record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engine.outputs import Parcels, Record


class Written(NamedTuple):
    """Records that the brokers acknowledged."""

    tp: TP
    first: int
    records: int


class BatchProducer(driver.Producer):
    """Faust's aiokafka producer, idempotent, and able to send whole parcels."""

    def _settings_extra(self) -> Mapping[str, Any]:
        """Retries inside the client neither repeat nor reorder records."""
        return {"acks": "all", "enable_idempotence": True}

    async def count_partitions(self, topic: str) -> int:
        """How many partitions a topic has. Waits for its metadata; raises KafkaError if it does not exist."""
        return len(await self._ensure_producer().partitions_for(topic))

    async def send_parcels(self, parcels: Parcels) -> list[Written]:
        """Send, and return when all in-sync replicas have every record.

        Records of one topic and partition keep their order. Raises the first KafkaError; what the other
        parcels came to is then unknown.
        """
        written: list[list[Written]] = await asyncio.gather(
            *(self._send(topic, partition, records) for (topic, partition), records in parcels.items())
        )
        return [part for parts in written for part in parts]

    async def _send(self, topic: str, partition: int, records: list[Record]) -> list[Written]:
        producer = self._ensure_producer()
        tp = TP(topic, partition)
        sent: list[tuple[asyncio.Future[Any], int]] = []
        left = iter(records)
        record = next(left, None)
        while record is not None:
            builder = producer.create_batch()
            append = builder.append
            while record is not None:
                key, value, headers, timestamp = record
                if append(key=key, value=value, timestamp=timestamp, headers=list(headers)) is None:
                    break  # full: the next batch begins with this record
                record = next(left, None)
            builder.close()  # else the client may add records of others to it
            future = await producer.send_batch(builder, topic, partition=partition)
            sent.append((future, builder.record_count()))
        return [Written(tp, (await future).offset, count) for future, count in sent]
