"""What counts of a child's school attendance: one code for each session, out of all that schools said of it.

Under several identifiers of one child the newest statement about a school's session counts, retractions included; of
several schools' marks for one session the one that EVENTS section 2 puts first, and of two alike that of the school
with the smaller number. So a session counts once, and is named the same way however its marks arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from models.calendar.local_time import local_moment, midnight
from models.family.codes import ABSENT, CODE_OF, IMPOSSIBLE, NOTHING, PRESENT, RANK, TAKEN_BACK, UNAUTHORISED
from models.family.marks import weeks_of
from models.family.state import Speaker, Strand, Week
from models.family.weeks import SLOTS, spoken
from schemas.facts import Session
from schemas.identifiers import AgencyId, Day, IdentifierId, Moment

_NOON: Final = time(12)
_SILENT: Final = frozenset({NOTHING, TAKEN_BACK})


class SessionSeen(Struct, frozen=True):
    """What counts of one child's session: the code, and where it was said.

    ``at`` is when it counts as having been, for order: AM is 00:00 and PM 12:00 local (EVENTS section 4).
    """

    on: Day
    session: Session
    code: str
    school: str
    identifier: IdentifierId
    agency: AgencyId
    at: Moment

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


class SeenWeek(Struct, frozen=True):
    """The sessions of a week in order of time; their days, moments and classes side by side, ready to be counted."""

    seen: tuple[SessionSeen, ...]
    missed: tuple[SessionSeen, ...]
    days: tuple[Day, ...]
    moments: tuple[Moment, ...]
    possible: tuple[bool, ...]
    absent: tuple[bool, ...]
    unauthorised: tuple[bool, ...]

    def __repr__(self) -> str:
        return "SeenWeek(...)"


class Holding(NamedTuple):
    """A week at one school, and the identifier that it is held under."""

    week: Week
    identifier: IdentifierId
    speakers: tuple[Speaker, ...]


def seen_weeks(strands: Mapping[IdentifierId, Strand], first: Day, last: Day) -> list[SeenWeek]:
    """The weeks of one child with a day from ``first`` to ``last``, in order: what counts of all schools' marks."""
    held: dict[Day, list[Holding]] = {}
    for identifier in sorted(strands):
        strand = strands[identifier]
        for monday, week in weeks_of(strand, first, last):
            held.setdefault(monday, []).append(Holding(week, identifier, strand.speakers))
    return [
        _see_one(monday, *held[monday][0]) if len(held[monday]) == 1 else _see_several(monday, held[monday])
        for monday in sorted(held)
    ]


@lru_cache(maxsize=8192)  # with each mark of a family that rules watch, the same weeks are looked at again
def _see_one(monday: Day, week: Week, identifier: IdentifierId, speakers: tuple[Speaker, ...]) -> SeenWeek:
    """A week that one school told of under one identifier: nearly all are of this sort."""
    agencies = [speakers[said.speaker].agency for said in week.versions]
    said_by = week.said_by or bytes(SLOTS)
    return _lay_side_by_side(
        _session(monday, slot, letter, week.school, identifier, agencies[index])
        for slot, (letter, index) in enumerate(zip(week.codes, said_by, strict=True))
        if letter not in _SILENT
    )


def _see_several(monday: Day, holdings: Sequence[Holding]) -> SeenWeek:
    """A week of which several schools told, or that is held under several identifiers."""
    found: list[SessionSeen] = []
    for slot in range(SLOTS):
        best: SessionSeen | None = None
        for school, (_, letter, identifier, agency) in sorted(_newest(holdings, slot).items()):
            if letter != TAKEN_BACK and (best is None or RANK[CODE_OF[letter]] > RANK[best.code]):
                best = _session(monday, slot, letter, school, identifier, agency)
        if best is not None:
            found.append(best)
    return _lay_side_by_side(found)


def _session(
    monday: Day, slot: int, letter: str, school: str, identifier: IdentifierId, agency: AgencyId
) -> SessionSeen:
    on = Day(monday + slot // 2)
    if slot % 2:
        return SessionSeen(on, 1, CODE_OF[letter], school, identifier, agency, local_moment(on, _NOON))
    return SessionSeen(on, 0, CODE_OF[letter], school, identifier, agency, midnight(on))


def _lay_side_by_side(sessions: Iterable[SessionSeen]) -> SeenWeek:
    seen = tuple(sessions)
    return SeenWeek(
        seen=seen,
        missed=tuple([session for session in seen if session.is_absent]),
        days=tuple([session.on for session in seen]),
        moments=tuple([session.at for session in seen]),
        possible=tuple([session.is_possible for session in seen]),
        absent=tuple([session.is_absent for session in seen]),
        unauthorised=tuple([session.is_unauthorised for session in seen]),
    )


_Version: TypeAlias = tuple[Moment, str, Speaker]


def _newest(holdings: Sequence[Holding], slot: int) -> dict[str, tuple[_Version, str, IdentifierId, AgencyId]]:
    """By school: the newest version of this session, its letter, under which identifier, and from whom."""
    newest: dict[str, tuple[_Version, str, IdentifierId, AgencyId]] = {}
    for week, identifier, speakers in holdings:
        said = spoken(week)[slot]
        if said is None:
            continue
        speaker = speakers[said.speaker]
        version = (said.recorded_at, said.event_id, speaker)
        held = newest.get(week.school)
        if held is None or version > held[0]:
            newest[week.school] = (version, week.codes[slot], identifier, speaker.agency)
    return newest
