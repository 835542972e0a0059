"""Make a batch durable; only after this may its offsets be committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from streams.engine.batch import Batch
from streams.engine.ending import Reason
from streams.engine.outputs import Output, Parcels, topics_of
from streams.engine.partitioner import partition_for
from streams.engine.progress import BatchSettled

if TYPE_CHECKING:
    from streams.engine.app import EngineApp


class Collected(Struct, frozen=True):
    """What is to be sent of a batch, taken from the tables and the agent before anybody else could find it."""

    started: float
    parcels: Parcels
    rows: int
    outputs: tuple[Output, ...]
    outputs_first: bool


async def settle(app: EngineApp, batch: Batch, outputs: Iterable[Output] = (), *, outputs_first: bool = False) -> None:
    """Send the changed rows of the tables and the outputs, and return when all in-sync replicas have them.

    Records of one topic and partition are sent in the order given. Whatever goes wrong (a refused record,
    brokers away for longer than the lease) ends the process without a commit.

    Rows and outputs go together, so a row must hold what a repeat has to send again (an outbox). With `outputs_first`
    no row is sent before all outputs are acknowledged: a repeat then makes the outputs anew, from the old row.
    """
    await store(app, batch, collect(app, batch, outputs, outputs_first=outputs_first))


def collect(app: EngineApp, batch: Batch, outputs: Iterable[Output], *, outputs_first: bool) -> Collected:
    """Take the changed rows of all tables before the first await: no other agent may find them still waiting, or settle
    without them."""
    parcels: Parcels = {}
    rows = sum(table.take_changes(parcels, batch) for table in app.batch_tables())
    return Collected(time.monotonic(), parcels, rows, tuple(outputs), outputs_first)


async def store(app: EngineApp, batch: Batch, collected: Collected) -> None:
    """Send what was collected, and mark the batch settled when the brokers have it; see `settle`."""
    parcels, outputs = collected.parcels, collected.outputs
    of_outputs: Parcels = {}
    _insist_on_lease(app, batch)
    try:
        async with asyncio.timeout(app.lease.left(batch)):
            await _address(app, outputs, of_outputs)
            if collected.outputs_first:
                await app.batch_producer.send_parcels(of_outputs)
                _insist_on_lease(app, batch)
                written = await app.batch_producer.send_parcels(parcels)
            else:
                written = await app.batch_producer.send_parcels(parcels | of_outputs)
    except Exception as error:  # noqa: BLE001 - whatever it is, the batch is not stored
        _give_up(app, batch, Reason.NOT_STORED, error)
    _insist_on_lease(app, batch)  # another owner may have read our rows as the last ones, or not at all
    for table in app.batch_tables():
        table.note_written(written)
    app.batch_consumer.mark_settled(batch)
    app.desk.settled(batch)
    seconds = time.monotonic() - collected.started
    app.tell(BatchSettled(batch.tp, batch.offset, len(batch), collected.rows, len(outputs), seconds))


async def _address(app: EngineApp, outputs: tuple[Output, ...], parcels: Parcels) -> None:
    """Add the outputs to the parcels of their partitions."""
    partitions = {topic: await app.batch_producer.count_partitions(topic) for topic in topics_of(outputs)}
    for output in outputs:
        partition = output.partition
        if partition is None:
            if output.key is None:
                raise ValueError("an output needs a key or a partition")
            partition = partition_for(output.key, partitions[output.topic])
        record = (output.key, output.value, output.headers, output.timestamp)
        parcels.setdefault((output.topic, partition), []).append(record)


def _insist_on_lease(app: EngineApp, batch: Batch) -> None:
    if app.lease.left(batch) <= 0:
        _give_up(app, batch, Reason.SLEPT if app.lease.slept() else Reason.LEASE_RAN_OUT)


def _give_up(app: EngineApp, batch: Batch, reason: Reason, error: Exception | None = None) -> NoReturn:
    app.end(reason, error, topic=batch.tp.topic, partition=batch.tp.partition, offset=batch.offset)
