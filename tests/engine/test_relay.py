"""Two agents in one app: one places records by their key, the other keeps state from what the first sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streams.engine.partitioner import is_misplaced
from tests.engine.bench import Bench
from tests.engine.oracle import event

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

EVENTS = 4000


@pytest.fixture
def relayed(bench: Callable[..., Bench]) -> Bench:
    """A group whose records came in without regard to keys, one after the other, and were relayed."""
    group = bench()
    inbox = f"{group.group}-inbox"
    group.wire.create(inbox)
    producer = group.wire.producer()
    for i in range(EVENTS):
        key, value = event(i)
        # One partition, so that the order is that of the events; every key but a twelfth is misplaced there.
        producer.send(inbox, key=key, value=value, partition=0, headers=[("origin", b"%d" % i)])
    producer.flush()
    producer.close()
    with group.workers("w1", inbox=inbox) as workers:
        workers.start("w1")
        workers.await_that(lambda: group.wire.lag(group.group, inbox) == 0, 30, "the inbox is empty")
        group.drain(workers)
        assert group.stop(workers) == [0]
    return group


def test_relayed_records_keep_their_order_and_headers_and_lie_where_their_keys_belong(relayed: Bench) -> None:
    assert relayed.verdict(EVENTS).is_kept
    records = relayed.wire.read(relayed.events)
    assert [r.offset for r in records if is_misplaced(r.key, r.partition, 12)] == []
    origins = [dict(r.headers)["origin"] for r in records]
    assert sorted(map(int, origins)) == list(range(EVENTS))
    for partition in range(12):
        there = [int(dict(r.headers)["origin"]) for r in records if r.partition == partition]
        assert there == sorted(there)
