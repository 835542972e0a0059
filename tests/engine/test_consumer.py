"""An agent sees every record once and in order, whatever a rebalance repeats or skips."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import Batch, Safeguards
from streams.engine.consumer import BatchConsumer
from streams.engine.desk import Desk
from streams.engine.ending import Reason
from streams.engine.progress import OffsetsMissing
from tests.engine.fakes import EVENTS, Ended, FakeApp, a_batch, a_record


class LoneConsumer(BatchConsumer):
    """The engine's consumer without Faust around it."""

    def __init__(self, app: FakeApp) -> None:
        self.app = cast("Any", app)
        self.engine = cast("Any", app)
        self._wanted, self._reread, self._began, self._settled = {}, {}, {}, {}
        self._read_offset = {}
        self.reading_at = 0

    async def seek(self, partition: Any, offset: int) -> None:
        self.reading_at = offset


@given(
    log=st.lists(st.booleans(), min_size=1, max_size=40),
    jumps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 45)), max_size=8),
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=10),
)
async def test_every_record_that_is_there_is_delivered_once_and_in_order(
    log: list[bool], jumps: list[tuple[int, int]], sizes: list[int]
) -> None:
    """`log` says which offsets exist; the fetch position jumps about as a rebalance might make it."""
    there = [offset for offset, exists in enumerate(log) if exists]
    consumer = LoneConsumer(FakeApp())
    consumer._wanted[EVENTS] = 0
    delivered: list[int] = []
    starts: list[int] = []
    leaps = dict(jumps)
    step = 0
    while delivered != there:
        assert step < 400, "it comes to an end"
        if step in leaps:
            consumer.reading_at = leaps[step]
        found = [offset for offset in there if offset >= consumer.reading_at][: sizes[step % len(sizes)]]
        if found:
            consumer.reading_at = found[-1] + 1
            batch = await consumer._next_batch(EVENTS, [a_record(offset) for offset in found])
            if batch:
                delivered += [record.offset for record in batch]
                starts.append(batch.start)
        else:
            consumer.reading_at = consumer._wanted[EVENTS]
        step += 1
        assert delivered == there[: len(delivered)]
    assert starts == sorted(starts)


async def test_offsets_that_retention_took_are_told_and_passed() -> None:
    app = FakeApp()
    consumer = LoneConsumer(app)
    consumer._wanted[EVENTS] = 10
    assert await consumer._next_batch(EVENTS, [a_record(15)]) is None
    assert consumer.reading_at == 10, "it asked once more"
    batch = await consumer._next_batch(EVENTS, [a_record(15)])
    assert batch is not None
    assert (batch.start, batch.offset) == (10, 15)
    assert app.told == [OffsetsMissing(EVENTS, 10, 14)]


async def test_nothing_is_delivered_while_rebalancing() -> None:
    app = FakeApp()
    app.rebalancing = True
    assert await LoneConsumer(app)._next_batch(EVENTS, [a_record(1)]) is None


def test_a_batch_settled_out_of_turn_ends_the_process() -> None:
    consumer = LoneConsumer(FakeApp())
    consumer._began[EVENTS] = 5
    consumer.mark_settled(a_batch(5, 6))
    with pytest.raises(Ended) as ended:
        consumer.mark_settled(a_batch(8, start=8))
    assert ended.value.reason is Reason.SETTLED_OUT_OF_TURN
    assert consumer.positions() == {EVENTS: 7}


def an_event(batch: Batch) -> Any:
    return SimpleNamespace(value=batch)


@pytest.mark.parametrize("enabled", [True, False])
def test_an_agent_that_comes_back_without_settling_ends_the_process(enabled: bool) -> None:
    desk = Desk(cast("Any", FakeApp(safeguards=Safeguards(unsettled=enabled))), enabled=enabled)
    event = an_event(a_batch(5))
    desk.on_stream_event_in(EVENTS, 5, cast("Any", None), event)
    if not enabled:
        desk.on_stream_event_out(EVENTS, 5, cast("Any", None), event)
        return
    with pytest.raises(Ended) as ended:
        desk.on_stream_event_out(EVENTS, 5, cast("Any", None), event)
    assert ended.value.reason is Reason.BATCH_UNSETTLED


def test_an_agent_that_settled_may_come_back() -> None:
    desk = Desk(cast("Any", FakeApp()), enabled=True)
    batch = a_batch(5)
    desk.on_stream_event_in(EVENTS, 5, cast("Any", None), an_event(batch))
    desk.settled(batch)
    desk.on_stream_event_out(EVENTS, 5, cast("Any", None), an_event(batch))
