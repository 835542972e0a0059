"""What counts of a child's school attendance: one code for each session, out of all that schools said of it.

Under several identifiers of one child the newest statement about a school's session counts, retractions included; of
several schools' marks for one session the one that EVENTS section 2 puts first, and of two alike that of the school
with the smaller number. So a session counts once, and is named the same way however its marks arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from models.calendar.local_time import local_moment, midnight
from models.family.codes import ABSENT, CODE_OF, IMPOSSIBLE, LETTERS, NOTHING, PRESENT, RANK, TAKEN_BACK, UNAUTHORISED
from models.family.marks import weeks_of
from models.family.settled import Entry, read_entry, split_entries
from models.family.state import Said, Speaker, Strand, Week
from models.family.weeks import SLOTS, spoken, unpack_open
from schemas.facts import Session
from schemas.identifiers import AgencyId, Day, IdentifierId, Moment

NOON: Final = time(12)
_SILENT: Final = frozenset({NOTHING, TAKEN_BACK})
_POSSIBLE: Final = frozenset(letter for code, letter in LETTERS.items() if code not in IMPOSSIBLE)
_ABSENT: Final = frozenset(LETTERS[code] for code in ABSENT)
_UNAUTHORISED: Final = frozenset(LETTERS[code] for code in UNAUTHORISED)
_KINDS: Final = (_POSSIBLE, _ABSENT, _UNAUTHORISED)


class SessionSeen(Struct, frozen=True, gc=False):
    """What counts of one child's session: the code, and where it was said.

    ``alike`` are the other schools that say what counts as the same, each behind an identifier. ``at`` is when it
    counts as having been, for order: AM is 00:00 and PM 12:00 local (EVENTS section 4).
    """

    on: Day
    session: Session
    code: str
    school: str
    identifier: IdentifierId
    agency: AgencyId
    at: Moment
    alike: tuple[tuple[IdentifierId, str], ...] = ()

    @property
    def is_unauthorised(self) -> bool:
        """Whether it was missed without leave."""
        return self.code in UNAUTHORISED

    @property
    def is_absent(self) -> bool:
        """Whether it was missed, with or without leave; codes C2, E and T are not the child's absence."""
        return self.code in ABSENT

    @property
    def is_present(self) -> bool:
        """Whether the child was in school, or where the school or the council sent it."""
        return self.code in PRESENT

    @property
    def is_possible(self) -> bool:
        """Whether the child could have attended."""
        return self.code not in IMPOSSIBLE

    def __repr__(self) -> str:
        return "SessionSeen(...)"


class Spoken(NamedTuple):
    """What counts of one session of a week, and where it was said."""

    slot: int
    letter: str
    school: str
    identifier: IdentifierId
    agency: AgencyId
    alike: tuple[tuple[IdentifierId, str], ...] = ()


class Sums(NamedTuple):
    """Of the sessions before each of a week, and of all: how many were possible, missed, and missed without leave."""

    possible: tuple[int, ...]
    absent: tuple[int, ...]
    unauthorised: tuple[int, ...]


class SeenWeek(Struct, frozen=True, gc=False, eq=False):
    """The sessions of a week in order of time: those that were missed laid out, all of them counted.

    Each equals itself alone, so that what follows from several weeks is found again quickly by them.
    """

    monday: Day
    spoken: tuple[Spoken, ...]
    missed: tuple[SessionSeen, ...]
    sums: Sums

    @property
    def seen(self) -> Iterator[SessionSeen]:
        """All sessions with a mark."""
        return (_session(self.monday, said) for said in self.spoken)

    def __repr__(self) -> str:
        return "SeenWeek(...)"


class Holding(NamedTuple):
    """A week at one school, and the identifier that it is held under."""

    week: Week
    identifier: IdentifierId
    speakers: tuple[Speaker, ...]


def seen_weeks(strands: Mapping[IdentifierId, Strand], first: Day, last: Day) -> list[SeenWeek]:
    """The weeks of one child with a day from ``first`` to ``last``, in order: what counts of all schools' marks."""
    at_school = sorted(identifier for identifier, strand in strands.items() if strand.weeks or strand.settled)
    if len(at_school) == 1:
        alone = _see_strand(at_school[0], strands[at_school[0]], first, last)
        if alone is not None:
            return alone
    held: dict[Day, list[Holding]] = {}
    for identifier in at_school:
        strand = strands[identifier]
        for monday, week in weeks_of(strand, first, last):
            held.setdefault(monday, []).append(Holding(week, identifier, strand.speakers))
    return [_see(monday, tuple(held[monday])) for monday in sorted(held)]


