"""What a worker remembers of one table: rows, where they belong, which are due, which must be written again.

No I/O and no Faust in here; `table.py` joins it to both.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from streams.engine.due import DueList
from streams.engine.header import (
    NEVER,
    CorruptRow,
    check,
    guard_of,
    tombstone_guard,
    tombstone_headers,
    wake_of,
)
from streams.engine.highest import HighestGuard
from streams.engine.outputs import Record

TICK_PREFIX: Final = b"__tick/"
"""Keys of heartbeat rows. A quiet changelog partition never rolls its segment, so nothing in it is ever
compacted away; erasure needs a row now and then. Readers and recovery skip them."""


class Memory:
    """The rows of the partitions that are ours.

    `rows` and `homes` are plain dictionaries, shared with Faust's memory store, which drops the keys of lost
    partitions from both.
    """

    def __init__(self, *, highest_guard: bool = True) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.homes: dict[bytes, int] = {}
        """The partition of each key, also of deleted ones."""
        self._truth = HighestGuard(self.rows, enabled=highest_guard)
        self._due = DueList(self._wake_of)
        self._replayed: set[int] = set()  # partitions read since `keep`

    def due(self, partition: int, until: int) -> list[bytes]:
        """Keys whose `wake_at` is not later than `until` (ms), earliest first."""
        return self._due.due(partition, until)

    # What the agent changes

    def put(self, partition: int, key: bytes, row: bytes) -> Record:
        """Take a changed row; the changelog record of it."""
        if key.startswith(TICK_PREFIX):
            raise ValueError("keys of heartbeat rows belong to the engine")
        self._due.note(partition, key, self._wake_of(key), wake_of(row))
        self._truth.unbury(key)
        self.rows[key] = row
        self.homes[key] = partition
        return key, row, (), None

    def delete(self, partition: int, key: bytes, guard: int) -> Record:
        """Take a deletion by somebody who has seen everything up to `guard`; its tombstone."""
        self._due.note(partition, key, self._wake_of(key), NEVER)
        self.rows.pop(key, None)
        self.homes[key] = partition
        self._truth.bury(key, guard)
        return key, None, tombstone_headers(guard), None

    # What the changelog says

    def replay(self, record: Any) -> None:
        """Take a changelog record. Raises CorruptRow."""
        key, value = record.key, record.value
        if not key.startswith(TICK_PREFIX):
            self._truth.replay(key, value, tombstone_guard(record.headers) if value is None else None)
            self.homes[key] = record.partition
            self._replayed.add(record.partition)

    def compare(self, record: Any) -> None:
        """Look at a changelog record that somebody else wrote into a partition of ours.

        What memory knows better, or what is no row at all, must not stay the last word.
        """
        key, value = record.key, record.value
        if key.startswith(TICK_PREFIX):
            return
        if value is None:
            guard = tombstone_guard(record.headers)
            is_worse = guard is not None and guard < self._truth.guard(key)
        else:
            try:
                check(value)
                is_worse = guard_of(value) < self._truth.guard(key)
            except CorruptRow:
                is_worse = True
        if is_worse and self._truth.enabled:
            self._truth.stale.add(key)

    def keep(self, ours: set[int]) -> None:
        """The recovery of these partitions is complete; the keys of others were dropped."""
        self._due.forget(ours)
        entries: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for key, row in self.rows.items():
            if (home := self.homes[key]) in self._replayed:
                entries[home].append((wake_of(row), key))
        for partition in self._replayed & ours:
            self._due.rebuild(partition, entries[partition])
        self._replayed.clear()

    def take_winners(self, partition: int | None = None) -> list[tuple[int, Record]]:
        """Partition and record of each row that must be written again, because an older one stands behind it.

        `partition`: only those of this one; the others stay to be taken.
        """
        winners: list[tuple[int, Record]] = []
        for key in sorted(self._truth.stale):
            home = self.homes.get(key)
            if home is not None and partition not in (None, home):
                continue
            self._truth.stale.discard(key)
            if home is not None:  # else of a partition that went elsewhere
                row = self.rows.get(key)
                headers = tombstone_headers(self._truth.guard(key)) if row is None else ()
                winners.append((home, (key, row, headers, None)))
        return winners

    def _wake_of(self, key: bytes) -> int:
        row = self.rows.get(key)
        return NEVER if row is None else wake_of(row)
