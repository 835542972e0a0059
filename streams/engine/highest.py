"""The highest guard wins: what a table's memory takes from its changelog.

A worker that slept past its session (a stopped process, a frozen machine) may still have rows on their way to
the broker. They land *behind* the rows of the partition's new owner, and whoever recovers the table by "the last
row wins" would go back in time: the offset guard then skips events that the old row never saw, and they are lost.

A row's guard says up to which source offset the row has seen everything. So:

* of two rows of one key the one with the higher guard is the truth, whatever their order in the log;
* equal guards are the same story told twice: the later row is taken;
* a tombstone carries its guard in a record header; one without (written by other hands) counts as high as
  the row it replaced. What is remembered of a deleted row is that number alone, the grave;
* a key whose last row in the log is not the truth is *stale*: its winner must be written again, because
  compaction keeps the last row and would make the defect final.

Pure: no I/O, no clock.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from streams.engine.header import check, guard_of

GRAVES_KEPT: Final = 100_000
"""Deleted keys remembered per table, oldest forgotten first: about 10 MB. A stale row behind a tombstone can
come only from a request that was on its way when its sender fell asleep, so old graves are not needed."""


class HighestGuard:
    """What memory holds of one table, and which keys need their winner written again.

    `enabled=False` is "the last row wins", for the negative controls of the tests.
    """

    def __init__(self, rows: MutableMapping[bytes, bytes], *, enabled: bool = True) -> None:
        self.rows = rows
        self.enabled = enabled
        self.stale: set[bytes] = set()
        self._graves: dict[bytes, int] = {}

    def replay(self, key: bytes, value: bytes | None, tombstone: int | None = None) -> bool:
        """Take one changelog record; False if it is stale and was left aside.

        `tombstone` is the guard of a null value. Raises CorruptRow.
        """
        known = self.guard(key)
        if value is None:
            guard = known if tombstone is None else tombstone
        else:
            check(value)
            guard = guard_of(value)
        if guard < known and self.enabled:
            self.stale.add(key)
            return False
        self.stale.discard(key)
        if value is None:
            self.rows.pop(key, None)
            self.bury(key, guard)
        else:
            self.rows[key] = value
            self._graves.pop(key, None)
        return True

    def guard(self, key: bytes) -> int:
        """The highest guard known for a key; -1 if it was never seen."""
        row = self.rows.get(key)
        return guard_of(row) if row is not None else self._graves.get(key, -1)

    def bury(self, key: bytes, guard: int) -> None:
        """Remember that a key was deleted by somebody who had seen everything up to `guard`."""
        self._graves.pop(key, None)
        self._graves[key] = guard
        if len(self._graves) > GRAVES_KEPT:
            del self._graves[next(iter(self._graves))]

    def unbury(self, key: bytes) -> None:
        """The key lives again."""
        self._graves.pop(key, None)
