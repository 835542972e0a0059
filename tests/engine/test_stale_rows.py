"""The highest guard wins: a sleeping owner's late rows do not take a family back in time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.engine.header import pack, tombstone_headers, unpack
from streams.kafka.local import LocalKafka
from tests.engine.bench import Bench
from tests.engine.oracle import count_stale, event, judge, recover
from tests.engine.proxied import SESSION, proxied_kafka
from tests.engine.proxy import PRODUCE, Proxy
from tests.engine.story import Story, write
from tests.engine.wire import Wire

pytestmark = [pytest.mark.broker, pytest.mark.timeout(150)]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalKafka, Proxy]]:
    with proxied_kafka(tmp_path_factory.mktemp("stale")) as both:
        yield both


@pytest.mark.parametrize("rule", [True, False], ids=["rule-on", "control-rule-off"])
def test_a_late_row_of_a_sleeping_owner_does_not_survive_the_new_owners_death(
    proxied: tuple[LocalKafka, Proxy], tmp_path: Path, rule: bool
) -> None:
    kafka, proxy = proxied
    wire = Wire(kafka.bootstrap)
    group = Bench(wire, tmp_path, session=SESSION, partitions=2)
    off = () if rule else ("highest_guard",)

    def publish(first: int, last: int) -> None:
        wire.publish(group.events, ((event(0)[0], event(i)[1]) for i in range(first, last)))

    with group.workers("sleeper", brokers=(proxy.address,)) as sleeper, group.workers("new", "next", off=off) as awake:
        publish(0, 5)
        sleeper.start("sleeper")
        group.drain(sleeper)
        proxy.hold(PRODUCE)
        publish(5, 6)
        sleeper.await_that(lambda: proxy.held > 0, 10, "the row waits at the proxy")
        sleeper.pause("sleeper")
        awake.start("new")
        publish(6, 8)
        group.drain(awake)  # the new owner has told the family's story up to the eighth event
        proxy.release()
        awake.await_that(lambda: count_stale(wire.read(group.changelog)) > 0, 10, "the stale row lies on the topic")
        awake.kill("new")
        sleeper.resume("sleeper")
        assert sleeper.await_end("sleeper", 10) == 70
        awake.start("next")
        publish(8, 9)
        group.drain(awake)
        assert group.stop(awake) == [0]

    family = event(0)[0]
    verdict = judge(
        wire.read(group.changelog),
        wire.read(group.prompts),
        9,
        highest_guard=False,  # the log itself must be right again: compaction keeps the last row
        record=lambda i: (family, event(i)[1]),
    )
    repaired = [note for note in group.notes("next") if note["event"] == "StaleRowsRepaired"]
    wire.close()
    if rule:
        assert verdict.is_kept
        assert [note["rows"] for note in repaired] == ["1"]
    else:
        assert verdict.lost == 2, "the control must fail: without the rule, two events are lost"
        assert not repaired


class Restarted:
    """A group that stopped, whose changelog was then tampered with, and that started again."""

    def __init__(self, group: Bench, tamper: Callable[[Wire, str], None]) -> None:
        self.group = group
        families = (b"anna", b"bert", b"cleo")
        records = [(key, event(i)[1]) for i in range(20) for key in families]
        records.append((b"bert", b'{"number":0,"weight":0,"erase":true}'))
        group.wire.publish(group.events, records)
        with group.workers("first", "second") as workers:
            workers.start("first")
            group.drain(workers)
            assert workers.terminate("first") == [0]
            tamper(group.wire, group.changelog)
            workers.start("second")
            group.await_ready(workers, "second")
            group.wire.publish(group.events, [(key, event(20)[1]) for key in families])
            group.drain(workers)
            assert group.stop(workers) == [0]
        self.rows = recover(group.wire.read(group.changelog), highest_guard=False)

    def count(self, family: bytes) -> int:
        """How many events the family's story has."""
        return int(json.loads(unpack(self.rows[family]).payload)["count"])


