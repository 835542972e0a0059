"""School attendance of one child, exactly and small: which sessions were possible, and which were missed how.

A mark's natural key is (child, school, date, session); the newest version wins, and a retraction is a version like any
other. A school week is fourteen letters, because a year of marks must fit into a family's two kilobytes, and the codes
are few. Code classes: DfE register codes in force since 19 August 2024 (DOMAIN section 2.3); which of them count as
absent is EVENTS section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.family.state import Said, Speaker, Strand, Week
from schemas.facts import Mark, Session, Version
from schemas.identifiers import AgencyId, Day, IdentifierId, Moment

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
SLOTS: Final = 14
_EMPTY_WEEK: Final = NOTHING * SLOTS

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


def record_marks(
    strand: Strand, school: str, marks: Iterable[Mark], version: Version, agency: AgencyId, retracted: bool
) -> Strand:
    """The strand with these marks told: per mark the newest version is kept. The same strand if all were older."""
    strand, speaker = _with_speaker(strand, Speaker(version.source, agency))
    weeks: dict[Day, bytes] | None = None
    for monday, told in _by_week(marks, retracted).items():
        event_id = version.event_id if monday >= strand.settled_before else ""
        packed = strand.weeks.get(monday)
        found = () if packed is None else _unpack(packed)
        week = next((week for week in found if week.school == school), None)
        after = _tell(week, school, told, Said(version.recorded_at, event_id, speaker))
        if after is not week:
            others = tuple(other for other in found if other is not week)
            weeks = dict(strand.weeks) if weeks is None else weeks
            weeks[monday] = _pack(_in_order((*others, after)))
    return strand if weeks is None else replace(strand, weeks=weeks)


def join_attendance(one: Strand, other: Strand, into: Strand) -> Strand:
    """``into`` with the union of what two strands of one identifier know of school: per mark the newest version."""
    speakers = tuple(sorted({*one.speakers, *other.speakers}))
    settled_before = max(one.settled_before, other.settled_before)
    weeks = dict(_respoken(one, speakers).weeks)
    for monday, packed in _respoken(other, speakers).weeks.items():
        have = {week.school: week for week in _unpack(weeks[monday])} if monday in weeks else {}
        for week in _unpack(packed):
            have[week.school] = _joined(have.get(week.school), week)
        weeks[monday] = _pack(_in_order(have.values()))
    return settle_weeks(replace(into, weeks=weeks, speakers=speakers, settled_before=Day(0)), settled_before)


def settle_weeks(strand: Strand, before: Day) -> Strand:
    """The strand with the ids of versions given up in weeks that begin before this day.

    An id only decides between two statements about one mark that were recorded in the same microsecond.
    """
    if before <= strand.settled_before:
        return strand
    weeks = dict(strand.weeks)
    for monday, packed in strand.weeks.items():
        if strand.settled_before <= monday < before:
            weeks[monday] = _pack(
                tuple(_with_versions(week, lambda said: replace(said, event_id="")) for week in _unpack(packed))
            )
    return replace(strand, weeks=weeks, settled_before=before)


def forget_marks_before(strand: Strand, first_kept: Day) -> Strand:
    """The strand without the marks of days before ``first_kept``."""
    weeks: dict[Day, bytes] = {}
    for monday, packed in strand.weeks.items():
        if monday >= first_kept:
            weeks[monday] = packed
            continue
        keep_from = (first_kept - monday) * 2
        kept = [_cut(week, keep_from) for week in _unpack(packed)] if keep_from < SLOTS else []
        if left := tuple(week for week in kept if week.codes != _EMPTY_WEEK):
            weeks[monday] = _pack(left)
    return replace(strand, weeks=weeks)


def first_marked_day(strand: Strand) -> Day | None:
    """The earliest day with a mark, taken back or not; None without any."""
    if not strand.weeks:
        return None
    monday = min(strand.weeks)
    first = min(
        slot for week in _unpack(strand.weeks[monday]) for slot, letter in enumerate(week.codes) if letter != NOTHING
    )
    return Day(monday + first // 2)


def sessions(strands: Mapping[IdentifierId, Strand], first: Day, last: Day) -> list[SessionSeen]:
    """The sessions of one child from ``first`` to ``last``, in order of time: what counts of all schools' marks."""
    newest: dict[tuple[Day, int, str], tuple[tuple[Moment, str, Speaker], str, IdentifierId]] = {}
    for identifier in sorted(strands):
        speakers = strands[identifier].speakers
        for said, day, half, school, letter in _slots(strands[identifier], first, last):
            version = (said.recorded_at, said.event_id, speakers[said.speaker])
            held = newest.get((day, half, school))
            if held is None or version > held[0]:
                newest[day, half, school] = (version, letter, identifier)
    counted: dict[tuple[Day, int], SessionSeen] = {}
    for (day, half, school), ((_, _, speaker), letter, identifier) in sorted(newest.items()):
        if letter == TAKEN_BACK:
            continue
        seen = SessionSeen(day, 1 if half else 0, _CODE_OF[letter], school, identifier, speaker.agency)
        held_seen = counted.get((day, half))
        if held_seen is None or _RANK[seen.code] > _RANK[held_seen.code]:
            counted[day, half] = seen
    return [counted[key] for key in sorted(counted)]


