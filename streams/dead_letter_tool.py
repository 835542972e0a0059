"""``earlyword dead-letters``: list, show and replay what was set aside, with kafka-python.

Listing shows notes and sizes. A letter's own bytes hold identifiers: they are shown only to somebody who gives a
reason, after that was written down. A replay without ``send`` is a dry run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer
from msgspec import Struct

from schemas.wire.dead_letter_v1 import Reason
from streams.dead_letters import Letter, Replay, Shown, UnreadableLetter, read_letter, replay, show
from streams.kafka.reading import read_whole
from streams.topics import DEAD_LETTERS

SEND_SECONDS: Final = 30


class Where(Struct, frozen=True, kw_only=True):
    """Which letters; None is any. ``topic`` is the partner's; ``place`` the letter's own, topic/partition@offset."""

    reason: Reason | None = None
    topic: str | None = None
    place: str | None = None

    def matches(self, found: Found) -> bool:
        """Whether it is one of these."""
        return (
            self.reason in (None, found.letter.note.reason)
            and self.topic in (None, found.letter.note.topic)
            and self.place in (None, found.place)
        )


class Found(Struct, frozen=True):
    """A letter and where it lies."""

    place: str
    letter: Letter


class Seen(Struct, frozen=True, kw_only=True):
    """A letter as it is shown. The partner's words are there only for somebody who gave a reason."""

    place: str
    shown: Shown
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def __repr__(self) -> str:
        return f"Seen({self.place})"


def find_letters(consumer: KafkaConsumer, where: Where, topic: str = DEAD_LETTERS) -> Iterator[Found]:
    """The letters on the topic as it is now, oldest first in each partition. Records that are no letters are left out.

    ``consumer`` has no group, so that looking moves nobody's place. Raises TimeoutError after 30 seconds of silence.
    """
    for record in read_whole(consumer, topic):
        found = _read(record)
        if found is not None and where.matches(found):
            yield found


def list_letters(consumer: KafkaConsumer, where: Where, topic: str = DEAD_LETTERS) -> Iterator[Seen]:
    """Notes and sizes of these letters."""
    for found in find_letters(consumer, where, topic):
        yield Seen(place=found.place, shown=show(found.letter))


def show_letters(
    consumer: KafkaConsumer,
    where: Where,
    reveal_reason: str | None = None,
    write_down: Callable[[str, str], None] | None = None,
    topic: str = DEAD_LETTERS,
) -> Iterator[Seen]:
    """These letters; with a reason, the partner's words too, once ``write_down(place, reason)`` has returned.

    Raises ValueError for a reason that nobody would write down.
    """
    if reveal_reason is None:
        yield from list_letters(consumer, where, topic)
        return
    if write_down is None or not reveal_reason.strip():
        raise ValueError("to see what a partner wrote, give a reason that can be written down")
    for found in find_letters(consumer, where, topic):
        write_down(found.place, reveal_reason)
        letter = found.letter
        yield Seen(place=found.place, shown=show(letter), key=letter.key, value=letter.value, headers=letter.headers)


def replay_letters(
    consumer: KafkaConsumer, where: Where, send: Callable[[Replay], None] | None = None, topic: str = DEAD_LETTERS
) -> Iterator[Seen]:
    """Send these letters to where they came from, each acknowledged before the next; without ``send``, only list them.

    A letter that was replayed and came back lies here twice: the event is sent once, from the newer letter. What was
    too large to be kept whole is never sent: it would be too large again.
    """
    letters = {
        (found.letter.note.topic, found.letter.note.partition, found.letter.note.offset): found
        for found in find_letters(consumer, Where(), topic)
    }
    replayed = {found.letter.note.replayed_from for found in letters.values()}
    for found in letters.values():
        if found.place in replayed or found.letter.note.cut_from is not None or not where.matches(found):
            continue
        if send is not None:
            send(replay(found.letter, found.place))
        yield Seen(place=found.place, shown=show(found.letter))


def sender(producer: KafkaProducer) -> Callable[[Replay], None]:
    """How a replay is sent with this producer: to the old partition, and acknowledged within 30 seconds or an error."""

    def send(again: Replay) -> None:
        producer.send(
            again.topic, key=again.key, value=again.value, partition=again.partition, headers=list(again.headers)
        ).get(timeout=SEND_SECONDS)

    return send


def _read(record: Any) -> Found | None:
    try:
        letter = read_letter(record.key, record.value, record.headers)
    except UnreadableLetter:
        return None
    return Found(f"{record.topic}/{record.partition}@{record.offset}", letter)
