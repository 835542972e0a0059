"""Time reaches each partition as a record, and wakes the rows that asked for it, also after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bench import Bench
from tests.engine.oracle import recover
from tests.engine.story import TIME_KEY
from tests.engine.wire import Wire

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

DISTANT = 4_102_444_800_000  # the year 2100


class SecondLife:
    """Stories that wanted to wake, told in a first life without ticks; the second life ticks and beats."""

    def __init__(self, wire: Wire, folder: Path) -> None:
        self.group = group = Bench(wire, folder, partitions=2)
        families = [b"fam%d" % i for i in range(6)]
        wakes = [1000 + i if i < 4 else DISTANT for i in range(6)]
        told = [
            (key, json.dumps({"number": 0, "weight": 1, "wake_at": wake}).encode())
            for key, wake in zip(families, wakes, strict=True)
        ]
        wire.publish(group.events, told)
        with group.workers("first") as workers:
            workers.start("first")
            group.drain(workers)
            workers.kill("first")
        with group.workers("second", tick_seconds=0.3, heartbeat_seconds=0.3) as workers:
            workers.start("second")
            workers.await_that(lambda: len(wire.read(group.prompts)) >= 4, 20, "the due families said so")
            workers.await_that(lambda: len(self.beats()) >= 4, 10, "heartbeats")
            workers.await_that(lambda: len(self.ticks()) >= 6, 10, "ticks")
            assert group.stop(workers) == [0]
        with group.workers("third") as workers:
            workers.start("third")
            group.await_ready(workers, "third")
            assert group.stop(workers) == [0]
        self.prompts = sorted(json.loads(prompt.value or b"") for prompt in wire.read(group.prompts))

    def ticks(self) -> list[Any]:
        return [record for record in self.group.wire.read(self.group.events) if record.key == TIME_KEY]

    def beats(self) -> list[Any]:
        changelog = self.group.wire.read(self.group.changelog)
        return [record for record in changelog if (record.key or b"").startswith(b"__tick/")]


@pytest.fixture(scope="module")
def second_life(kafka: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondLife]:
    wire = Wire(kafka.bootstrap)
    try:
        yield SecondLife(wire, tmp_path_factory.mktemp("second-life"))
    finally:
        wire.close()


def test_rows_whose_time_had_come_wake_once_after_a_restart_and_the_others_sleep(second_life: SecondLife) -> None:
    assert second_life.prompts == [f"fam{i} is due" for i in range(4)]


def test_each_partition_gets_its_ticks(second_life: SecondLife) -> None:
    assert {tick.partition for tick in second_life.ticks()} == {0, 1}


def test_each_changelog_partition_gets_its_heartbeats(second_life: SecondLife) -> None:
    assert {(beat.partition, beat.key) for beat in second_life.beats()} == {(0, b"__tick/0"), (1, b"__tick/1")}


def test_recovery_skips_heartbeats(second_life: SecondLife) -> None:
    third = second_life.group.notes("third")
    assert [note["event"] for note in third if note["event"] in {"WorkerReady", "WorkerEnded"}] == ["WorkerReady"]
    rows = recover(second_life.group.wire.read(second_life.group.changelog))
    assert set(rows) == {b"fam%d" % i for i in range(6)}


def test_a_row_written_behind_our_own_is_mended_with_the_next_batch(bench: Callable[..., Bench]) -> None:
    group = bench(partitions=1)
    wire, word = group.wire, b'{"number":0,"weight":1}'
    with group.workers("w1") as workers:
        workers.start("w1")
        wire.publish(group.events, [(b"anna", word), (b"bert", word)])
        group.drain(workers)
        (old,) = [record.value for record in wire.read(group.changelog) if record.key == b"anna"]
        wire.publish(group.events, [(b"anna", word)])
        group.drain(workers)
        wire.publish(group.changelog, [(b"anna", old)])  # as a former owner's late request would

        def is_mended() -> bool:
            wire.publish(group.events, [(b"bert", word)])
            group.drain(workers)
            return recover(wire.read(group.changelog), highest_guard=False)[b"anna"] != old

        workers.await_that(is_mended, 15, "anna's last row is the newer one")
        assert group.stop(workers) == [0]
    assert [n["rows"] for n in group.notes("w1") if n["event"] == "StaleRowsRepaired"] == ["1"]
