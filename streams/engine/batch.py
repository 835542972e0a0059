"""What an agent receives: the next records of one partition, gapless and in order."""

from __future__ import annotations

import time
from collections.abc import Iterable

from aiokafka import ConsumerRecord
from faust.types import TP


class Batch(list[ConsumerRecord[bytes | None, bytes | None]]):
    """Records of ONE partition, in offset order; never empty.

    `start` is the offset that was due, `offset` that of the last record: everything in between that the log
    still holds is here. `taken_at` is when the agent took it (before that: when it was fetched), on the monotonic
    clock, seconds.
    """

    __slots__ = ("offset", "start", "taken_at", "tp")

    def __init__(
        self,
        tp: TP,
        records: Iterable[ConsumerRecord[bytes | None, bytes | None]],
        start: int | None = None,
    ) -> None:
        super().__init__(records)
        self.tp = tp
        self.offset: int = self[-1].offset
        self.start: int = self[0].offset if start is None else start
        self.taken_at = time.monotonic()

    def __repr__(self) -> str:
        return f"Batch({self.tp.topic}/{self.tp.partition}, {self.start}..{self.offset}, {len(self)} records)"

    __str__ = __repr__
