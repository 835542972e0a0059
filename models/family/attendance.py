"""What counts of a child's school attendance: one code for each session, out of all that schools said of it.

Under several identifiers of one child the newest statement about a school's session counts, retractions included; of
several schools' marks for one session the one that EVENTS section 2 puts first, and of two alike that of the school
with the smaller number. So a session counts once, and is named the same way however its marks arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from models.family.codes import ABSENT, CODE_OF, IMPOSSIBLE, NOTHING, RANK, TAKEN_BACK, UNAUTHORISED
from models.family.marks import weeks_of
from models.family.state import Speaker, Strand, Week
from models.family.weeks import SLOTS, spoken
from schemas.facts import Session
from schemas.identifiers import AgencyId, Day, IdentifierId, Moment


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
        """Whether it was missed without leave."""
        return self.code in UNAUTHORISED

    @property
    def is_absent(self) -> bool:
        """Whether it was missed, with or without leave; codes C2, E and T are not the child's absence."""
        return self.code in ABSENT

    @property
    def is_possible(self) -> bool:
        """Whether the child could have attended."""
        return self.code not in IMPOSSIBLE

    def __repr__(self) -> str:
        return "SessionSeen(...)"


class Holding(NamedTuple):
    """A week at one school, and the identifier that it is held under."""

    week: Week
    identifier: IdentifierId
    speakers: tuple[Speaker, ...]


Seen: TypeAlias = tuple[SessionSeen, ...]


def sessions(strands: Mapping[IdentifierId, Strand], first: Day, last: Day) -> list[SessionSeen]:
    """The sessions of one child from ``first`` to ``last``, in order of time: what counts of all schools' marks."""
    held: dict[Day, list[Holding]] = {}
    for identifier in sorted(strands):
        strand = strands[identifier]
        for monday, week in weeks_of(strand, first, last):
            held.setdefault(monday, []).append(Holding(week, identifier, strand.speakers))
    found: list[SessionSeen] = []
    for monday in sorted(held):
        holdings = held[monday]
        seen = _count_one(monday, *holdings[0]) if len(holdings) == 1 else _count_several(monday, holdings)
        if monday < first or monday + 6 > last:
            found += [session for session in seen if first <= session.on <= last]
        else:
            found += seen
    return found


@lru_cache(maxsize=4096)  # with each mark of a family that rules watch, the same weeks are looked at again
def _count_one(monday: Day, week: Week, identifier: IdentifierId, speakers: tuple[Speaker, ...]) -> Seen:
    """The sessions of a week that one school told of under one identifier: nearly all are of this sort."""
    agencies = [speakers[said.speaker].agency for said in week.versions]
    said_by = week.said_by or bytes(SLOTS)
    return tuple(
        SessionSeen(
            Day(monday + slot // 2), 1 if slot % 2 else 0, CODE_OF[letter], week.school, identifier, agencies[index]
        )
        for slot, (letter, index) in enumerate(zip(week.codes, said_by, strict=True))
        if letter not in _SILENT
    )


_SILENT = frozenset({NOTHING, TAKEN_BACK})


def _count_several(monday: Day, holdings: Sequence[Holding]) -> Seen:
    """The sessions of a week of which several schools told, or that is held under several identifiers."""
    found: list[SessionSeen] = []
    for slot in range(SLOTS):
        best: SessionSeen | None = None
        for school, (_, letter, identifier, agency) in sorted(_newest(holdings, slot).items()):
            if letter != TAKEN_BACK and (best is None or RANK[CODE_OF[letter]] > RANK[best.code]):
                best = SessionSeen(
                    Day(monday + slot // 2), 1 if slot % 2 else 0, CODE_OF[letter], school, identifier, agency
                )
        if best is not None:
            found.append(best)
    return tuple(found)


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
