"""``earlyword desk``: the desk process, put together."""

from __future__ import annotations

import msgspec

from models.desk.policy import policy_of
from schemas.desk_events import DeskRecord
from schemas.events import TimePassed
from streams.desk.agent import NAME, declare
from streams.desk.step import Published
from streams.engine import Batch, EngineApp, build_app
from streams.engine.progress import Listener, ignore
from streams.hub import read_hub
from streams.process import StreamClock, engine_settings, tick
from streams.settings import Settings
from streams.topics import DESK_EVENTS

_encode = msgspec.msgpack.Encoder().encode


def build(settings: Settings, listener: Listener = ignore) -> EngineApp:
    """The desk process, ready to run."""
    app = build_app(engine_settings(settings), NAME, listener=listener)
    policy = policy_of(read_hub(settings.need_hub()), closes_at_due=settings.desk_answers == "at-due")
    stream = StreamClock()

    def settled(batch: Batch, done: Published) -> None:
        stream.note(batch.tp.partition, done.newest)

    declare(app, policy, settled)
    tick(app, DESK_EVENTS, settings, stream, as_desk_record)
    return app


def as_desk_record(event: TimePassed) -> bytes:
    """The passing of time as the desk is told it."""
    return _encode(DeskRecord(None, event))
