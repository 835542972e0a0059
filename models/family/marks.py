"""What a strand holds of school: marks told, joined, settled and forgotten, exactly and small.

A mark's natural key is (child, school, date, session); the newest version wins, and a retraction is a version like any
other. Weeks that may still change are kept so that they are quick to read and write (``models.family.weeks``). Three
weeks on a week is *settled*: packed into a few bytes (``models.family.settled``), without most ids of its versions. It
is done for two weeks at once, the same two for everybody, which is half the work.

An id only decides between two statements about one mark that were recorded at the same moment. Where moments are told
in whole minutes, as by systems that send in batches, that may well happen, so those ids stay. Of two statements of one
finer moment about one mark in a settled week, the id no longer decides: the greater source counts, else what was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from models.calendar.local_time import MINUTE
from models.family.codes import LETTERS, NOTHING, TAKEN_BACK
from models.family.settled import (
    add_entries,
    first_monday,
    join_entries,
    lay_out,
    oldest_entries,
    read_entry,
    split_entries,
)
from models.family.state import Said, Speaker, Strand, Week
from models.family.weeks import (
    SLOTS,
    change_versions,
    cut_week,
    join_week,
    pack_alone,
    pack_open,
    tell_week,
    unpack_open,
)
from schemas.facts import Mark, Version
from schemas.identifiers import AgencyId, Day

SETTLED_AFTER_DAYS: Final = 21
"""Days after its Monday from which a school week may be settled: corrections come within days."""
_TOGETHER: Final = 14
"""Days whose weeks are settled together, counted from the first Monday of the calendar."""

_EVER: Final = Day(0)


def record_marks(
    strand: Strand, school: str, marks: Iterable[Mark], version: Version, agency: AgencyId, retracted: bool
) -> Strand:
    """The strand with these marks told: per mark the newest version is kept. The same strand if all were older."""
    strand, speaker = _with_speaker(strand, Speaker(version.source, agency))
    said = Said(version.recorded_at, version.event_id, speaker)
    weeks: dict[Day, bytes] | None = None
    for monday, told in _by_week(marks, retracted).items():
        if monday < strand.settled_before:
            strand = _tell_settled(strand, monday, school, told, _without_id(said))
            continue
        packed = strand.weeks.get(monday)
        found = () if packed is None else unpack_open(packed)
        week = next((week for week in found if week.school == school), None) if found else None
        after = tell_week(week, school, told, said)
        if after is not week:
            weeks = dict(strand.weeks) if weeks is None else weeks
            others = [other for other in found if other is not week]
            weeks[monday] = pack_open((after, *others)) if others else pack_alone(after)
    return strand if weeks is None else replace(strand, weeks=weeks)


def join_marks(one: Strand, other: Strand, into: Strand) -> Strand:
    """``into`` with the union of what two strands of one identifier know of school: per mark the newest version."""
    speakers = tuple(sorted({*one.speakers, *other.speakers}))
    settled_before = max(one.settled_before, other.settled_before)
    found: dict[tuple[Day, str], Week] = {}
    for strand in (one, other):
        for monday, week in weeks_of(_respoken(strand, speakers)):
            known = _without_ids(week) if monday < settled_before else week
            found[monday, week.school] = join_week(found.get((monday, week.school)), known)
    return _with_weeks(
        replace(into, speakers=speakers, settled_before=settled_before),
        ((monday, week) for (monday, _), week in found.items()),
    )


def weeks_of(strand: Strand, first: Day = _EVER, last: Day | None = None) -> Iterator[tuple[Day, Week]]:
    """Every week that a strand holds, or those with a day from ``first`` to ``last``, by their Mondays."""
    for monday, packed in strand.weeks.items():
        if monday + 6 >= first and (last is None or monday <= last):
            for week in unpack_open(packed):
                yield monday, week
    if first < strand.settled_before + 6:
        for entry in split_entries(strand.settled):
            if entry.monday + 6 >= first and (last is None or entry.monday <= last):
                yield entry.monday, read_entry(entry)


def settles_on(monday: Day) -> Day:
    """The first day on which the week of this Monday is to be settled."""
    return Day(((monday - 1) // _TOGETHER + 1) * _TOGETHER + 1 + SETTLED_AFTER_DAYS)


def settles_before(today: Day) -> Day:
    """The Monday before which weeks are to be settled by now."""
    return Day((today - 1 - SETTLED_AFTER_DAYS) // _TOGETHER * _TOGETHER + 1)


def settle_weeks(strand: Strand, before: Day) -> Strand:
    """The strand with the weeks settled that begin before this day."""
    if before <= strand.settled_before:
        return strand
    kept = {monday: packed for monday, packed in strand.weeks.items() if monday >= before}
    if len(kept) == len(strand.weeks):
        return replace(strand, settled_before=before)
    newly_settled = lay_out(
        (monday, _without_ids(week))
        for monday, packed in strand.weeks.items()
        if monday < before
        for week in unpack_open(packed)
    )
    return replace(strand, weeks=kept, settled=add_entries(strand.settled, newly_settled), settled_before=before)


def forget_marks_before(strand: Strand, first_kept: Day) -> Strand:
    """The strand without the marks of days before ``first_kept``."""
    kept: list[tuple[Day, Week]] = []
    for monday, week in weeks_of(strand, first_kept):
        left = cut_week(week, (first_kept - monday) * 2) if monday < first_kept else week
        if left is not None:
            kept.append((monday, left))
    return _with_weeks(strand, kept)


def first_marked_day(strand: Strand) -> Day | None:
    """The earliest day with a mark, taken back or not; None without any."""
    if strand.settled:
        oldest = oldest_entries(strand.settled)
        return _first_day_of(oldest[0].monday, [read_entry(entry) for entry in oldest])
    if strand.weeks:
        monday = min(strand.weeks)
        return _first_day_of(monday, unpack_open(strand.weeks[monday]))
    return None


def _first_day_of(monday: Day, weeks: Iterable[Week]) -> Day:
    return Day(monday + min(SLOTS - len(week.codes.lstrip(NOTHING)) for week in weeks) // 2)


def oldest_week(strand: Strand) -> Day | None:
    """The Monday of the oldest week that a strand holds; None without any. Cheaper than its first marked day."""
    if strand.settled:
        return first_monday(strand.settled)
    return min(strand.weeks, default=None)


def give_up_week(strand: Strand, monday: Day) -> Strand:
    """The strand without what it holds of the week of this Monday."""
    return _with_weeks(strand, (held for held in weeks_of(strand) if held[0] != monday))


def _with_weeks(strand: Strand, weeks: Iterable[tuple[Day, Week]]) -> Strand:
    """The strand with these weeks and no others."""
    fresh: dict[Day, list[Week]] = {}
    settled: list[tuple[Day, Week]] = []
    for monday, week in weeks:
        if monday < strand.settled_before:
            settled.append((monday, week))
        else:
            fresh.setdefault(monday, []).append(week)
    packed = {monday: pack_open(several) for monday, several in fresh.items()}
    return replace(strand, weeks=packed, settled=join_entries(lay_out(settled)))


def _tell_settled(strand: Strand, monday: Day, school: str, told: list[tuple[int, str]], said: Said) -> Strand:
    """The strand with marks told of a settled week: late ones, and few. The others' bodies are not read for it."""
    entries = split_entries(strand.settled)
    held = next((entry for entry in entries if entry.monday == monday and entry.school == school), None)
    week = None if held is None else read_entry(held)
    after = tell_week(week, school, told, said)
    if after is week:
        return strand
    others = [entry for entry in entries if entry is not held]
    return replace(strand, settled=join_entries(sorted((*others, *lay_out([(monday, after)])))))


def _by_week(marks: Iterable[Mark], retracted: bool) -> dict[Day, list[tuple[int, str]]]:
    """Slot and letter of each mark, by Monday."""
    told: dict[Day, list[tuple[int, str]]] = {}
    for mark in marks:
        weekday = (mark.on - 1) % 7
        letter = TAKEN_BACK if retracted else LETTERS[mark.code]
        told.setdefault(Day(mark.on - weekday), []).append((weekday * 2 + mark.session, letter))
    return told


def _without_ids(week: Week) -> Week:
    """The week as it is kept when it is settled."""
    if len({said.recorded_at for said in week.versions}) == len(week.versions):  # the versions' order stays
        return Week(week.school, week.codes, week.said_by, tuple([_without_id(said) for said in week.versions]))
    return change_versions(week, _without_id)


def _without_id(said: Said) -> Said:
    """The version as a settled week keeps it."""
    if said.event_id and said.recorded_at % MINUTE:
        return Said(said.recorded_at, "", said.speaker)
    return said


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
    weeks = [
        (monday, change_versions(week, lambda said: Said(said.recorded_at, said.event_id, now[said.speaker])))
        for monday, week in weeks_of(strand)
    ]
    return _with_weeks(replace(strand, speakers=speakers), weeks)
