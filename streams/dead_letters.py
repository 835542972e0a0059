"""Dead letters: what is set aside is kept whole, with a note of where it came from and why (INTERFACES section 1.4).

The order is a law: write the letter, await its acknowledgement, then acknowledge the record. If it cannot be written
the process stops; it never skips. Key, value and headers are the partner's own to the byte, so that a replay is the
same event again; they hold identifiers, and whoever shows them says why. The note holds none.

No clock is read here: a letter is the same bytes however often a crash makes us write it, and the coordinates in it say
which of two is the repeat.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from schemas.wire import dead_letter_v1 as named
from schemas.wire.dead_letter_v1 import Reason

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]

MOST_KEPT: Final = 512 * 1024
"""Bytes of key, value and headers that are kept whole: twice what may come in. Compression can carry more past the
broker, and a letter that cannot be written would stop the partition for ever."""
_BEGINNING: Final = 64 * 1024

_DIGITS: Final = 18  # a partner's own header of one of our names must not become a number beyond measure


class UnreadableLetter(ValueError):  # noqa: N818 - named for what happened
    """A record on the dead-letter topic is not a letter of ours. Operator: somebody else wrote there: see the ACLs."""


class Original(Protocol):
    """The record that is set aside, as the broker gave it; ``timestamp`` in milliseconds."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class Note(Struct, frozen=True, kw_only=True):
    """Where a record was set aside, why, and what was tried with it. Times are the broker's, in milliseconds.

    ``cut_from`` is the size in bytes of a record that was too large to be kept whole; it lies where it came from.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    reason: Reason
    fields: tuple[str, ...]
    app_version: str
    first_seen: int
    attempts: int
    replayed_from: str | None = None
    cut_from: int | None = None


class Letter(Struct, frozen=True):
    """A dead letter: the note, and the record as it was, without the note among its headers."""

    note: Note
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    def __repr__(self) -> str:
        return f"Letter({self.note.reason.name}, {self.note.topic}/{self.note.partition}@{self.note.offset})"


class Shown(Struct, frozen=True, kw_only=True):
    """A letter as anybody in operations may see it: the note and sizes, nothing that a partner wrote."""

    note: Note
    because: str
    key_bytes: int | None
    value_bytes: int | None
    headers: int


class Replay(Struct, frozen=True):
    """A record to be sent again to where it came from; its ``(source, id)`` makes a second time harmless."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    def __repr__(self) -> str:
        return f"Replay({self.topic}/{self.partition})"


def write_letter(
    original: Original, headers: Headers, reason: Reason, fields: Sequence[str] = (), *, app_version: str
) -> Letter:
    """The letter about a record that is set aside, for this reason, at these JSON pointers.

    A replayed record brings its story along in its headers; a story that is not in order is begun anew. Of a record
    beyond ``MOST_KEPT`` the letter holds the beginning of the value alone.
    """
    told = dict(headers)
    size = sum(len(part or b"") for part in (original.key, original.value))
    size += sum(len(name) + len(content or b"") for name, content in headers)
    is_whole = size <= MOST_KEPT
    note = Note(
        topic=original.topic,
        partition=original.partition,
        offset=original.offset,
        timestamp=original.timestamp,
        reason=reason,
        fields=tuple(fields),
        app_version=app_version,
        first_seen=_number(told.get(named.FIRST_SEEN), original.timestamp),
        attempts=_number(told.get(named.ATTEMPTS), 0) + 1,
        replayed_from=_text(told.get(named.REPLAYED_FROM)) if is_whole else None,
        cut_from=None if is_whole else size,
    )
    if not is_whole:
        return Letter(note, None, (original.value or b"")[:_BEGINNING], ())
    return Letter(note, original.key, original.value, _without_ours(headers))


def headers_of(letter: Letter) -> tuple[tuple[str, bytes | None], ...]:
    """The headers under which a letter lies on ``earlyword.dead-letters.v1``: the partner's, then ours."""
    note = letter.note
    ours: list[tuple[str, str]] = [
        (named.TOPIC, note.topic),
        (named.PARTITION, str(note.partition)),
        (named.OFFSET, str(note.offset)),
        (named.TIMESTAMP, str(note.timestamp)),
        (named.REASON, note.reason.name),
        (named.FIELDS, json.dumps(note.fields)),
        (named.APP_VERSION, note.app_version),
        *_story(note),
        *([] if note.cut_from is None else [(named.CUT_FROM, str(note.cut_from))]),
    ]
    return (*letter.headers, *((name, text.encode()) for name, text in ours))


def read_letter(key: bytes | None, value: bytes | None, headers: Headers) -> Letter:
    """The letter that a record of ``earlyword.dead-letters.v1`` is. Raises UnreadableLetter."""
    told = {name: content for name, content in headers if name.startswith(named.PREFIX)}
    try:
        text = {name: (content or b"").decode() for name, content in told.items()}
        fields = json.loads(text[named.FIELDS])
        note = Note(
            topic=text[named.TOPIC],
            partition=int(text[named.PARTITION]),
            offset=int(text[named.OFFSET]),
            timestamp=int(text[named.TIMESTAMP]),
            reason=Reason[text[named.REASON]],
            fields=tuple(str(pointer) for pointer in fields),
            app_version=text[named.APP_VERSION],
            first_seen=int(text[named.FIRST_SEEN]),
            attempts=int(text[named.ATTEMPTS]),
            replayed_from=text.get(named.REPLAYED_FROM),
            cut_from=int(text[named.CUT_FROM]) if named.CUT_FROM in text else None,
        )
    except (KeyError, ValueError, TypeError, RecursionError):
        raise UnreadableLetter("the record has no note of ours, or one that is not in order") from None
    return Letter(note, key, value, _without_ours(headers))


def show(letter: Letter) -> Shown:
    """The letter without a word of the partner's: what is needed to count, to group and to call somebody."""
    return Shown(
        note=letter.note,
        because=letter.note.reason.value,
        key_bytes=None if letter.key is None else len(letter.key),
        value_bytes=None if letter.value is None else len(letter.value),
        headers=len(letter.headers),
    )


def replay(letter: Letter, place: str) -> Replay:
    """The record again, to its old topic and partition. ``place`` is the letter's own: topic/partition@offset."""
    story = ((name, text.encode()) for name, text in _story(letter.note, replayed_from=place))
    return Replay(letter.note.topic, letter.note.partition, letter.key, letter.value, (*letter.headers, *story))


def _story(note: Note, replayed_from: str | None = None) -> list[tuple[str, str]]:
    """What goes with a record from letter to replay to letter."""
    story = [(named.FIRST_SEEN, str(note.first_seen)), (named.ATTEMPTS, str(note.attempts))]
    origin = replayed_from or note.replayed_from
    return story if origin is None else [*story, (named.REPLAYED_FROM, origin)]


def _without_ours(headers: Headers) -> tuple[tuple[str, bytes | None], ...]:
    return tuple((name, content) for name, content in headers if not name.startswith(named.PREFIX))


def _number(content: bytes | None, default: int) -> int:
    if content is None or len(content) > _DIGITS or not content.isdigit():
        return default
    return int(content)


def _text(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError:
        return None
