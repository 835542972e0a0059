"""What a table remembers, and what it writes again."""

from __future__ import annotations

import pytest

from streams.engine.header import pack, tombstone_headers
from streams.engine.memory import TICK_PREFIX, Memory
from tests.engine.fakes import a_record


def row(guard: int, wake_at: int = 0) -> bytes:
    return pack(b"word", guard=guard, wake_at=wake_at)


def replay(memory: Memory, key: bytes, value: bytes | None, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
    memory.replay(a_record(0, key, value, headers=headers))


def test_a_change_becomes_a_changelog_record() -> None:
    memory = Memory()
    assert memory.put(0, b"anna", row(5)) == (b"anna", row(5), (), None)
    assert memory.rows == {b"anna": row(5)}


def test_a_deletion_becomes_a_tombstone_with_its_guard() -> None:
    memory = Memory()
    memory.put(0, b"anna", row(5))
    assert memory.delete(0, b"anna", 9) == (b"anna", None, tombstone_headers(9), None)
    assert memory.rows == {}


def test_a_row_deleted_by_us_is_not_brought_back_by_a_late_row() -> None:
    memory = Memory()
    memory.delete(0, b"anna", 9)
    replay(memory, b"anna", row(8))
    assert memory.rows == {}
    assert memory.take_winners() == [(0, (b"anna", None, tombstone_headers(9), None))]


def test_heartbeat_rows_are_nobodys() -> None:
    memory = Memory()
    replay(memory, TICK_PREFIX + b"0", b"no row at all")
    memory.compare(a_record(0, TICK_PREFIX + b"0", b"no row at all"))
    assert memory.rows == {}
    assert memory.take_winners() == []
    with pytest.raises(ValueError, match="belong to the engine"):
        memory.put(0, TICK_PREFIX + b"0", row(1))


@pytest.mark.parametrize(
    ("foreign", "headers", "is_mended"),
    [
        (row(4), (), True),
        (row(5), (), False),
        (row(6), (), False),  # a former owner got further than its commit: we shall get there too
        (b"no row", (), True),
        (None, tombstone_headers(4), True),
        (None, tombstone_headers(6), False),
        (None, (), False),  # an erasure by other hands is meant
    ],
)
def test_a_foreign_row_is_overwritten_if_memory_knows_better(
    foreign: bytes | None, headers: tuple[tuple[str, bytes], ...], is_mended: bool
) -> None:
    memory = Memory()
    memory.put(0, b"anna", row(5))
    memory.compare(a_record(0, b"anna", foreign, headers=headers))
    assert memory.take_winners() == ([(0, (b"anna", row(5), (), None))] if is_mended else [])
    assert memory.take_winners() == [], "once"


def test_a_batch_writes_again_what_is_of_its_own_partition_and_leaves_the_rest_to_others() -> None:
    """Another partition's newer row of that key may be on its way: an older one must not land behind it."""
    memory = Memory()
    for partition, key in ((0, b"anna"), (1, b"bert")):
        memory.put(partition, key, row(5))
        memory.compare(a_record(0, key, row(4)))
    assert memory.take_winners(1) == [(1, (b"bert", row(5), (), None))]
    memory.put(0, b"anna", row(7))
    assert memory.take_winners(0) == [(0, (b"anna", row(7), (), None))]
    assert memory.take_winners() == []


def test_rows_read_back_are_due_again() -> None:
    memory = Memory()
    replay(memory, b"anna", row(5, wake_at=70))
    replay(memory, b"bert", row(6, wake_at=50))
    replay(memory, b"cleo", row(7, wake_at=90))
    replay(memory, b"bert", row(8, wake_at=80))
    memory.keep({0})
    assert memory.due(0, 80) == [b"anna", b"bert"]
    memory.put(0, b"anna", row(9))
    memory.delete(0, b"bert", 9)
    assert memory.due(0, 99) == [b"cleo"]


def test_rows_of_partitions_that_went_elsewhere_are_not_due() -> None:
    memory = Memory()
    replay(memory, b"anna", row(5, wake_at=70))
    memory.keep({1})
    assert memory.due(0, 99) == []
