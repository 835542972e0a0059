"""School attendance of one child, exactly and small: which sessions were possible, and which were missed how.

A mark's natural key is (child, school, date, session); the newest version wins, and a retraction is a version like any
other. A school week is fourteen letters, because a year of marks must fit into a family's two kilobytes, and the codes
are few. Code classes: DfE register codes in force since 19 August 2024 (DOMAIN section 2.3); which of them count as
absent is EVENTS section 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from models.family.state import Said, Strand, Week
from schemas.facts import Mark, Session
from schemas.identifiers import AgencyId, Day, IdentifierId

UNAUTHORISED: Final = frozenset({"G", "N", "O", "U"})
"""Missed without leave: holiday not granted, no reason yet, other, late after the register closed."""
AUTHORISED: Final = frozenset({"C1", "M", "J1", "S", "C", "R", "I"})
"""Missed with leave, and the child's absence."""
NOT_COUNTED: Final = frozenset({"C2", "E", "T"})
"""Possible sessions that are not the child's absence: part-time timetable, excluded, Traveller child travelling."""
PRESENT: Final = frozenset({"/", "\\", "L", "K", "V", "P", "W", "B"})
IMPOSSIBLE: Final = frozenset({"D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"})
"""Not a possible session: never counted for or against a child."""

CODES: Final = tuple(sorted(UNAUTHORISED | AUTHORISED | NOT_COUNTED | PRESENT | IMPOSSIBLE))
LETTERS: Final = dict(zip(CODES, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", strict=False))
_CODE_OF: Final = {letter: code for code, letter in LETTERS.items()}
NOTHING: Final = "."
TAKEN_BACK: Final = "-"
_EMPTY_WEEK: Final = NOTHING * 14

_RANK: Final = {
    **dict.fromkeys(UNAUTHORISED, 4),
    **dict.fromkeys(AUTHORISED, 3),
    **dict.fromkeys(NOT_COUNTED, 2),
    **dict.fromkeys(PRESENT, 1),
    **dict.fromkeys(IMPOSSIBLE, 0),
}
"""Of several schools' marks for one session the highest counts (EVENTS section 2)."""


class SessionSeen(Struct, frozen=True):
    """What counts of one child's session: the code, and where it was said."""

    on: Day
    session: Session
    code: str
    school: str
    identifier: IdentifierId
    agency: AgencyId

    @property
    def is_unauthorised(self) -> bool:
        return self.code in UNAUTHORISED

    @property
    def is_absent(self) -> bool:
        return self.code in UNAUTHORISED or self.code in AUTHORISED

    @property
    def is_possible(self) -> bool:
        return self.code not in IMPOSSIBLE

    def __repr__(self) -> str:
        return "SessionSeen(...)"


def record_marks(strand: Strand, school: str, marks: Iterable[Mark], version: Said, retracted: bool) -> Strand:
    """The strand with these marks told: per mark the newest version is kept. The same strand if all were older."""
    weeks = dict(strand.weeks)
    changed = False
    for mark in marks:
        monday = Day(mark.on - (mark.on - 1) % 7)
        slot = (mark.on - monday) * 2 + mark.session
        letter = TAKEN_BACK if retracted else LETTERS[mark.code]
        found = weeks.get(monday, ())
        week = next((week for week in found if week.school == school), None)
        told = _told(week or Week(school, _EMPTY_WEEK, bytes(14), ()), slot, letter, version)
        if told is not week and told is not None:
            weeks[monday] = tuple(sorted((*(w for w in found if w is not week), told), key=lambda w: w.school))
            changed = True
    return replace(strand, weeks=weeks) if changed else strand


def join_weeks(
    one: Mapping[Day, tuple[Week, ...]], other: Mapping[Day, tuple[Week, ...]]
) -> dict[Day, tuple[Week, ...]]:
    """The union of two records of the same identifier: per mark the newest version."""
    joined = dict(one)
    for monday, weeks in other.items():
        have = {week.school: week for week in joined.get(monday, ())}
        for week in weeks:
            merged = have.get(week.school, Week(week.school, _EMPTY_WEEK, bytes(14), ()))
            for slot, letter in enumerate(week.codes):
                if letter != NOTHING:
                    merged = _told(merged, slot, letter, week.versions[week.said_by[slot]]) or merged
            have[week.school] = merged
        joined[monday] = tuple(have[school] for school in sorted(have))
    return joined


def forget_marks_before(strand: Strand, first_kept: Day) -> Strand:
    """The strand without the marks of days before ``first_kept``."""
    weeks: dict[Day, tuple[Week, ...]] = {}
    changed = False
    for monday, found in strand.weeks.items():
        if monday >= first_kept:
            weeks[monday] = found
            continue
        changed = True
        keep_from = (first_kept - monday) * 2
        if keep_from < len(_EMPTY_WEEK):
            kept = tuple(week for old in found if (week := _cut(old, keep_from)) is not None)
            if kept:
                weeks[monday] = kept
    return replace(strand, weeks=weeks) if changed else strand


def first_marked_day(strand: Strand) -> Day | None:
    """The earliest day with a mark, taken back or not; None without any."""
    if not strand.weeks:
        return None
    monday = min(strand.weeks)
    first = min(slot for week in strand.weeks[monday] for slot, letter in enumerate(week.codes) if letter != NOTHING)
    return Day(monday + first // 2)


def sessions(strands: Mapping[IdentifierId, Strand], first: Day, last: Day) -> list[SessionSeen]:
    """The sessions of one child from ``first`` to ``last``, in order of time: what counts of all schools' marks."""
    newest: dict[tuple[Day, int, str], tuple[Said, str, IdentifierId]] = {}
    for identifier in sorted(strands):
        for week, day, slot, letter in _slots(strands[identifier], first, last):
            version = week.versions[week.said_by[slot]]
            key = (day, slot % 2, week.school)
            held = newest.get(key)
            if held is None or version > held[0]:
                newest[key] = (version, letter, identifier)
    counted: dict[tuple[Day, int], SessionSeen] = {}
    for (day, half, school), (said, letter, identifier) in sorted(newest.items()):
        if letter == TAKEN_BACK:
            continue
        seen = SessionSeen(day, 1 if half else 0, _CODE_OF[letter], school, identifier, said.agency)
        held_seen = counted.get((day, half))
        if held_seen is None or _RANK[seen.code] > _RANK[held_seen.code]:
            counted[day, half] = seen
    return [counted[key] for key in sorted(counted)]


def _slots(strand: Strand, first: Day, last: Day) -> Iterator[tuple[Week, Day, int, str]]:
    for monday, weeks in strand.weeks.items():
        if monday > last or monday + 6 < first:
            continue
        for week in weeks:
            for slot, letter in enumerate(week.codes):
                day = Day(monday + slot // 2)
                if letter != NOTHING and first <= day <= last:
                    yield week, day, slot, letter


def _told(week: Week, slot: int, letter: str, version: Said) -> Week | None:
    """The week with one session told; None if what it holds is as new."""
    if week.codes[slot] != NOTHING and version <= week.versions[week.said_by[slot]]:
        return None
    codes = week.codes[:slot] + letter + week.codes[slot + 1 :]
    spoke: list[Said | None] = [
        week.versions[index] if held != NOTHING else None for held, index in zip(week.codes, week.said_by, strict=True)
    ]
    spoke[slot] = version
    return _week(week.school, codes, spoke)


def _cut(week: Week, keep_from: int) -> Week | None:
    codes = NOTHING * keep_from + week.codes[keep_from:]
    if codes == _EMPTY_WEEK:
        return None
    spoke = [
        week.versions[index] if letter != NOTHING else None for letter, index in zip(codes, week.said_by, strict=True)
    ]
    return _week(week.school, codes, spoke)


def _week(school: str, codes: str, spoke: list[Said | None]) -> Week:
    """A week in its one canonical form: versions sorted, none unused."""
    versions = tuple(sorted({version for version in spoke if version is not None}))
    index = {version: at for at, version in enumerate(versions)}
    return Week(school, codes, bytes(0 if version is None else index[version] for version in spoke), versions)
