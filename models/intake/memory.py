"""What is remembered under a natural key: which ids spoke, what the newest of them said, and whom it named.

Ids are remembered with what they said and leave with it, so the same id for an unrelated thing is accepted (EVENTS
section 1). An id costs eighteen bytes: eight of a hash of (source, id), eight of the digest of the bytes, two of the
day on which it is forgotten; a child's school year of messages is then 3.5 kB.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from schemas.facts import Part, Version
from schemas.identifiers import Day, IdentifierId, Moment

_ENTRY: Final = 18
_EPOCH: Final = 730_120  # 1 January 2000: two bytes of days reach to 2179
_FOREVER: Final = 0xFFFF
NEVER_FORGOTTEN: Final = Day(_EPOCH + _FOREVER)
"""``forgotten_on`` of a memory that holds something which never expires: a link, an open plan."""


class Heard(Enum):
    """What a statement is to one who remembers: said for the first time, said before, or another under its id."""

    NEW = "new"
    DUPLICATE = "duplicate"
    REUSED = "reused"


class Memory(Struct, frozen=True, gc=False, array_like=True):
    """What was said under one natural key; for school marks, by one identifier (``newest`` stays None).

    ``named`` are the identifiers chosen for the newest statement, with their parts; () after a retraction. ``dropped``
    are those that an older statement named and the newest does not. ``latest`` is the latest date the newest carries.
    ``forgotten_on`` is the first day on which nothing of this is held. ``referred_on`` is the date of the referral that
    is held (0: none is), and ``held`` are the dates of its earlier versions, each with until when it was held.
    """

    ids: bytes = b""
    newest: Version | None = None
    named: tuple[tuple[IdentifierId, Part | None], ...] = ()
    dropped: tuple[IdentifierId, ...] = ()
    latest: Day = Day(0)
    forgotten_on: Day = Day(0)
    referred_on: Day = Day(0)
    held: tuple[tuple[Day, Moment], ...] = ()

    def __repr__(self) -> str:
        return "Memory(...)"


def hear(memory: Memory, version: Version, digest: bytes, today: Day) -> Heard:
    """Whether these bytes were said before under this source and id, and what they said is still held."""
    known = _find(memory.ids, _id_hash(version.source, version.event_id))
    if known is None or _forgotten_on(memory.ids, known) <= today:
        return Heard.NEW
    return Heard.DUPLICATE if memory.ids[known + 8 : known + 16] == digest[:8] else Heard.REUSED


def claim(memory: Memory, version: Version, digest: bytes, forgotten_on: Day | None, today: Day) -> Memory:
    """The memory with this id claimed until ``forgotten_on`` (None: for ever), and without ids that are forgotten."""
    if memory.ids and _forgotten_on(memory.ids, 0) <= today:
        memory = _forget_ids(memory, today)
    days = _FOREVER if forgotten_on is None else max(0, min(forgotten_on - _EPOCH, _FOREVER - 1))
    entry = _id_hash(version.source, version.event_id) + digest[:8] + days.to_bytes(2, "big")
    until = Day(_EPOCH + days)
    return replace(memory, ids=memory.ids + entry, forgotten_on=max(memory.forgotten_on, until))


def keep_together(memory: Memory) -> Memory:
    """The memory with every id claimed as long as the last: a fact is kept with the statements that it replaced."""
    until = (memory.forgotten_on - _EPOCH).to_bytes(2, "big")
    starts = range(0, len(memory.ids), _ENTRY)
    return replace(memory, ids=b"".join(memory.ids[at : at + _ENTRY - 2] + until for at in starts))


def refer(memory: Memory, on: Day, at: Moment) -> Memory:
    """The memory of a referral that is dated so from now on; 0: it is withdrawn.

    Whoever is told of it for the first time has to know whether it was looked at elsewhere (EVENTS section 4: once per
    referral), and only the families know the rule. Of two versions, the one dated earlier and held longer says it all.
    """
    if not memory.referred_on:
        return memory if memory.referred_on == on else replace(memory, referred_on=on)
    held = *(one for one in memory.held if one[0] < memory.referred_on), (memory.referred_on, at)
    return replace(memory, referred_on=on, held=held)


def _forget_ids(memory: Memory, today: Day) -> Memory:
    starts = range(0, len(memory.ids), _ENTRY)
    kept = [memory.ids[at : at + _ENTRY] for at in starts if _forgotten_on(memory.ids, at) > today]
    return replace(memory, ids=b"".join(kept))


def _forgotten_on(ids: bytes, at: int) -> Day:
    return Day(_EPOCH + int.from_bytes(ids[at + 16 : at + _ENTRY], "big"))


def _find(ids: bytes, wanted: bytes) -> int | None:
    at = ids.find(wanted)
    while at >= 0 and at % _ENTRY:
        at = ids.find(wanted, at + 1)
    return at if at >= 0 else None


@lru_cache(maxsize=65_536)
def _id_hash(source: str, event_id: str) -> bytes:
    return blake2b(f"{source}\n{event_id}".encode(), digest_size=8).digest()
