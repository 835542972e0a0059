"""``earlyword families``: the families process, put together."""

from __future__ import annotations

from models.family.judge import SILENT
from streams.engine import Batch, EngineApp, build_app
from streams.engine.progress import Listener, ignore
from streams.families.agent import NAME, declare
from streams.families.step import Step
from streams.process import StreamClock, as_family_record, engine_settings, read_pack, tick
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS


def build(settings: Settings, listener: Listener = ignore) -> EngineApp:
    """The families process, ready to run."""
    app = build_app(engine_settings(settings), NAME, listener=listener)
    stream = StreamClock()

    def settled(batch: Batch, done: Step) -> None:
        stream.note(batch.tp.partition, done.newest)

    declare(app, SILENT, read_pack(), settled)
    tick(app, FAMILY_EVENTS, settings, stream, as_family_record)
    return app
