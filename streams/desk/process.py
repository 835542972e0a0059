"""``earlyword desk``: the desk process, put together."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from models.calendar.local_time import to_moment
from models.calendar.working_days import bank_holidays
from models.desk.policy import policy_of
from models.desk.state import counts, oldest_open
from schemas.desk_events import DeskRecord
from schemas.events import TimePassed
from streams.desk.agent import NAME, declare
from streams.desk.step import Published
from streams.engine import Batch, EngineApp, build_app
from streams.hub import read_hub
from streams.process import StreamClock, engine_settings, tick
from streams.settings import Settings
from streams.topics import DESK_EVENTS
from streams.watch import Watch, seconds_since

MOST_AT_ONCE = 50
"""Desk events in a batch: all prompts that follow from one lie in the desk's row until the next, as its outbox."""

_encode = msgspec.msgpack.Encoder().encode


def build(settings: Settings, watch: Watch) -> EngineApp:
    """The desk process, ready to run."""
    bank_holidays(2026)  # any year loads the library: half a second, or many on a busy machine, and not inside a batch
    few = replace(engine_settings(settings), poll_records=min(settings.poll_records, MOST_AT_ONCE))
    app = build_app(few, NAME, listener=watch.listener)
    policy = policy_of(read_hub(settings.need_hub()), closes_at_due=settings.desk_answers == "at-due")
    stream = StreamClock()

    def settled(batch: Batch, done: Published) -> None:
        stream.note(batch.tp.partition, done.newest)
        metrics = watch.metrics
        for prompt in done.prompts:
            if prompt.revision == 1 and prompt.reasons and prompt.reasons[0].rule is not None:
                metrics.count_prompt(prompt.reasons[0].rule.id)
                if settings.clock == "wall":
                    metrics.time_prompt(seconds_since(to_moment(prompt.raised_at)))
        for waited in done.waited:
            metrics.time_acknowledgement(waited / 1_000_000)
        if done.repeated:
            metrics.count_suppressed(done.repeated)
        now = counts(done.desk)
        metrics.set_desk(opened=now.open, waiting=now.waiting, overdue=now.overdue)
        oldest = oldest_open(done.desk)
        metrics.set_oldest_open(0.0 if oldest is None else (done.desk.clock - oldest) / 1_000_000)

    declare(app, policy, settled)
    tick(app, DESK_EVENTS, settings, stream, as_desk_record)
    return app


def as_desk_record(event: TimePassed) -> bytes:
    """The passing of time as the desk is told it."""
    return _encode(DeskRecord(None, event))
