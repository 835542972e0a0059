"""A worker of the engine for its tests: a pure core of 40 lines, one agent, one table, prompts as outputs.

Started as a process of its own: `python example.py`, told everything in the environment (see `Job`). Faults and
switched-off safeguards exist here, in the test's worker, and not in the product.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from streams.engine import (
    Batch,
    BatchTable,
    EngineSettings,
    Output,
    Safeguards,
    batch_table,
    build_app,
    raw_topic,
    run,
    settle,
)
from streams.engine.consumer import BatchConsumer
from streams.engine.header import pack, unpack
from streams.engine.progress import BatchSettled, EngineEvent, LagMeasured
from streams.engine.transport import BatchTransport

PROMPT_EVERY = 10


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one example worker does; handed over as JSON in EXAMPLE_JOB."""

    brokers: tuple[str, ...]
    group: str
    events: str
    prompts: str
    log: str
    """File for what happened: one line per event of the engine."""
    instance: str | None = None
    partitions: int = 12
    session: float = 6.0
    poll: int = 4000
    seconds_per_batch: float = 0.0
    fault: str = ""
    """raise, forget, oversized: once, at a batch after `fault_after` events; `flag` remembers that it was."""
    fault_after: int = 1500
    flag: str = ""
    off: tuple[str, ...] = ()
    """Safeguards to switch off."""
    seek_pause: float = 0.0
    """Seconds between the seek at the end of a rebalance and the moment when Faust wipes the agents' queues."""

    def environment(self) -> dict[str, str]:
        return {"EXAMPLE_JOB": json.dumps(asdict(self))}


class Event(msgspec.Struct, frozen=True):
    number: int
    weight: int
    erase: bool = False


class Story(msgspec.Struct):
    """One family of the example: `value` depends on the order of events."""

    count: int = 0
    value: float = 0.0
    outbox: list[tuple[str, int]] = []


read_event, read_story, write = (
    msgspec.json.Decoder(Event).decode,
    msgspec.json.Decoder(Story).decode,
    msgspec.json.encode,
)


def step(table: BatchTable, batch: Batch, prompts: str) -> list[Output]:
    """Pure, but for the table: offset guard, order-sensitive state, outbox."""
    touched: dict[bytes, tuple[Story, int] | None] = {}
    outputs: list[Output] = []
    for record in batch:
        key = record.key
        assert key is not None
        assert record.value is not None
        if key not in touched:
            row = table.get(key)
            touched[key] = None if row is None else (read_story(unpack(row).payload), unpack(row).guard)
        story, guard = touched[key] or (Story(), -1)
        if record.offset <= guard:
            outputs += [prompt(prompts, key, name) for name, offset in story.outbox if offset == record.offset]
            continue
        event = read_event(record.value)
        if event.erase:
            touched[key] = None
            continue
        story.count += 1
        story.value = story.value * 0.9 + event.weight
        if story.count % PROMPT_EVERY == 0:
            name = f"{key.decode()}:{story.count}"
            story.outbox = [*story.outbox[-19:], (name, record.offset)]
            outputs.append(prompt(prompts, key, name))
        touched[key] = (story, record.offset)
    for key, told in touched.items():
        if told is not None:
            table[key] = pack(write(told[0]), guard=told[1])
        else:
            del table[key]
    return outputs


def prompt(topic: str, key: bytes, name: str) -> Output:
    return Output(topic, key, write(name))


class SlowSeek(BatchConsumer):
    """Widens the moment in which stock Faust loses records, from microseconds to `seek_pause`."""

    seek_pause = 0.0

    async def perform_seek(self) -> None:
        await super().perform_seek()
        await asyncio.sleep(self.seek_pause)


class SlowTransport(BatchTransport):
    Consumer = SlowSeek


def main() -> None:
    raw = json.loads(os.environ["EXAMPLE_JOB"])
    job = Job(**{**raw, "brokers": tuple(raw["brokers"]), "off": tuple(raw["off"])})
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    handled = 0

    def note(event: EngineEvent) -> None:
        match event:
            case BatchSettled():
                line: dict[str, Any] = {"records": event.records, "offset": event.offset, "p": event.tp.partition}
            case LagMeasured():
                line = {"lag": sum(event.records.values())}
            case _:
                line = {k: str(getattr(event, k)) for k in type(event).__dataclass_fields__}
        with Path(job.log).open("a") as notes:
            notes.write(json.dumps({"at": time.time(), "event": type(event).__name__, **line}) + "\n")

    settings = EngineSettings(
        brokers=job.brokers,
        instance=job.instance,
        session_seconds=job.session,
        heartbeat_seconds=1.0,
        rebalance_seconds=job.session,
        poll_records=job.poll,
        lag_seconds=1.0,
    )
    guards = Safeguards(**dict.fromkeys(job.off, False))
    SlowSeek.seek_pause = job.seek_pause
    app = build_app(settings, job.group, listener=note, partitions=job.partitions, safeguards=guards)
    app.transport = SlowTransport(app.conf.broker_consumer, app)
    events = raw_topic(app, job.events, partitions=job.partitions)
    families = batch_table(app, "families", partitions=job.partitions)

    def fault_is_due() -> bool:
        if handled < job.fault_after or Path(job.flag).exists():
            return False
        Path(job.flag).touch()
        return True

    @app.agent(events)
    async def watch(batches: Any) -> None:
        nonlocal handled
        async for batch in batches:
            fault = job.fault if job.fault and fault_is_due() else ""
            handled += len(batch)
            if fault == "raise":
                raise ValueError("a text nobody should see: secret-payload")
            if fault == "forget":
                continue
            outputs = step(families, batch, job.prompts)
            if job.seconds_per_batch:
                await asyncio.sleep(job.seconds_per_batch)
            if fault == "oversized":
                outputs.append(Output(job.prompts, b"big", b"x" * 3_000_000))
            await settle(app, batch, outputs)

    run(app)


if __name__ == "__main__":
    main()
