"""``earlyword intake``: the intake process, put together. The only one that sees identifiers and holds the key."""

from __future__ import annotations

import asyncio
from typing import assert_never

from models.intake.listening import Verdict
from streams.dead_letter_limit import DeadLetterLimit
from streams.engine import Batch, EngineApp, build_app
from streams.engine.follower import Follower
from streams.hub import read_hub
from streams.intake.accept import Door
from streams.intake.agent import NAME, Told, declare
from streams.intake.door import Answered
from streams.intake.link_history import LinkHistory
from streams.intake.pseudonyms import read_key
from streams.intake.statements import Counted, Step
from streams.process import StreamClock, as_family_record, engine_settings, tick
from streams.settings import Settings
from streams.topics import LINKS, STATEMENTS, parse_partner_topic, partner_topic
from streams.watch import Watch


def build(settings: Settings, watch: Watch) -> EngineApp:
    """The intake process, ready to run."""
    hub = read_hub(settings.need_hub())
    door = Door(hub, read_key(settings.need_pseudonym_key(), settings.pseudonym_key_version))
    app = build_app(engine_settings(settings), NAME, listener=watch.listener)
    history = LinkHistory()
    follower = Follower(engine_settings(settings), LINKS, take=history.take, listener=watch.listener)
    app.accompany(follower.run)

    async def tell_when_read() -> None:
        await follower.caught_up.wait()
        watch.readiness.links_read()  # also where there is not one link yet
        await asyncio.Event().wait()  # a companion runs as long as the worker

    app.accompany(tell_when_read)
    stream = StreamClock()
    limit = SetAsideLimit(DeadLetterLimit(count=settings.dead_letters, minutes=settings.dead_letter_minutes))

    def answered(batch: Batch, done: Answered) -> None:
        agency = _agency_of(batch.tp.topic)
        kind = _kind_of(batch.tp.topic)
        for reason, _ in done.set_aside:
            watch.metrics.count_event(agency, kind, "dead_letter")
            watch.metrics.count_dead_letter(agency, reason.name)

    def compared(batch: Batch, done: Step) -> None:
        for counted in done.counted:
            stream.note(batch.tp.partition, counted.received_at)
            count(watch, counted)

    topics = sorted({partner_topic(source.agency, source.kind) for source in hub.sources})
    declare(app, door, topics, history, follower, Told(limit, answered, compared))
    tick(app, STATEMENTS, settings, stream, as_family_record)
    return app


def count(watch: Watch, counted: Counted) -> None:
    """One partner record that passed the door, with what became of it."""
    agency, kind = counted.agency, counted.kind
    match counted.verdict:
        case Verdict.ID_REUSE:
            watch.metrics.count_event(agency, kind, "dead_letter")
            watch.metrics.count_dead_letter(agency, "ID_REUSE")
        case Verdict.DUPLICATE:
            watch.metrics.count_event(agency, kind, "duplicate")
        case Verdict.EXPIRED | Verdict.ACCEPTED:
            watch.metrics.count_event(agency, kind, "accepted")
            if counted.verdict is Verdict.EXPIRED:
                watch.metrics.count_expired(agency, kind)
            watch.metrics.note_receipt(agency, counted.received_at / 1e6, counted.recorded_at / 1e6, kind)
        case _:
            assert_never(counted.verdict)


class SetAsideLimit:
    """Stops the process when more is set aside than a partner's slip can explain."""

    def __init__(self, limit: DeadLetterLimit) -> None:
        self._limit = limit

    def __call__(self, answered: Answered) -> None:
        """Count a batch's dead letters before they are sent. Raises TooManySetAside."""
        for _, received_at in answered.set_aside:
            self._limit = self._limit.add(received_at)


def _agency_of(topic: str) -> str:
    found = parse_partner_topic(topic)
    return "other" if found is None else found[0]


def _kind_of(topic: str) -> str:
    found = parse_partner_topic(topic)
    return "other" if found is None else found[1]
