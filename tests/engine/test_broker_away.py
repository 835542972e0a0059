"""A broker that is away: the process waits and says why, and goes on when it returns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.engine import Batch, EngineSettings, Follower
from streams.engine.progress import EngineEvent, FollowerWaiting
from streams.kafka.local import LocalKafka
from tests.engine.bench import Bench
from tests.engine.oracle import event
from tests.engine.proxied import SESSION, proxied_kafka
from tests.engine.proxy import Proxy
from tests.engine.wire import Wire

pytestmark = [pytest.mark.broker, pytest.mark.timeout(150)]

JOIN_GROUP = 11
EVENTS = 2000


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalKafka, Proxy]]:
    with proxied_kafka(tmp_path_factory.mktemp("away")) as both:
        yield both


@pytest.fixture
def wire(proxied: tuple[LocalKafka, Proxy]) -> Iterator[Wire]:
    wire = Wire(proxied[0].bootstrap)
    yield wire
    wire.close()


@pytest.fixture
def group(proxied: tuple[LocalKafka, Proxy], wire: Wire, tmp_path: Path) -> Bench:
    """A group that reaches the broker through the proxy."""
    return Bench(wire, tmp_path, session=SESSION, partitions=2, brokers=(proxied[1].address,), ready_seconds=3.0)


def saw(group: Bench, kind: str) -> bool:
    return any(note["event"] == kind for note in group.notes("w1"))


def test_a_worker_started_without_a_broker_waits_and_begins_when_it_comes(
    proxied: tuple[LocalKafka, Proxy], group: Bench
) -> None:
    _, proxy = proxied
    proxy.drop()
    group.wire.publish(group.events, map(event, range(EVENTS)))
    with group.workers("w1") as workers:
        workers.start("w1")
        workers.await_that(lambda: saw(group, "BrokerAwaited"), 15, "the worker says that it waits")
        assert not saw(group, "WorkerReady")
        proxy.restore()
        group.drain(workers)
        assert group.stop(workers) == [0]
        assert workers.exits == [("w1", 0)], "waiting is no failure"
    assert group.verdict(EVENTS).is_kept


def test_a_worker_asked_to_stop_while_it_waits_stops(proxied: tuple[LocalKafka, Proxy], group: Bench) -> None:
    _, proxy = proxied
    proxy.drop()
    try:
        with group.workers("w1") as workers:
            workers.start("w1")
            workers.await_that(lambda: saw(group, "BrokerAwaited"), 15, "the worker says that it waits")
            assert workers.stop_all() == [0]
    finally:
        proxy.restore()


def test_an_outage_in_the_middle_of_work_loses_and_doubles_nothing(
    proxied: tuple[LocalKafka, Proxy], group: Bench
) -> None:
    _, proxy = proxied
    with group.workers("w1", seconds_per_batch=0.1, poll=100) as workers:
        workers.start("w1")
        group.await_ready(workers, "w1")
        with group.live_load(rate=800) as load:
            workers.run_for(1.0)
            proxy.drop()
            workers.run_for(2.5 * SESSION)
            proxy.restore()
            workers.run_for(1.0)
            sent = load.stop()
        group.drain(workers)
        assert group.stop(workers) == [0]
    assert group.verdict(sent).is_kept


def test_a_worker_that_never_joins_its_group_ends_with_a_reason(
    proxied: tuple[LocalKafka, Proxy], group: Bench
) -> None:
    _, proxy = proxied
    proxy.hold(JOIN_GROUP)  # as a worker without rights on its group: everything else answers
    try:
        with group.workers("w1") as workers:
            workers.start("w1")
            assert workers.await_end("w1", 25) == 70
            assert "reason=not_ready_in_time" in workers.output("w1")
    finally:
        proxy.release()


class Reading:
    """What a follower handed over, as key and value, and what it told."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes | None, bytes | None]] = []
        self.told: list[EngineEvent] = []

    def take(self, batch: Batch) -> None:
        self.records += [(record.key, record.value) for record in batch]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.records) < count:
                await asyncio.sleep(0.02)


async def test_a_follower_reads_everything_then_goes_on_through_an_outage(
    proxied: tuple[LocalKafka, Proxy], wire: Wire
) -> None:
    _, proxy = proxied
    topic = f"followed-{time.time_ns()}"
    wire.create(topic, partitions=3)
    wire.publish(topic, map(event, range(1000)))
    reading = Reading()
    settings = EngineSettings(brokers=(proxy.address,))
    follower = Follower(settings, topic, take=reading.take, listener=reading.told.append)
    following = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(20):
            await follower.caught_up.wait()
        assert len(reading.records) == 1000, "caught up means: everything is read"
        proxy.drop()
        await asyncio.to_thread(wire.publish, topic, map(event, range(1000, 1100)))
        proxy.restore()
        await reading.until(1100)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert sorted(reading.records) == sorted(map(event, range(1100))), "nothing twice, nothing missing"
    assert sum(follower.positions.values()) == 1100


async def test_a_follower_waits_for_a_broker_and_says_so(proxied: tuple[LocalKafka, Proxy], wire: Wire) -> None:
    _, proxy = proxied
    topic = f"awaited-{time.time_ns()}"
    wire.create(topic, partitions=1)
    reading = Reading()
    proxy.drop()
    settings = EngineSettings(brokers=(proxy.address,))
    follower = Follower(settings, topic, take=reading.take, listener=reading.told.append)
    following = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(20):
            while not any(isinstance(told, FollowerWaiting) for told in reading.told):
                await asyncio.sleep(0.05)
        assert not follower.caught_up.is_set()
        proxy.restore()
        async with asyncio.timeout(20):
            await follower.caught_up.wait()  # an empty topic is read as soon as it is there
    finally:
        proxy.restore()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_an_exception_of_the_taker_ends_the_follower(kafka: LocalKafka) -> None:
    wire = Wire(kafka.bootstrap)
    topic = f"refused-{time.time_ns()}"
    wire.create(topic, partitions=1)
    wire.publish(topic, [event(0)])
    wire.close()

    def refuse(batch: Batch) -> None:
        raise LookupError

    follower = Follower(EngineSettings(brokers=(kafka.bootstrap,)), topic, take=refuse)
    with pytest.raises(LookupError):
        async with asyncio.timeout(20):
            await follower.run()
