"""A worker that sets aside more than a slip explains stops before it settles the batch, so nothing is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from faust.types import TP

from streams.dead_letter_limit import DeadLetterLimit, TooManySetAside
from streams.engine import Batch
from streams.intake.agent import Told, declare
from streams.intake.door import Answered, answer
from streams.intake.process import SetAsideLimit
from tests.unit.intake.told import a_door, record_of

DOOR = a_door()
GOOD = record_of("referral")
BAD = record_of("referral", b"no JSON")


class Away:
    """Notes the batches that were sent off: the only send. What comes before it is under test."""

    def __init__(self) -> None:
        self.settled: list[Batch] = []

    async def turn_of(self, batch: Batch) -> None: ...

    def settle(self, batch: Batch, outputs: object, *, then: Callable[[], None]) -> None:
        self.settled.append(batch)
        then()


class OneBatch:
    """As much of a Faust app as ``declare`` asks for; its agents are kept, to be run by hand."""

    def __init__(self) -> None:
        self.agents: dict[str, Callable[[Any], Any]] = {}
        self.on_the_way = Away()

    def agent(self, topic: object, *, name: str) -> Callable[[Any], Any]:
        del topic

        def keep(function: Any) -> Any:
            self.agents[name] = function
            return function

        return keep

    def __getattr__(self, name: str) -> Any:  # topics and tables: the door's agent uses none
        return lambda *args, **kwargs: None


async def one(batch: Batch) -> AsyncIterator[Batch]:
    yield batch


def a_batch(*records: Any) -> Batch:
    return Batch(TP(GOOD.topic, GOOD.partition), records, 0)


def settled_by(limit: SetAsideLimit, batch: Batch) -> list[Batch]:
    """Run the agent at the door over one batch; the batches that it settled."""
    app = OneBatch()
    told = Told(limit, lambda batch, done: None, lambda batch, done: None)
    declare(app, DOOR, [GOOD.topic], None, None, told)  # type: ignore[arg-type]
    asyncio.run(app.agents["door"](one(batch)))
    return app.on_the_way.settled


def test_up_to_the_limit_a_batch_is_settled() -> None:
    limit = SetAsideLimit(DeadLetterLimit(count=2, minutes=5))
    batch = a_batch(BAD, GOOD, BAD)
    assert settled_by(limit, batch) == [batch]


def test_one_dead_letter_more_stops_the_worker_before_the_batch_is_settled() -> None:
    limit = SetAsideLimit(DeadLetterLimit(count=2, minutes=5))
    with pytest.raises(TooManySetAside, match="more than 2 records"):
        settled_by(limit, a_batch(BAD, BAD, BAD))


def test_the_limit_counts_over_batches_and_accepted_events_do_not_count() -> None:
    limit = SetAsideLimit(DeadLetterLimit(count=2, minutes=5))
    for batch in (a_batch(BAD, GOOD), a_batch(GOOD, GOOD), a_batch(BAD)):
        limit(answer(DOOR, batch))
    with pytest.raises(TooManySetAside):
        limit(answer(DOOR, a_batch(BAD)))
    limit(Answered([], []))  # a batch without dead letters asks nothing of it
