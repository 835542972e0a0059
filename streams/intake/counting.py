"""The row of one partition that counts its feeds, in hand during one batch, beside the memories and under their laws.

It lies in their table with a guard and an outbox of its own. It has to be sent before the memories of its batch: where
a crash lets only the first of the rows through, a memory that calls a record a repeat then never stands without the
count, and the count knows by its guard what it contains.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from models.intake.feed_counts import FeedCounts, FeedDay, add, begin, tell
from schemas.examples import ExampleRecord, FeedsCounted
from schemas.identifiers import Day
from streams.delivery import Held, Outbox, Sent
from streams.engine.header import pack, unpack
from streams.engine.outputs import Output
from streams.topics import EXAMPLES

COUNTS_VERSION = 1


class CountsRow(Struct, frozen=True, gc=False, array_like=True):
    """The counts as they lie in the table, behind the engine's header."""

    outbox: Outbox
    counts: FeedCounts


_encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(CountsRow).decode


def counts_key(partition: int) -> bytes:
    """The key of a partition's counts; no natural key's pseudonym is like it."""
    return b"__feeds/%d" % partition


class Counting:
    """A partition's counts. Nothing is written for a batch that changes none."""

    def __init__(self, row: bytes | None, partition: int, batch_start: int) -> None:
        self._partition = partition
        self._new: Counter[FeedDay] = Counter()
        self._newest = -1
        if row is None:
            self._held = Held(FeedCounts(), -1, {}, (), batch_start)
        else:
            header = unpack(row)
            kept = _row(header.payload)
            self._held = Held(kept.counts, header.guard, {}, kept.outbox, batch_start)

    @property
    def overflows(self) -> bool:
        """Whether the outbox is too large to lie in the row."""
        return self._held.overflows

    def count(self, offset: int, feed_day: FeedDay) -> None:
        """One more of this feed and day, if the row does not contain this record already."""
        if self._held.is_repeat(offset):
            return
        self._begin(offset, feed_day[1])
        self._new[feed_day] += 1
        self._newest = offset

    def pass_time(self, offset: int, today: Day) -> Iterable[Output]:
        """What the learner is told now that this day has begun; a repeat tells it again."""
        if self._held.is_repeat(offset):
            return [sent.output() for sent in self._held.sent_for(offset)]
        self._begin(offset, today)
        self._take_in()
        counts, told = tell(self._held.story, today)
        if not told:
            return []
        sent = tuple(self._sent(day, by_feed) for day, by_feed in told)
        self._held.keep(counts, offset, None, sent)
        return [one.output() for one in sent]

    def row(self) -> bytes | None:
        """The row to store; None if it is as it was."""
        self._take_in()
        if not self._held.is_changed:
            return None
        return pack(
            _encode(CountsRow(self._held.outbox_to_keep(), self._held.story)),
            guard=self._held.guard,
            schema=COUNTS_VERSION,
        )

    def _begin(self, offset: int, today: Day) -> None:
        begun = begin(self._held.story, today)
        if begun is not self._held.story:
            self._held.keep(begun, offset, None, ())

    def _take_in(self) -> None:
        if self._new:
            self._held.keep(add(self._held.story, self._new), self._newest, None, ())
            self._new.clear()

    def _sent(self, day: Day, by_feed: tuple[tuple[str, int], ...]) -> Sent:
        record = ExampleRecord(None, FeedsCounted(self._partition, day, by_feed))
        return Sent(EXAMPLES, b"feeds/%d" % self._partition, _encode(record))
