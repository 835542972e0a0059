"""Batches of several partitions may be on their way together; what was promised of one in hand holds for each."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from faust.types import TP

from streams.engine import Batch, EngineApp, Output
from streams.engine.ending import Reason
from streams.engine.on_the_way import OnTheWay
from streams.engine.outputs import Parcels
from streams.engine.producer import Written
from tests.engine.fakes import Ended, FakeApp, FakeTable, a_batch

ROW = (b"anna", b"row", (), None)


class SlowProducer:
    """Notes what it is sent; acknowledges each when it is told to."""

    def __init__(self) -> None:
        self.parcels: list[Parcels] = []
        self.acknowledged: list[asyncio.Event] = []

    async def count_partitions(self, topic: str) -> int:
        return 12

    async def send_parcels(self, parcels: Parcels) -> list[Written]:
        self.parcels.append(parcels)
        self.acknowledged.append(asyncio.Event())
        await self.acknowledged[-1].wait()
        return []


class EndingApp(FakeApp):
    """Notes why the process would have ended: a task of its own has nobody to raise to."""

    def __init__(self, *tables: FakeTable) -> None:
        super().__init__(*tables)
        self.batch_producer = SlowProducer()
        self.ends: list[Reason] = []

    def end(self, reason: Reason, cause: BaseException | None = None, **where: object) -> None:
        self.ends.append(reason)
        raise Ended(reason)


def on_the_way(app: FakeApp) -> OnTheWay:
    return OnTheWay(cast("EngineApp", app))


def batch_of(partition: int, *offsets: int) -> Batch:
    return a_batch(*offsets, tp=TP("events", partition))


def nothing() -> None:
    """Nobody is told."""


async def some_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_partitions_do_not_wait_for_each_other_and_are_told_settled_one_by_one() -> None:
    app, told = EndingApp(), list[int]()
    way = on_the_way(app)
    for partition in (0, 1):
        batch = batch_of(partition, 5)
        await way.turn_of(batch)
        way.settle(batch, then=lambda partition=partition: told.append(partition))  # type: ignore[misc]
    await some_turns()
    first, second = app.batch_producer.acknowledged
    second.set()
    await some_turns()
    assert told == [1]
    assert [batch.tp.partition for batch in app.settled] == [1]
    first.set()
    await some_turns()
    assert told == [1, 0]


async def test_of_one_partition_the_next_batch_is_not_even_judged_before() -> None:
    app = EndingApp()
    way = on_the_way(app)
    way.settle(batch_of(0, 5), then=nothing)
    judged: list[str] = []

    async def go_on() -> None:
        await way.turn_of(batch_of(0, 6))
        judged.append("judged")

    waiting = asyncio.create_task(go_on())
    await some_turns()
    assert judged == []
    app.batch_producer.acknowledged[0].set()
    await waiting
    assert [batch.offset for batch in app.settled] == [5]
    assert judged == ["judged"]


async def test_rows_are_taken_at_once_so_that_no_other_batch_finds_them() -> None:
    table = FakeTable("t", {("changelog", 0): [ROW]})
    app = EndingApp(table)
    way = on_the_way(app)
    way.settle(batch_of(0, 5), [Output("prompts", b"anna", b"look", partition=3)], then=nothing)
    way.settle(batch_of(1, 5), then=nothing)
    await some_turns()
    assert app.batch_producer.parcels == [
        {("changelog", 0): [ROW], ("prompts", 3): [(b"anna", b"look", (), None)]},
        {},
    ]


async def test_an_agent_that_is_torn_down_while_it_waits_leaves_what_is_on_its_way_alone() -> None:
    app = EndingApp()
    way = on_the_way(app)
    way.settle(batch_of(0, 5), then=nothing)
    waiting = asyncio.create_task(way.turn_of(batch_of(0, 6)))
    await some_turns()
    waiting.cancel()
    await some_turns()
    app.batch_producer.acknowledged[0].set()
    await way.finished()
    assert [batch.offset for batch in app.settled] == [5]


async def test_finished_waits_for_every_partition() -> None:
    app = EndingApp()
    way = on_the_way(app)
    for partition in (0, 1):
        way.settle(batch_of(partition, 5), then=nothing)
    waiting = asyncio.create_task(way.finished())
    await some_turns()
    app.batch_producer.acknowledged[0].set()
    await some_turns()
    assert not waiting.done()
    app.batch_producer.acknowledged[1].set()
    await waiting
    await way.finished()  # nothing is on its way: it returns at once


async def test_a_second_batch_of_a_partition_out_of_turn_ends_the_process() -> None:
    app = EndingApp()
    way = on_the_way(app)
    way.settle(batch_of(0, 5), then=nothing)
    with pytest.raises(Ended) as ended:
        way.settle(batch_of(0, 6), then=nothing)
    assert ended.value.reason is Reason.SETTLED_OUT_OF_TURN


@pytest.mark.parametrize("fault", ["then", "lease"])
async def test_whatever_goes_wrong_on_the_way_ends_the_process(fault: str) -> None:
    app = EndingApp()
    way = on_the_way(app)
    batch = batch_of(0, 5)

    def fail() -> None:
        raise ValueError("a text nobody should see")

    way.settle(batch, then=fail if fault == "then" else nothing)
    await some_turns()
    if fault == "lease":
        batch.taken_at -= app.lease.seconds
    app.batch_producer.acknowledged[0].set()
    [task] = cast("Any", way)._tasks.values()
    with pytest.raises(Ended):
        await task
    assert app.ends[0] is (Reason.AGENT_RAISED if fault == "then" else Reason.LEASE_RAN_OUT)
    assert len(app.settled) == (fault == "then")
