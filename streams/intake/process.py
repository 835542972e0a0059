"""``earlyword intake``: the intake process, put together. The only one that sees identifiers and holds the key."""

from __future__ import annotations

from streams.dead_letter_limit import DeadLetterLimit
from streams.engine import Batch, EngineApp, build_app
from streams.engine.follower import Follower
from streams.engine.progress import Listener, ignore
from streams.hub import read_hub
from streams.intake.accept import Door
from streams.intake.agent import NAME, Told, declare
from streams.intake.door import Answered
from streams.intake.link_history import LinkHistory
from streams.intake.pseudonyms import read_key
from streams.intake.statements import Step
from streams.process import StreamClock, as_family_record, engine_settings, tick
from streams.settings import Settings
from streams.topics import LINKS, STATEMENTS, partner_topic


def build(settings: Settings, listener: Listener = ignore) -> EngineApp:
    """The intake process, ready to run."""
    hub = read_hub(settings.need_hub())
    door = Door(hub, read_key(settings.need_pseudonym_key(), settings.pseudonym_key_version))
    app = build_app(engine_settings(settings), NAME, listener=listener)
    history = LinkHistory()
    follower = Follower(engine_settings(settings), LINKS, take=history.take, listener=listener)
    app.accompany(follower.run)
    stream = StreamClock()
    watch = SetAsideWatch(DeadLetterLimit(count=settings.dead_letters, minutes=settings.dead_letter_minutes))

    def compared(batch: Batch, done: Step) -> None:
        for counted in done.counted:
            stream.note(batch.tp.partition, counted.received_at)

    topics = sorted({partner_topic(source.agency, source.kind) for source in hub.sources})
    declare(app, door, topics, history, follower, Told(watch, compared))
    tick(app, STATEMENTS, settings, stream, as_family_record)
    return app


class SetAsideWatch:
    """Stops the process when more is set aside than a partner's slip can explain."""

    def __init__(self, limit: DeadLetterLimit) -> None:
        self._limit = limit

    def __call__(self, topic: str, answered: Answered) -> None:
        del topic
        for _, received_at in answered.set_aside:
            self._limit = self._limit.add(received_at)