def send(wire: Wire, changelog: str, key: bytes, value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    """Write one row to the only partition of a changelog."""
    producer = wire.producer()
    producer.send(changelog, key=key, value=value, headers=headers).get(timeout=10)
    producer.close()


@pytest.fixture(scope="module")
def restarted(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    old = pack(write(Story(count=3)), guard=4)

    def tamper(wire: Wire, changelog: str) -> None:
        send(wire, changelog, b"anna", old, [])
        send(wire, changelog, b"bert", old, [])
        send(wire, changelog, b"cleo", None, list(tombstone_headers(5)))

    wire = Wire(kafka.bootstrap)
    try:
        yield Restarted(Bench(wire, tmp_path_factory.mktemp("restarted"), partitions=1), tamper)
    finally:
        wire.close()


def test_a_stale_row_behind_a_newer_one_is_left_aside(restarted: Restarted) -> None:
    assert restarted.count(b"anna") == 21


def test_a_stale_row_behind_a_tombstone_does_not_bring_the_family_back(restarted: Restarted) -> None:
    assert restarted.count(b"bert") == 1  # begun anew by the event after the restart


def test_a_stale_tombstone_does_not_take_a_family_away(restarted: Restarted) -> None:
    assert restarted.count(b"cleo") == 21


def test_recovery_writes_each_winner_again_and_tells_how_many(restarted: Restarted) -> None:
    notes = restarted.group.notes("second")
    assert [note["rows"] for note in notes if note["event"] == "StaleRowsRepaired"] == ["3"]


def test_a_damaged_row_ends_the_worker_with_its_coordinates_and_no_commit(bench: Callable[..., Bench]) -> None:
    group = bench(partitions=1)
    group.wire.publish(group.events, [(b"anna", event(0)[1])])
    row = bytearray(pack(write(Story(count=3)), guard=4))
    row[-2] ^= 0x01
    send(group.wire, group.changelog, b"anna", bytes(row), [])
    with group.workers("w1") as workers:
        workers.start("w1")
        assert workers.await_end("w1", 20) == 70
    assert "worker_ended reason=state_corrupt" in workers.output("w1")
    assert f"topic={group.changelog} partition=0 offset=0" in workers.output("w1")
    assert group.wire.committed(group.group, group.events) == {}


class Asleep:
    """Two workers with slow batches; one sleeps in the middle of a batch and wakes when the other has done all."""

    events = 3000

    def __init__(self, kafka: LocalKafka, folder: Path, off: tuple[str, ...]) -> None:
        wire = Wire(kafka.bootstrap)
        group = Bench(wire, folder, session=SESSION, seconds_per_batch=0.25, poll=100, partitions=2)
        with group.workers("sleeper", "awake", off=off) as workers:
            workers.start("sleeper", "awake")
            group.await_ready(workers, "sleeper", "awake")
            wire.publish(group.events, map(event, range(self.events)))
            workers.await_that(lambda: group.settled("sleeper") > 0, 10, "the sleeper at work")
            workers.pause("sleeper")
            group.drain(workers)
            workers.resume("sleeper")
            workers.run_for(1.0)
            group.stop(workers)
        self.stale = count_stale(wire.read(group.changelog))
        self.verdict = group.verdict(self.events)
        wire.close()


def test_who_slept_past_the_session_writes_nothing_any_more(proxied: tuple[LocalKafka, Proxy], tmp_path: Path) -> None:
    scene = Asleep(proxied[0], tmp_path, off=())
    assert scene.stale == 0
    assert scene.verdict.is_kept


def folder_in(folder: Path, number: int) -> Path:
    (folder / str(number)).mkdir()
    return folder / str(number)


def test_control_without_the_lease_a_sleeper_writes_old_rows(proxied: tuple[LocalKafka, Proxy], tmp_path: Path) -> None:
    scenes = (Asleep(proxied[0], folder_in(tmp_path, life), off=("lease",)) for life in range(3))
    assert any(scene.stale > 0 for scene in scenes), "it fell asleep three times with no batch in hand"
