"""What was erased leaves the brokers' disks, key and all: because each partition goes on being written to.

Kafka rolls a segment only when something is appended, and compacts only what is rolled. A quiet partition would keep an
erased family for ever, so a heartbeat row goes to every changelog partition (STREAMING section 7); without it, the
control shows, the family stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local import LocalKafka
from tests.engine.bench import Bench
from tests.engine.oracle import event
from tests.engine.wire import Wire
from tests.promises.running import repeat_until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

FAMILY = b"family-of-marker-street"
QUICK = {
    "max.compaction.lag.ms": "1000",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "500",
    "file.delete.delay.ms": "200",
    "segment.ms": "1000",
}
GONE_WITHIN, KEPT_FOR = 60.0, 10.0
"""Seconds. With heartbeats it has taken 5 on an idle machine."""


@pytest.fixture
def eager(tmp_path: Path, kafka_cache: Path) -> Iterator[LocalKafka]:
    """A broker whose cleaner looks again at once; by default it rests for 15 s."""
    with LocalKafka(tmp_path / "kafka", cache=kafka_cache, extra={"log.cleaner.backoff.ms": "300"}) as kafka:
        yield kafka


@pytest.mark.parametrize("beats", [True, False], ids=["heartbeats", "control-no-heartbeats"])
def test_an_erased_family_leaves_the_disk(eager: LocalKafka, tmp_path: Path, beats: bool) -> None:
    wire = Wire(eager.bootstrap)
    group = Bench(wire, tmp_path, changelog=QUICK, partitions=1)
    seconds = 0.4 if beats else 0.0
    with group.workers("w1", heartbeat_seconds=seconds) as workers:
        workers.start("w1")
        wire.publish(group.events, [(FAMILY, event(0)[1])])
        group.drain(workers)
        assert is_on_disk(eager, group)
        wire.publish(group.events, [(FAMILY, b'{"number":0,"weight":0,"erase":true}')])
        group.drain(workers)
        if beats:
            repeat_until(lambda: not is_on_disk(eager, group), GONE_WITHIN, "the family is gone from the disk")
        else:
            workers.run_for(KEPT_FOR)
            assert is_on_disk(eager, group)
        assert group.stop(workers) == [0]
    wire.close()


def is_on_disk(kafka: LocalKafka, group: Bench) -> bool:
    """Whether any file of the changelog, renamed ones too, holds the family's key."""
    found = False
    for folder in kafka.folder.rglob(f"{group.changelog}-0*"):
        for file in folder.glob("*"):
            try:
                found = found or FAMILY in file.read_bytes()
            except FileNotFoundError:  # the broker just removed it
                continue
    return found
