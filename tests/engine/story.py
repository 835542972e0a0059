"""The pure core of the example worker: offset guard, order-sensitive state, outbox, and rows that want to wake."""

from __future__ import annotations

import msgspec

from streams.engine import Batch, BatchTable, Output
from streams.engine.header import NEVER, pack, unpack, wake_of

PROMPT_EVERY = 10
TIME_KEY = b"__time"
"""The key of a tick; its value is an Event whose `number` is the time, in ms."""


class Event(msgspec.Struct, frozen=True):
    number: int
    weight: int = 0
    erase: bool = False
    wake_at: int = NEVER


class Story(msgspec.Struct):
    """One family of the example: `value` depends on the order of events."""

    count: int = 0
    value: float = 0.0
    outbox: list[tuple[str, int]] = []


read_event, read_story, write = (
    msgspec.json.Decoder(Event).decode,
    msgspec.json.Decoder(Story).decode,
    msgspec.json.encode,
)

Told = tuple[Story, int, int]
"""A story, its guard, and when it wants to wake."""


class Telling:
    """What a batch does to the stories: each row is read once and written once."""

    def __init__(self, table: BatchTable, prompts: str) -> None:
        self._table, self._prompts = table, prompts
        self._touched: dict[bytes, Told | None] = {}
        self.outputs: list[Output] = []

    def tell(self, key: bytes, offset: int, event: Event) -> None:
        """One event of a family."""
        story, guard, _ = self._read(key) or (Story(), -1, NEVER)
        if offset <= guard:  # a repeat: counted already; its prompt may not have got out
            for name, told_at in story.outbox:
                if told_at == offset:
                    self._prompt(key, name)
            return
        if event.erase:
            self._touched[key] = None
            return
        story.count += 1
        story.value = story.value * 0.9 + event.weight
        if story.count % PROMPT_EVERY == 0:
            name = f"{key.decode()}:{story.count}"
            story.outbox = [*story.outbox[-19:], (name, offset)]
            self._prompt(key, name)
        self._touched[key] = (story, offset, event.wake_at)

    def wake(self, partition: int, offset: int, now: int) -> None:
        """Time passed: the families that are due say so, and sleep again."""
        for key in self._table.due(partition, now):
            told = self._read(key)
            if told is None or told[1] >= offset or not NEVER < told[2] <= now:
                continue
            self._prompt(key, f"{key.decode()} is due")
            self._touched[key] = (told[0], offset, NEVER)

    def write(self) -> list[Output]:
        for key, told in self._touched.items():
            if told is None:
                del self._table[key]
            else:
                self._table[key] = pack(write(told[0]), guard=told[1], wake_at=told[2])
        return self.outputs

    def _read(self, key: bytes) -> Told | None:
        if key not in self._touched:
            row = self._table.get(key)
            self._touched[key] = (
                None if row is None else (read_story(unpack(row).payload), unpack(row).guard, wake_of(row))
            )
        return self._touched[key]

    def _prompt(self, key: bytes, name: str) -> None:
        self.outputs.append(Output(self._prompts, key, write(name)))


def step(table: BatchTable, batch: Batch, prompts: str) -> list[Output]:
    """One write per family and batch; also where all was repeated, which heals a changelog that lagged."""
    telling = Telling(table, prompts)
    for record in batch:
        assert record.key is not None
        assert record.value is not None
        event = read_event(record.value)
        if record.key == TIME_KEY:
            telling.wake(batch.tp.partition, record.offset, event.number)
        else:
            telling.tell(record.key, record.offset, event)
    return telling.write()
