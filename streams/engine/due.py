"""Which keys want to be looked at by when: derived from the row headers, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import Final

from streams.engine.header import NEVER

SLACK: Final = 1_000
"""Outdated entries tolerated per partition before its heap is built anew."""


class DueList:
    """Keys by the time at which they want to be looked at, per partition.

    `wake_of` tells what a key's row wants now (NEVER if it is gone). The heaps may hold more than is true: an
    entry counts only while its row still says the same.
    """

    def __init__(self, wake_of: Callable[[bytes], int]) -> None:
        self._wake_of = wake_of
        self._heaps: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self._outdated: defaultdict[int, int] = defaultdict(int)

    def note(self, partition: int, key: bytes, before: int, now: int) -> None:
        """A row was written: it wanted `before`, and wants `now`."""
        if before == now:
            return
        if before != NEVER:
            self._outdated[partition] += 1
        if now != NEVER:
            heappush(self._heaps[partition], (now, key))
        self._sweep(partition)

    def rebuild(self, partition: int, entries: Iterable[tuple[int, bytes]]) -> None:
        """Replace a partition's list by (wake_at, key) of its rows, after recovery."""
        heap = [entry for entry in entries if entry[0] != NEVER]
        heapify(heap)
        self._heaps[partition] = heap
        self._outdated[partition] = 0

    def forget(self, kept: set[int]) -> None:
        """Drop all partitions but these."""
        for partition in self._heaps.keys() - kept:
            del self._heaps[partition]
            self._outdated.pop(partition, None)

    def due(self, partition: int, until: int) -> list[bytes]:
        """Keys of a partition whose time has come, earliest first; `until` in ms, inclusive.

        They stay due until their row says otherwise, so asking twice gives the same answer.
        """
        heap = self._heaps.get(partition, [])
        found: list[tuple[int, bytes]] = []
        while heap and heap[0][0] <= until:
            entry = heappop(heap)
            if self._wake_of(entry[1]) == entry[0] and (not found or found[-1] != entry):
                found.append(entry)
            else:
                self._outdated[partition] -= 1
        for entry in found:
            heappush(heap, entry)
        return [key for _, key in found]

    def _sweep(self, partition: int) -> None:
        heap = self._heaps[partition]
        if self._outdated[partition] > len(heap) // 2 + SLACK:
            self.rebuild(partition, {entry for entry in heap if self._wake_of(entry[1]) == entry[0]})
