"""The intake process: partners' topics to statements, statements to families, links to moves.

Three agents, each a carrier for a pure step; ``streams.engine`` sees to it that nothing is lost on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from schemas.wire.dead_letter_v1 import Reason
from streams.codecs import read_link
from streams.delivery import Sent
from streams.engine import Batch, EngineApp, Output, batch_table, raw_topic, settle
from streams.engine.follower import Follower
from streams.intake.accept import Door
from streams.intake.door import Answered, answer
from streams.intake.link_history import LinkHistory
from streams.intake.moving import Mover
from streams.intake.statements import Announced, Step, step
from streams.setting_aside import set_aside, set_aside_statement
from streams.topics import LINKS, STATEMENTS

NAME = "earlyword-intake"
TABLE = "statements"
PAUSE_SECONDS = 0.01


class Told:
    """Who is told what became of a batch: ``limit`` before it is settled, and may refuse to go on; the others after.

    Metrics listen; the agents know no metrics.
    """

    def __init__(
        self,
        limit: Callable[[Answered], None],
        answered: Callable[[Batch, Answered], None],
        compared: Callable[[Batch, Step], None],
    ) -> None:
        self.limit = limit
        self.answered = answered
        self.compared = compared


def declare(
    app: EngineApp, door: Door, partner_topics: Sequence[str], history: LinkHistory, follower: Follower, told: Told
) -> None:
    """Declare the topics, the table and the agents of intake."""
    statements = batch_table(app, TABLE)
    mover = Mover()
    announced = Announced()

    @app.agent(raw_topic(app, *partner_topics, partitions=6), name="door")
    async def open_door(batches: Any) -> None:
        async for batch in batches:
            await app.on_the_way.turn_of(batch)
            answered = answer(door, batch)
            told.limit(answered)  # may refuse to go on: too many set aside
            app.on_the_way.settle(batch, answered.outputs, then=partial(told.answered, batch, answered))

    @app.agent(raw_topic(app, STATEMENTS), name="statements")
    async def compare(batches: Any) -> None:
        await follower.caught_up.wait()
        async for batch in batches:
            await app.on_the_way.turn_of(batch)
            done = step(statements, batch, history.links, set_aside_statement, _set_aside_bug, announced)
            then = partial(told.compared, batch, done)
            app.on_the_way.settle(batch, done.outputs, outputs_first=done.overflows, then=then)

    @app.agent(raw_topic(app, LINKS, partitions=1), name="links")
    async def move(batches: Any) -> None:
        async for batch in batches:
            while len(history.stated) <= batch.offset:
                await asyncio.sleep(PAUSE_SECONDS)
            await settle(app, batch, _moves(mover, history, batch))


def _moves(mover: Mover, history: LinkHistory, batch: Batch) -> list[Output]:
    told = [(record.offset, read_link(record.value or b"")) for record in batch]
    return mover.move(history.stated, batch.start, told)


def _set_aside_bug(record: Any) -> Sent:
    return set_aside(record, record.headers, Reason.HANDLER_BUG)
