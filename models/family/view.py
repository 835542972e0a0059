"""A family's story as a reader sees it: children put together from strands, facts under one natural key as one.

Rules look at this and never at the state, so that they need not know how facts are stored, moved or joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from models.calendar.local_time import local_day
from models.family.attendance import SessionSeen, seen_weeks
from models.family.facts import KnownFact
from models.family.register import Register
from models.family.state import NEVER, FamilyState, Strand
from models.family.told import SCHOOL, About, Concern, Holder, Plan, Told, fact_id, what_was_told
from models.ids import derive
from schemas.identifiers import ChildId, Day, FactKey, IdentifierId, Moment

__all__ = ["SCHOOL", "About", "Absence", "Concern", "Plan", "View", "fact_id", "mark_id", "told_of"]

READ_DAYS = 64
"""Days of attendance read at first: enough for most rules; who looks further back has so many more read, too."""


class Absence(Struct, frozen=True, gc=False):
    """One session of one child that a reason names."""

    child: ChildId
    seen: SessionSeen

    @property
    def fact(self) -> str:
        """The published id of this mark."""
        return mark_id(self.seen.identifier, self.seen.school, self.seen.on, self.seen.session)

    @property
    def names(self) -> tuple[str, ...]:
        """The published ids of all marks by which this session counts as it does."""
        seen = self.seen
        return self.fact, *[mark_id(identifier, school, seen.on, seen.session) for identifier, school in seen.alike]

    @property
    def at(self) -> Moment:
        """For order AM is 00:00 and PM 12:00 local (EVENTS section 4)."""
        return self.seen.at

    def __repr__(self) -> str:
        return "Absence(...)"


class View:
    """A family at a moment. Cheap to make; attendance is read only when a rule asks for it."""

    def __init__(self, state: FamilyState) -> None:
        self.state = state
        self.family = state.family
        self.now = state.clock
        self.today = local_day(state.clock)
        children: dict[ChildId, dict[IdentifierId, Strand]] = {}
        for identifier, strand in state.strands.items():
            children.setdefault(strand.child, {})[identifier] = strand
        self.children: Mapping[ChildId, Mapping[IdentifierId, Strand]] = {
            child: children[child] for child in sorted(children)
        }
        self.told = told_of(state)
        self.concerns, self.encompass = self.told.concerns, self.told.encompass
        self._registers: dict[ChildId, tuple[Day, Register]] = {}

    def concern(self, key: FactKey) -> Concern | None:
        """The concern of this natural key, None if it does not hold."""
        return self.told.by_key.get(key)

    def absences(self, child: ChildId, first: Day, last: Day, *, also_authorised: bool = False) -> list[Absence]:
        """Unauthorised (or all absent) sessions of a child from ``first`` to ``last``, in order of time."""
        return [
            Absence(child, seen)
            for seen in self.register(child, first).missed_between(first, last)
            if also_authorised or seen.is_unauthorised
        ]

    def sessions(self, child: ChildId, first: Day, last: Day) -> Sequence[SessionSeen]:
        """All sessions with a mark of a child from ``first`` to ``last``, in order of time."""
        return self.register(child, first).between(first, last)

    def register(self, child: ChildId, first: Day) -> Register:
        """The sessions of a child at least from ``first`` on. Read once, and again only for what lies further back."""
        known = self._registers.get(child)
        if known is None or first < known[0]:
            # who looks further back does so from one trigger after another, each of an earlier day
            first = min(first, Day(self.today - READ_DAYS)) if known is None else Day(first - READ_DAYS)
            known = self._registers[child] = first, Register(seen_weeks(self.children[child], first, NEVER))
        return known[1]

    def facts(self, child: ChildId) -> Iterable[tuple[FactKey, KnownFact]]:
        """What holds of a child: under each natural key the newest, retractions left out."""
        return self.told.facts(child)

    def plans(self) -> Sequence[Plan]:
        """All plans and placements, in order of their start."""
        return self.told.plans

    def open_plans(self, day: Day | None = None) -> list[Plan]:
        """The plans and placements that are open on a day, by default today."""
        today = self.today if day is None else day
        return [plan for plan in self.plans() if plan.is_open(today)]


def told_of(state: FamilyState) -> Told:
    """What partners said of this family, marks aside."""
    holders = [
        Holder(strand.child, identifier, strand.told) for identifier, strand in state.strands.items() if strand.told
    ]
    return what_was_told(tuple(sorted(holders) if len(holders) > 1 else holders))


@lru_cache(maxsize=16_384)
def mark_id(identifier: IdentifierId, school: str, on: Day, session: int) -> str:
    """The published id of a session mark."""
    return derive("fact", identifier, school, on, session)
