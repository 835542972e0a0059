"""A school week as bytes, and back: most weeks of most children are alike, and a regular one takes eight bytes.

* **codes**: two bytes with a bit for each of 14 sessions that differs from the usual ``/`` and ``\\`` of Monday to
  Friday, then the letter of each that does;
* **form**, one byte: how many versions less one (four bits), their unit of time (two), whether they are laid out one
  by one (otherwise one version said it all, or each day has its own), whether more is said of them;
* **times**, in that unit: the first as its distance from Monday 00:00 UTC, each further one as how far it is from a
  day after the one before;
* **layout**, if there is one: four bits for each known session, its version;
* **more**, if there is more: speakers that are not all the first, and the ids that are kept.

Numbers are groups of seven bits, the lowest first; signed ones are folded, so that near zero is short on both sides.
The school is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import gcd
from typing import Final

from models.calendar.local_time import MINUTE, SECOND
from models.family.codes import LETTERS, NOTHING
from models.family.state import Said, Week
from models.family.weeks import EMPTY, SLOTS
from schemas.identifiers import Day, Moment

_EPOCH: Final = 719_163
"""1 January 1970, as a ``Day``."""
_DAY: Final = 24 * 60 * MINUTE
_UNITS: Final = (MINUTE, SECOND, 1_000, 1)
_USUAL: Final = (LETTERS["/"] + LETTERS["\\"]) * 5 + NOTHING * 4
_ONE_VERSION: Final = bytes(SLOTS)
_ONE_BY_ONE: Final = 0x40
_MORE: Final = 0x80


def write_week(monday: Day, week: Week) -> bytes:
    """The body of this week."""
    body = bytearray(_write_codes(week.codes))
    versions = week.versions
    start = (monday - _EPOCH) * _DAY
    times = [said.recorded_at - start for said in versions]
    together = gcd(*times)
    unit = next(unit for unit in _UNITS if together % unit == 0)
    said_by = week.said_by or _ONE_VERSION
    is_daily = said_by == _by_day(week.codes, len(versions))
    speakers = {said.speaker for said in versions}
    has_ids = {said.event_id for said in versions} != {""}
    has_more = has_ids or speakers != {0}
    body.append(
        len(versions) - 1 | _UNITS.index(unit) << 4 | (0 if is_daily else _ONE_BY_ONE) | (_MORE if has_more else 0)
    )
    for time, before in zip(times, (-_DAY, *times), strict=False):
        write_number(body, _fold((time - before - _DAY) // unit))
    if not is_daily:
        laid = [index for index, letter in zip(said_by, week.codes, strict=True) if letter != NOTHING]
        body += bytes(one | other << 4 for one, other in zip(laid[::2], [*laid[1::2], 0], strict=False))
    if has_more:
        _write_more(body, versions, is_one_speaker=len(speakers) == 1, has_ids=has_ids)
    return bytes(body)


@lru_cache(maxsize=4096)  # most weeks of most children are alike
def _write_codes(codes: str) -> bytes:
    unusual = [slot for slot, letter in enumerate(codes) if letter != _USUAL[slot]]
    return sum(1 << slot for slot in unusual).to_bytes(2, "big") + bytes([ord(codes[slot]) for slot in unusual])


def _write_more(body: bytearray, versions: Sequence[Said], *, is_one_speaker: bool, has_ids: bool) -> None:
    body.append(is_one_speaker | has_ids << 1)
    for said in versions[:1] if is_one_speaker else versions:
        write_number(body, said.speaker)
    if has_ids:
        before = b""
        for said in versions:
            event_id = said.event_id.encode()
            shared = _shared(before, event_id)
            write_number(body, shared)
            write_number(body, len(event_id) - shared)
            body += event_id[shared:]
            before = event_id


@lru_cache(maxsize=4096)  # rules look at the same weeks again with every mark of a family they watch
def read_week(monday: Day, body: bytes) -> tuple[str, bytes, tuple[Said, ...]]:
    """Codes, who said which, and versions, of a body."""
    at = 2
    codes = _USUAL
    if unusual := int.from_bytes(body[:2], "big"):
        letters = list(_USUAL)
        for slot in range(SLOTS):
            if unusual >> slot & 1:
                letters[slot] = chr(body[at])
                at += 1
        codes = "".join(letters)
    form = body[at]
    count, unit = (form & 0xF) + 1, _UNITS[form >> 4 & 3]
    at += 1
    times: list[Moment] = []
    time = (monday - _EPOCH - 1) * _DAY
    for _ in range(count):
        folded, at = read_number(body, at)
        time += _DAY + _unfold(folded) * unit
        times.append(Moment(time))
    said_by = _by_day(codes, count)
    if form & _ONE_BY_ONE:
        said_by, at = _read_layout(body, at, codes)
    speakers, ids = [0] * count, [""] * count
    if form & _MORE:
        speakers, ids = _read_more(body, at, count)
    versions = tuple(map(Said, times, ids, speakers))
    return codes, b"" if count == 1 else said_by, versions


def _read_layout(body: bytes, at: int, codes: str) -> tuple[bytes, int]:
    laid = bytearray(SLOTS)
    known = 0
    for slot, letter in enumerate(codes):
        if letter != NOTHING:
            laid[slot] = body[at + known // 2] >> known % 2 * 4 & 0xF
            known += 1
    return bytes(laid), at + (known + 1) // 2


def _read_more(body: bytes, at: int, count: int) -> tuple[list[int], list[str]]:
    is_one_speaker, has_ids = body[at] & 1, body[at] & 2
    at += 1
    speakers: list[int] = []
    for _ in range(1 if is_one_speaker else count):
        speaker, at = read_number(body, at)
        speakers.append(speaker)
    ids: list[str] = []
    before = b""
    for _ in range(count if has_ids else 0):
        shared, at = read_number(body, at)
        more, at = read_number(body, at)
        before = before[:shared] + body[at : at + more]
        at += more
        ids.append(before.decode())
    return speakers * count if is_one_speaker else speakers, ids or [""] * count


@lru_cache(maxsize=1024)
def _by_day(codes: str, count: int) -> bytes:
    """Who said which, if each day of which something is known has a version of its own, or all have one."""
    said_by, day = bytearray(SLOTS), -1
    for slot in range(0, SLOTS, 2):
        if codes[slot : slot + 2] != EMPTY[:2]:
            day = min(day + 1, count - 1)
            for half in (slot, slot + 1):
                said_by[half] = day if codes[half] != NOTHING else 0
    return bytes(said_by)


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes two begin with alike."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _fold(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _unfold(folded: int) -> int:
    return folded >> 1 if not folded & 1 else -(folded + 1 >> 1)


def write_number(to: bytearray, number: int) -> None:
    """Add a number that is not negative."""
    while number > 0x7F:
        to.append(number & 0x7F | 0x80)
        number >>= 7
    to.append(number)


def read_number(raw: bytes, at: int) -> tuple[int, int]:
    """The number that begins here, and where it ends."""
    number, shift = 0, 0
    while (byte := raw[at]) > 0x7F:
        number |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    return number | byte << shift, at + 1
