"""A worker of the engine for its tests: a pure core (story.py), one agent, one table, prompts as outputs.

Started as a process of its own: `python -m tests.engine.example`, told everything in the environment (see `Job`).
Faults and switched-off safeguards exist here, in the test's worker, and not in the product.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from streams.engine import (
    EngineSettings,
    Heartbeats,
    Output,
    Safeguards,
    Scram,
    Ticker,
    batch_table,
    build_app,
    raw_topic,
    run,
    settle,
)
from streams.engine.consumer import BatchConsumer
from streams.engine.progress import BatchSettled, EngineEvent, LagMeasured
from streams.engine.transport import BatchTransport
from tests.engine.story import TIME_KEY, Event, step, write


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

    inbox: str = ""
    """A topic whose records a second agent sends on to `events`, by their keys."""
    tick_seconds: float = 0.0
    heartbeat_seconds: float = 0.0
    ready_seconds: float = 120.0
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    def environment(self) -> dict[str, str]:
        return {"EXAMPLE_JOB": json.dumps(asdict(self))}


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
            life = os.environ.get("WORKER_LIFE", "")
            line |= {"at": time.time(), "event": type(event).__name__, "life": life}
            notes.write(json.dumps(line) + "\n")

    login = Scram(username=job.user, password=job.password, ca_file=Path(job.ca_file)) if job.user else None
    settings = EngineSettings(
        security=login,
        brokers=job.brokers,
        instance=job.instance,
        session_seconds=job.session,
        heartbeat_seconds=1.0,
        rebalance_seconds=job.session,
        poll_records=job.poll,
        lag_seconds=1.0,
        ready_seconds=job.ready_seconds,
        unseen_seconds=3.0,
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
            await app.on_the_way.turn_of(batch)
            await asyncio.sleep(job.seconds_per_batch)
            fault = job.fault if job.fault and fault_is_due() else ""
            handled += len(batch)
            if fault == "raise":
                raise ValueError("a text nobody should see: secret-payload")
            if fault == "forget":
                continue
            outputs = step(families, batch, job.prompts)
            if fault == "oversized":
                outputs.append(Output(job.prompts, b"big", b"x" * 3_000_000))
            app.on_the_way.settle(batch, outputs, then=lambda: None)

    if job.inbox:

        @app.agent(raw_topic(app, job.inbox, partitions=job.partitions))
        async def relay(batches: Any) -> None:
            async for batch in batches:
                await settle(app, batch, [Output(job.events, r.key, r.value, r.headers) for r in batch])

    if job.tick_seconds:

        def tell_the_time(partition: int, now: int) -> list[tuple[bytes, bytes]]:
            return [(TIME_KEY, write(Event(number=now)))]

        app.accompany(Ticker(app, job.events, job.tick_seconds, tell_the_time).run)
    if job.heartbeat_seconds:
        app.accompany(Heartbeats(app, job.heartbeat_seconds).run)
    run(app)


if __name__ == "__main__":
    main()
