"""``earlyword families``: the families process, put together."""

from __future__ import annotations

import asyncio

from streams.engine import Batch, EngineApp, build_app
from streams.engine.follower import Follower
from streams.families.agent import NAME, declare
from streams.families.models import Models
from streams.families.step import Step
from streams.hub import read_hub
from streams.process import Reviews, StreamClock, as_family_record, engine_settings, read_pack, tick
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS, MODELS
from streams.watch import Watch, seconds_since


def build(settings: Settings, watch: Watch) -> EngineApp:
    """The families process, ready to run."""
    app = build_app(engine_settings(settings), NAME, listener=watch.listener)
    stream = StreamClock()
    hub = read_hub(settings.hub) if settings.hub is not None else None  # its terms; without, no school day is known
    pack = read_pack(hub=hub)
    reviews = Reviews(pack, watch.metrics.set_rules_to_review)

    def settled(batch: Batch, done: Step) -> None:
        stream.note(batch.tp.partition, done.newest)
        reviews.tell(done.newest)
        if settings.clock == "wall" and done.newest:
            watch.metrics.time_state(seconds_since(done.newest))

    models = Models(settings.model)
    follower = Follower(engine_settings(settings), MODELS, take=models.take, listener=watch.listener)
    app.accompany(follower.run)

    async def tell_when_read() -> None:
        await follower.caught_up.wait()
        watch.readiness.models_read()  # also where there is not one model yet
        await asyncio.Event().wait()  # a companion runs as long as the worker

    app.accompany(tell_when_read)
    declare(app, models, follower.caught_up, pack, settled)
    tick(app, FAMILY_EVENTS, settings, stream, as_family_record)
    return app
