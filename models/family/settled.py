"""School weeks that hardly change any more, in a few bytes each: a child's school year in half a kilobyte.

One string of bytes holds them all, in order of Monday and school. It begins with Monday and school of the last one, so
that a week is added without reading the others; each then has a head (how many weeks after the one before; at the same
school, or at which; how many bytes follow) and the body that ``models.family.week_bytes`` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final, NamedTuple

from models.family.state import Week
from models.family.week_bytes import read_number, read_week, write_number, write_week
from schemas.identifiers import Day

_SCHOOL_BYTES: Final = 3


class Place(NamedTuple):
    """Monday and school of a week, by which weeks are in order."""

    monday: Day
    school: str


_BEFORE_ALL: Final = Place(Day(1), "")
"""The first Monday of the calendar, at no school: what the first week is counted from."""


class Entry(NamedTuple):
    """A settled week, its body not yet read."""

    monday: Day
    school: str
    body: bytes


def lay_out(weeks: Iterable[tuple[Day, Week]]) -> list[Entry]:
    """These weeks as entries, in order."""
    return sorted(Entry(monday, week.school, write_week(monday, week)) for monday, week in weeks)


def read_entry(entry: Entry) -> Week:
    """The week of an entry."""
    return Week(entry.school, *read_week(entry.monday, entry.body))


def join_entries(entries: Sequence[Entry]) -> bytes:
    """The bytes of these entries, which are in order."""
    return add_entries(b"", entries)


def add_entries(settled: bytes, later: Sequence[Entry]) -> bytes:
    """These bytes with entries added that come after all of them, and are in order."""
    if not later:
        return settled
    last, at = _read_place(settled, 0, _BEFORE_ALL) if settled else (_BEFORE_ALL, 0)
    added = bytearray()
    for entry in later:
        place = Place(entry.monday, entry.school)
        _write_place(added, place, last)
        write_number(added, len(entry.body))
        added += entry.body
        last = place
    begin = bytearray()
    _write_place(begin, last, _BEFORE_ALL)
    return b"".join((begin, settled[at:], added))


@lru_cache(maxsize=1024)  # a strand's settled weeks change once a week, and rules look at them with every mark
def split_entries(settled: bytes) -> tuple[Entry, ...]:
    """The entries of these bytes."""
    return tuple(_entries(settled))


def first_monday(settled: bytes) -> Day:
    """The Monday of the oldest week of these bytes, which hold one at least."""
    _, at = _read_place(settled, 0, _BEFORE_ALL)
    return _read_place(settled, at, _BEFORE_ALL)[0].monday


def oldest_entries(settled: bytes) -> list[Entry]:
    """The entries of the oldest week, of one school or several; none if there is no week at all."""
    entries = _entries(settled)
    first = next(entries, None)
    return [] if first is None else [first, *takewhile(lambda entry: entry.monday == first.monday, entries)]


def _entries(settled: bytes) -> Iterator[Entry]:
    if not settled:
        return
    _, at = _read_place(settled, 0, _BEFORE_ALL)
    place, size = _BEFORE_ALL, len(settled)
    while at < size:
        place, at = _read_place(settled, at, place)
        length, at = read_number(settled, at)
        yield Entry(*place, settled[at : at + length])
        at += length


def _write_place(to: bytearray, place: Place, before: Place) -> None:
    is_elsewhere = place.school != before.school
    write_number(to, (place.monday - before.monday) // 7 << 1 | is_elsewhere)
    if is_elsewhere:
        to += int(place.school).to_bytes(_SCHOOL_BYTES, "big")


def _read_place(settled: bytes, at: int, before: Place) -> tuple[Place, int]:
    """The place that is written here, after one of that place, and where it ends."""
    weeks, at = read_number(settled, at)
    monday = Day(before.monday + 7 * (weeks >> 1))
    if not weeks & 1:
        return Place(monday, before.school), at
    school = int.from_bytes(settled[at : at + _SCHOOL_BYTES], "big")
    return Place(monday, f"{school:06d}"), at + _SCHOOL_BYTES
