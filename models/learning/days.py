"""The ledger of maturity days: which rows may be learned now, and in which order.

Learning depends on order, and the order of arrival on how many processes there were and which of them was killed. So a
row waits until every partition of the families has closed its maturity day; then the day's rows are learned by
(``at``, ``row``), each once. What is learned is therefore a function of the *set* of rows, and so is the hash of the
snapshot.

A row that comes first when its day is closed is an error: somebody said "all sent" and it was not. It is told as late,
and never learned, because others have gone on from a snapshot without it. A row that is told in two ways is learned in
neither: which of the two is true is not ours to choose.

After a restart the ledger is fed again from the log. Days up to ``learned_through`` are then told as learned: they are
in the snapshot, and only whoever watches the rows wants them. Nothing before ``resume_offset`` is needed to learn on.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from schemas.examples import DayClosed, ExampleEvent, FeedsCounted, Matured, Scored
from schemas.identifiers import Day

Verdict: TypeAlias = Literal["waits", "repeat", "contradiction", "late", "closes", "scored", "counts", "nobody"]
"""What a record was to the ledger. ``nobody``: the end of a day, or counts, from a partition that does not exist."""


class ClosedDay(Struct, frozen=True, kw_only=True):
    """A maturity day that every partition has closed, with its rows in the order in which they are learned.

    ``resume_offset``: the first offset that is needed to learn the days after it. ``is_learned``: the snapshot that the
    ledger began with holds it already.
    """

    day: Day
    rows: tuple[Matured, ...]
    resume_offset: int
    is_learned: bool


class Taken(Struct, frozen=True):
    """What a record was, and the days with rows that it closed, the oldest first."""

    verdict: Verdict
    closed: tuple[ClosedDay, ...] = ()


class _Waiting:
    """The rows of one day that is not closed yet."""

    def __init__(self, offset: int) -> None:
        self.first_offset = offset
        self.rows: dict[str, Matured] = {}


class Ledger:
    """Takes the records of ``earlyword.examples.v1`` in the order of their offsets, with any repeats and gaps."""

    def __init__(self, partitions: int, learned_through: Day | None = None) -> None:
        self._closings: list[tuple[Day, int] | None] = [None] * partitions
        """By partition: the latest day it closed, and the offset at which it said so first."""
        self._learned_through = learned_through
        self._waiting: dict[Day, _Waiting] = {}
        self._seen: dict[str, int] = {}
        """The hash of every row's words, to tell a repeat from a contradiction."""
        self._next_offset = 0

    @property
    def closed_through(self) -> Day | None:
        """The latest day that every partition has closed; None while one of them has closed none."""
        days = [closing[0] for closing in self._closings if closing is not None]
        return min(days) if len(days) == len(self._closings) else None

    @property
    def resume_offset(self) -> int:
        """The first offset that is needed to learn what is not closed yet."""
        return self._resume_after(self.closed_through)

    def take(self, offset: int, event: ExampleEvent) -> Taken:
        """Take one record in. Raises ValueError for an offset below one that was taken: the log has one order."""
        if offset < self._next_offset:
            raise ValueError("records come in the order of the log")
        self._next_offset = offset + 1
        match event:
            case Matured():
                return Taken(self._wait(offset, event))
            case DayClosed(partition, day):
                if not 0 <= partition < len(self._closings):
                    return Taken("nobody")
                closing = self._closings[partition]
                if closing is None or day > closing[0]:
                    self._closings[partition] = (day, offset)
                return Taken("closes", tuple(self._close()))
            case Scored():
                return Taken("scored")
            case FeedsCounted(partition):
                return Taken("counts" if 0 <= partition < len(self._closings) else "nobody")
            case _:
                assert_never(event)

    def _wait(self, offset: int, row: Matured) -> Verdict:
        words, known = hash(row), self._seen.get(row.row)
        if known is not None:
            if known == words:
                return "repeat"
            for waiting in self._waiting.values():
                waiting.rows.pop(row.row, None)
            return "contradiction"
        self._seen[row.row] = words
        closed = self.closed_through
        if closed is not None and row.day <= closed:
            return "late"
        self._waiting.setdefault(row.day, _Waiting(offset)).rows[row.row] = row
        return "waits"

    def _close(self) -> list[ClosedDay]:
        through = self.closed_through
        days = [] if through is None else sorted(day for day in self._waiting if day <= through)
        closed = []
        for day in days:
            waited = self._waiting.pop(day)
            learned = self._learned_through is not None and day <= self._learned_through
            rows = sorted(waited.rows.values(), key=lambda row: (row.at, row.row))
            closed.append(
                ClosedDay(day=day, rows=tuple(rows), resume_offset=self._resume_after(day), is_learned=learned)
            )
        return closed

    def _resume_after(self, day: Day | None) -> int:
        """What waits, and who has closed a later day, would have to be told again."""
        waiting = (one.first_offset for one in self._waiting.values())
        ahead = (closing[1] for closing in self._closings if closing is not None and (day is None or closing[0] > day))
        return min((*waiting, *ahead), default=self._next_offset)