def _slots(strand: Strand, first: Day, last: Day) -> Iterator[tuple[Said, Day, int, str, str]]:
    """Version, day, half, school and letter of each mark of these days."""
    for monday, packed in strand.weeks.items():
        if monday > last or monday + 6 < first:
            continue
        for week in _unpack(packed):
            for slot, letter in enumerate(week.codes):
                if letter != NOTHING and first <= monday + slot // 2 <= last:
                    yield week.versions[week.said_by[slot]], Day(monday + slot // 2), slot % 2, week.school, letter


def _by_week(marks: Iterable[Mark], retracted: bool) -> dict[Day, list[tuple[int, str]]]:
    """Slot and letter of each mark, by Monday."""
    told: dict[Day, list[tuple[int, str]]] = {}
    for mark in marks:
        weekday = (mark.on - 1) % 7
        letter = TAKEN_BACK if retracted else LETTERS[mark.code]
        told.setdefault(Day(mark.on - weekday), []).append((weekday * 2 + mark.session, letter))
    return told


def _tell(week: Week | None, school: str, told: list[tuple[int, str]], said: Said) -> Week:
    """The week with these sessions told by one statement; the same week if it knew as new ones."""
    codes = list(_EMPTY_WEEK if week is None else week.codes)
    newer = [
        (slot, letter)
        for slot, letter in told
        if week is None or codes[slot] == NOTHING or said > week.versions[week.said_by[slot]]
    ]
    if week is not None and not newer:
        return week
    spoke: list[Said | None] = [None] * SLOTS if week is None else _spoke(week)
    for slot, letter in newer:
        codes[slot], spoke[slot] = letter, said
    return _week(school, "".join(codes), spoke)


def _joined(one: Week | None, other: Week) -> Week:
    if one is None:
        return other
    codes, spoke = list(one.codes), _spoke(one)
    for slot, said in enumerate(_spoke(other)):
        held = spoke[slot]
        if said is not None and (held is None or said > held):
            codes[slot], spoke[slot] = other.codes[slot], said
    return _week(one.school, "".join(codes), spoke)


def _cut(week: Week, keep_from: int) -> Week:
    nobody: list[Said | None] = [None] * keep_from
    return _week(week.school, NOTHING * keep_from + week.codes[keep_from:], nobody + _spoke(week)[keep_from:])


def _spoke(week: Week) -> list[Said | None]:
    """Who said what is known of each session."""
    return [
        week.versions[index] if letter != NOTHING else None
        for letter, index in zip(week.codes, week.said_by, strict=True)
    ]


def _week(school: str, codes: str, spoke: list[Said | None]) -> Week:
    """A week in its one canonical form: versions sorted, none unused."""
    versions = tuple(sorted({said for said in spoke if said is not None}))
    index = {said: at for at, said in enumerate(versions)}
    return Week(school, codes, bytes(0 if said is None else index[said] for said in spoke), versions)


def _with_versions(week: Week, change: Callable[[Said], Said]) -> Week:
    return _week(week.school, week.codes, [None if said is None else change(said) for said in _spoke(week)])


def _without_id(said: Said) -> Said:
    return replace(said, event_id="")


def _with_speaker(strand: Strand, speaker: Speaker) -> tuple[Strand, int]:
    """The strand knowing this speaker, and the speaker's index."""
    for index, known in enumerate(strand.speakers):
        if known == speaker:
            return strand, index
    speakers = tuple(sorted((*strand.speakers, speaker)))
    return _respoken(strand, speakers), speakers.index(speaker)


def _respoken(strand: Strand, speakers: tuple[Speaker, ...]) -> Strand:
    """The strand with its versions pointing into these speakers, which include its own."""
    if speakers[: len(strand.speakers)] == strand.speakers:
        return replace(strand, speakers=speakers)
    now = {index: speakers.index(speaker) for index, speaker in enumerate(strand.speakers)}
    weeks = {
        monday: _pack(
            tuple(
                _with_versions(week, lambda said: replace(said, speaker=now[said.speaker])) for week in _unpack(packed)
            )
        )
        for monday, packed in strand.weeks.items()
    }
    return replace(strand, weeks=weeks, speakers=speakers)


def _in_order(weeks: Iterable[Week]) -> tuple[Week, ...]:
    return tuple(sorted(weeks, key=lambda week: week.school))


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[Week, ...]).decode
