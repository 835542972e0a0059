"""School weeks that hardly change any more, in a few bytes each: a child's school year in half a kilobyte.

One string of bytes holds them all, the newest first, so that a week is added at the front and a recent one is found
soon. Each has a head (how many weeks before the last one; at the same school, or at which; how many bytes follow) and
the body that ``models.family.week_bytes`` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from models.family.state import Week
from models.family.week_bytes import read_number, read_week, write_number, write_week
from schemas.identifiers import Day

_FIRST_MONDAY: Final = Day(1)
"""Of the calendar: what the newest week's distance is counted from."""


class Entry(NamedTuple):
    """A settled week, its body not yet read."""

    monday: Day
    school: str
    body: bytes


def lay_out(weeks: Iterable[tuple[Day, Week]]) -> list[Entry]:
    """These weeks as entries, the newest first."""
    return sorted(
        (Entry(monday, week.school, write_week(monday, week)) for monday, week in weeks),
        key=lambda entry: (-entry.monday, entry.school),
    )


def read_entry(entry: Entry) -> Week:
    """The week of an entry."""
    return Week(entry.school, *read_week(entry.monday, entry.body))


def join_entries(entries: Sequence[Entry]) -> bytes:
    """The bytes of these entries, which are in order."""
    parts: list[bytes] = []
    monday, school = _FIRST_MONDAY, ""
    for entry in entries:
        head = bytearray()
        write_number(head, abs(entry.monday - monday) // 7 << 1 | (entry.school != school))
        if entry.school != school:
            head += int(entry.school).to_bytes(3, "big")
        write_number(head, len(entry.body))
        parts += (bytes(head), entry.body)
        monday, school = entry.monday, entry.school
    return b"".join(parts)


@lru_cache(maxsize=1024)  # a strand's settled weeks change once a week, and are looked at with every mark
def split_entries(settled: bytes) -> tuple[Entry, ...]:
    """The entries of these bytes."""
    found: list[Entry] = []
    at, size, monday, school = 0, len(settled), _FIRST_MONDAY, ""
    while at < size:
        monday, school, at, end = _read_head(settled, at, monday, school)
        found.append(Entry(monday, school, settled[at:end]))
        at = end
    return tuple(found)


def put_in_front(settled: bytes, newer: list[Entry]) -> bytes:
    """These bytes with entries added that are all newer."""
    if not settled:
        return join_entries(newer)
    monday, school, start, end = _read_head(settled, 0, _FIRST_MONDAY, "")
    return join_entries([*newer, Entry(monday, school, settled[start:end])]) + settled[end:]


def _read_head(settled: bytes, at: int, monday: Day, school: str) -> tuple[Day, str, int, int]:
    """Monday and school of the entry that begins here, after one of that Monday and school; its body's bounds."""
    weeks, at = read_number(settled, at)
    distance = weeks >> 1
    monday = Day(monday - 7 * distance) if monday != _FIRST_MONDAY else Day(monday + 7 * distance)
    if weeks & 1:
        school = f"{int.from_bytes(settled[at : at + 3], 'big'):06d}"
        at += 3
    size, at = read_number(settled, at)
    return monday, school, at, at + size
