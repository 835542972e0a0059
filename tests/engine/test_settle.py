"""A batch is settled when brokers have everything that followed from it, or the process ends."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from streams.engine import EngineApp, Output, settle
from streams.engine.ending import Reason
from streams.engine.outputs import Parcels
from streams.engine.partitioner import partition_for
from streams.engine.producer import Written
from streams.engine.progress import BatchSettled
from tests.engine.fakes import Ended, FakeApp, FakeTable, a_batch

ROW = (b"anna", b"row", (), None)


class SlowProducer:
    """Notes parcels, and acknowledges when told."""

    def __init__(self, *, fail: Exception | None = None) -> None:
        self.parcels: list[Parcels] = []
        self.acknowledge = asyncio.Event()
        self._fail = fail

    async def count_partitions(self, topic: str) -> int:
        return 12

    async def send_parcels(self, parcels: Parcels) -> list[Written]:
        self.parcels.append(parcels)
        await self.acknowledge.wait()
        if self._fail:
            raise self._fail
        return []


def an_app(*tables: FakeTable, acknowledged: bool = True, fail: Exception | None = None, **options: Any) -> FakeApp:
    app = FakeApp(*tables, **options)
    app.batch_producer = SlowProducer(fail=fail)
    if acknowledged:
        app.batch_producer.acknowledge.set()
    return app


async def settling(app: FakeApp, *offsets: int, outputs: tuple[Output, ...] = ()) -> None:
    await settle(cast("EngineApp", app), a_batch(*offsets), outputs)


async def test_rows_and_outputs_go_together_and_the_batch_is_marked_settled() -> None:
    app = an_app(FakeTable("t", {("changelog", 0): [ROW]}))
    await settling(app, 5, 6, outputs=(Output("prompts", b"anna", b"look"),))
    (parcels,) = app.batch_producer.parcels
    assert parcels == {
        ("changelog", 0): [ROW],
        ("prompts", partition_for(b"anna", 12)): [(b"anna", b"look", (), None)],
    }
    assert [batch.offset for batch in app.settled] == [6]
    (told,) = app.told
    assert isinstance(told, BatchSettled)
    assert (told.records, told.rows, told.outputs) == (2, 1, 1)


async def test_nothing_is_marked_settled_before_the_brokers_acknowledge() -> None:
    app = an_app(acknowledged=False)
    task = asyncio.create_task(settling(app, 5))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert app.settled == []
    app.batch_producer.acknowledge.set()
    await task
    assert len(app.settled) == 1


async def test_the_rows_of_all_tables_are_taken_at_once_so_that_no_other_agent_finds_them() -> None:
    first, second = FakeTable("a", {("a", 0): [ROW]}), FakeTable("b", {("b", 0): [ROW]})
    app = an_app(first, second, acknowledged=False)
    one = asyncio.create_task(settling(app, 5))
    two = asyncio.create_task(settling(app, 7))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert app.batch_producer.parcels == [{("a", 0): [ROW], ("b", 0): [ROW]}, {}]
    app.batch_producer.acknowledge.set()
    await asyncio.gather(one, two)


async def test_outputs_to_one_partition_keep_their_order_whatever_decides_the_partition() -> None:
    app = an_app()
    home = partition_for(b"anna", 12)
    outputs = (
        Output("prompts", b"anna", b"1"),
        Output("prompts", None, b"2", partition=home, headers=(("reason", b"x"),)),
        Output("prompts", b"anna", None),
    )
    await settling(app, 5, outputs=outputs)
    assert app.batch_producer.parcels == [
        {
            ("prompts", home): [
                (b"anna", b"1", (), None),
                (None, b"2", (("reason", b"x"),), None),
                (b"anna", None, (), None),
            ]
        }
    ]


async def test_an_output_without_key_and_partition_ends_the_process() -> None:
    app = an_app()
    with pytest.raises(Ended) as ended:
        await settling(app, 5, outputs=(Output("prompts", None, b"x"),))
    assert ended.value.reason is Reason.NOT_STORED
    assert app.settled == []


async def test_a_refused_record_ends_the_process() -> None:
    app = an_app(fail=ValueError("refused"))
    with pytest.raises(Ended) as ended:
        await settling(app, 5)
    assert ended.value.reason is Reason.NOT_STORED
    assert app.settled == []


async def test_brokers_that_do_not_answer_within_the_lease_end_the_process() -> None:
    app = an_app(acknowledged=False, session=0.05)
    with pytest.raises(Ended) as ended:
        await settling(app, 5)
    assert ended.value.reason is Reason.NOT_STORED


async def test_a_batch_older_than_the_lease_is_not_sent() -> None:
    app = an_app()
    batch = a_batch(5)
    batch.taken_at -= app.lease.seconds
    with pytest.raises(Ended) as ended:
        await settle(cast("EngineApp", app), batch)
    assert ended.value.reason is Reason.LEASE_RAN_OUT
    assert app.batch_producer.parcels == []


async def test_a_batch_acknowledged_after_the_lease_is_not_settled() -> None:
    app = an_app(acknowledged=False)
    batch = a_batch(5)
    task = asyncio.create_task(settle(cast("EngineApp", app), batch))
    await asyncio.sleep(0)
    batch.taken_at -= app.lease.seconds  # the process slept while the brokers answered
    app.batch_producer.acknowledge.set()
    with pytest.raises(Ended) as ended:
        await task
    assert ended.value.reason is Reason.LEASE_RAN_OUT
    assert app.settled == []


def test_reprs_keep_keys_and_values_to_themselves() -> None:
    batch = a_batch(5, 6)
    output = Output("prompts", b"marker-word", b"marker-word")
    for text in (repr(batch), str(batch), f"{batch}", repr(output), str(output)):
        assert "marker-word" not in text
    assert repr(batch) == "Batch(events/0, 5..6, 2 records)"