def _see_strand(identifier: IdentifierId, strand: Strand, first: Day, last: Day) -> list[SeenWeek] | None:
    """The weeks of a child that has one identifier at school; None where several schools told of a settled week."""
    entries = [entry for entry in split_entries(strand.settled) if first - 6 <= entry.monday <= last]
    if any(one.monday == other.monday for one, other in pairwise(entries)):
        return None
    speakers = strand.speakers
    mondays = sorted(monday for monday in strand.weeks if first - 6 <= monday <= last)
    return [
        *(_see_settled(entry, identifier, speakers) for entry in entries),
        *(_see_open(monday, strand.weeks[monday], identifier, speakers) for monday in mondays),
    ]


# with each mark of a family that rules watch, the same weeks are looked at again
@lru_cache(maxsize=8192)
def _see_settled(entry: Entry, identifier: IdentifierId, speakers: tuple[Speaker, ...]) -> SeenWeek:
    return _see_one(entry.monday, Holding(read_entry(entry), identifier, speakers))


@lru_cache(maxsize=8192)
def _see_open(monday: Day, packed: bytes, identifier: IdentifierId, speakers: tuple[Speaker, ...]) -> SeenWeek:
    return _see(monday, tuple([Holding(week, identifier, speakers) for week in unpack_open(packed)]))


@lru_cache(maxsize=8192)
def _see(monday: Day, holdings: tuple[Holding, ...]) -> SeenWeek:
    return _see_one(monday, holdings[0]) if len(holdings) == 1 else _see_several(monday, holdings)


def _see_one(monday: Day, holding: Holding) -> SeenWeek:
    """A week that one school told of under one identifier: nearly all are of this sort."""
    week, identifier, speakers = holding
    agencies = [speakers[said.speaker].agency for said in week.versions]
    said_by = week.said_by or bytes(SLOTS)
    return _lay_out(
        monday,
        [
            Spoken(slot, letter, week.school, identifier, agencies[index])
            for slot, (letter, index) in enumerate(zip(week.codes, said_by, strict=True))
            if letter not in _SILENT
        ],
    )


def _see_several(monday: Day, holdings: Sequence[Holding]) -> SeenWeek:
    """A week of which several schools told, or that is held under several identifiers."""
    heard = [(holding, spoken(holding.week)) for holding in holdings]
    found: list[Spoken] = []
    for slot in range(SLOTS):
        marks = [
            Spoken(slot, letter, school, identifier, agency)
            for school, (_, letter, identifier, agency) in sorted(_newest(heard, slot).items())
            if letter != TAKEN_BACK
        ]
        if marks:
            highest = max(RANK[CODE_OF[mark.letter]] for mark in marks)
            first, *others = [mark for mark in marks if RANK[CODE_OF[mark.letter]] == highest]
            found.append(first._replace(alike=tuple([(mark.identifier, mark.school) for mark in others])))
    return _lay_out(monday, found)


def _lay_out(monday: Day, spoken: Sequence[Spoken]) -> SeenWeek:
    letters = [NOTHING] * SLOTS
    for said in spoken:
        letters[said.slot] = said.letter
    missed = tuple([_session(monday, said) for said in spoken if said.letter in _ABSENT])
    return SeenWeek(monday, tuple(spoken), missed, _sums("".join(letters)))


def _session(monday: Day, said: Spoken) -> SessionSeen:
    on = Day(monday + said.slot // 2)
    session: Session = 1 if said.slot % 2 else 0
    at = local_moment(on, NOON) if session else midnight(on)
    return SessionSeen(on, session, CODE_OF[said.letter], said.school, said.identifier, said.agency, at, said.alike)


@lru_cache(maxsize=8192)  # most weeks of most children are alike
def _sums(letters: str) -> Sums:
    return Sums(*(tuple(accumulate((letter in kind for letter in letters), initial=0)) for kind in _KINDS))


_Version: TypeAlias = tuple[Moment, str, Speaker]


def _newest(
    heard: Sequence[tuple[Holding, list[Said | None]]], slot: int
) -> dict[str, tuple[_Version, str, IdentifierId, AgencyId]]:
    """By school: the newest version of this session, its letter, under which identifier, and from whom."""
    newest: dict[str, tuple[_Version, str, IdentifierId, AgencyId]] = {}
    for (week, identifier, speakers), versions in heard:
        said = versions[slot]
        if said is None:
            continue
        speaker = speakers[said.speaker]
        version = (said.recorded_at, said.event_id, speaker)
        held = newest.get(week.school)
        if held is None or version > held[0]:
            newest[week.school] = (version, week.codes[slot], identifier, speaker.agency)
    return newest
