"""Counting each record once and losing no output, with no transaction: what a table row keeps besides its story.

* The **offset guard** (the engine's row header) says up to which offset of the source partition the row was told. A
  record at or below it is a repeat: nothing is applied.
* The **outbox** keeps the outputs of the batch that last touched the row, with their offsets. A crash can come after
  the row was stored and before its outputs were; the repeat then sends them again, under the same ids. Older outputs
  are known to be with the brokers, because a batch is opened only when the one before it is settled.
* The **hop guard** keeps, per log that records come from (a partition of an earlier topic), the highest position told.
  Re-keying repeats records under new offsets after a crash; their origin tells them apart from new ones.

Nothing here knows what a story is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from schemas.events import Origin
from streams.engine.outputs import Output

Story = TypeVar("Story")


class Sent(Struct, frozen=True, gc=False, array_like=True):
    """One output as it is kept for a repeat."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int | None = None

    def __repr__(self) -> str:
        return f"Sent({self.topic})"

    def output(self) -> Output:
        """The record to send."""
        return Output(self.topic, self.key, self.value, self.headers, self.partition)


MAX_OUTBOX_BYTES = 256 * 1024
"""A row travels in one record of at most a megabyte, and the story needs its half."""

Hops = dict[int, tuple[int, int]]
Outbox = tuple[tuple[int, tuple[Sent, ...]], ...]


class Held(Generic[Story]):
    """A row in hand during one batch. ``guard`` is -1 for a row that was never told anything; ``hops`` are its own."""

    __slots__ = ("guard", "hops", "is_changed", "outbox", "story", "weight")

    def __init__(self, story: Story, guard: int, hops: Hops, outbox: Outbox, batch_start: int) -> None:
        self.story = story
        self.guard = guard
        self.hops = hops
        self.outbox = [entry for entry in outbox if entry[0] >= batch_start]
        self.is_changed = False
        self.weight = sum(_weigh(entry[1]) for entry in self.outbox)

    @property
    def overflows(self) -> bool:
        """Whether the outbox is too large to lie in a row: then outputs have to be acknowledged before rows are sent,
        and no outbox is kept, since a repeat makes the same outputs anew from the old row."""
        return self.weight > MAX_OUTBOX_BYTES

    def outbox_to_keep(self) -> Outbox:
        """The outbox as it goes into the row."""
        return () if self.overflows else tuple(self.outbox)

    def is_repeat(self, offset: int) -> bool:
        """Whether the row was told this record of its own source partition."""
        return offset <= self.guard

    def sent_for(self, offset: int) -> Iterable[Sent]:
        """What a repeat of this record has to send again."""
        for at, sent in self.outbox:
            if at == offset:
                yield from sent

    def has_hopped(self, origin: Origin | None) -> bool:
        """Whether this record came before under another offset. Records without origin never did."""
        if origin is None:
            return False
        return (origin.offset, origin.index) <= self.hops.get(origin.log, (-1, -1))

    def keep(self, story: Story, offset: int, origin: Origin | None, sent: tuple[Sent, ...]) -> None:
        """The row was told one more record, and this follows from it."""
        self.story = story
        self.guard = max(self.guard, offset)
        self.is_changed = True
        if origin is not None:
            self.hops[origin.log] = (origin.offset, origin.index)
        if sent:
            self.outbox.append((offset, sent))
            self.weight += _weigh(sent)


def _weigh(sent: tuple[Sent, ...]) -> int:
    return sum(len(entry.value or b"") + 100 for entry in sent)
