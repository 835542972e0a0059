"""A family's story as a reader sees it: children put together from strands, facts under one natural key as one.

Rules look at this and never at the state, so that they need not know how facts are stored, moved or joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.calendar.retention import PLAN_KINDS, ends_a_plan, plan_of, starts_a_plan
from models.family.attendance import SessionSeen, seen_weeks
from models.family.register import Register
from models.family.state import NEVER, FamilyState, KnownFact, Strand
from models.ids import derive
from models.parts import fuller
from schemas.facts import Grade, Notification, Outcome, Part, Referral
from schemas.identifiers import AgencyId, ChildId, Day, FactKey, IdentifierId, Moment

READ_DAYS = 64
"""Days of attendance read at first: enough for most rules; who looks further back has the rest read, too."""

SCHOOL = "school"

_ORIGINS = {"1": "individual", "2": SCHOOL, "3": "health", "5": "council"}
_ORIGINS_WHOLE = {"4": "housing", "6": "police", "7": "legal"}


class About(Struct, frozen=True):
    """A child that a concern is about, and the fact's published id for that child."""

    child: ChildId
    key: FactKey
    holder: IdentifierId
    part: Part | None

    @property
    def fact(self) -> str:
        """The published id of the fact for this child."""
        return fact_id(self.key, self.holder)


class Concern(Struct, frozen=True):
    """A referral or a notification (never an Encompass notice), once, with all children of this family it names.

    ``grade`` is that of its whole occurrence for this family (EVENTS section 2); None for referrals.
    """

    key: FactKey
    agency: AgencyId
    kind: str
    at: Moment
    on: Day
    origin: str
    grade: Grade | None
    occurrence: str | None
    saying: Referral | Notification
    about: tuple[About, ...]

    def __repr__(self) -> str:
        return f"Concern({self.kind})"


class Absence(Struct, frozen=True):
    """One session of one child that a reason names."""

    child: ChildId
    seen: SessionSeen

    @property
    def fact(self) -> str:
        """The published id of this mark."""
        return mark_id(self.seen.identifier, self.seen.school, self.seen.on, self.seen.session)

    @property
    def at(self) -> Moment:
        """For order AM is 00:00 and PM 12:00 local (EVENTS section 4)."""
        return self.seen.at

    def __repr__(self) -> str:
        return "Absence(...)"


class Plan(Struct, frozen=True):
    """A plan or placement of a child: open from its start ``on`` until the day of its end, None while that is unknown.

    On one day an end comes before a start, so a plan that is ended on the day of its start goes on.
    """

    plan: str
    on: Day
    until: Day | None
    child: ChildId
    agency: AgencyId
    fact: str

    @property
    def at(self) -> Moment:
        """For order a date without time is 00:00."""
        return midnight(self.on)

    def is_open(self, day: Day) -> bool:
        """Whether it is open on this day."""
        return self.on <= day and (self.until is None or day < self.until)

    def __repr__(self) -> str:
        return f"Plan({self.plan})"


class View:
    """A family at a moment. Cheap to make; attendance is read only when a rule asks for it.

    ``encompass`` are the occurrences of which a school was told by a notice that names a child of this family.
    """

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
        self.concerns, self.encompass = _concerns(self.children)
        self._registers: dict[ChildId, tuple[Day, Register]] = {}

    def concern(self, key: FactKey) -> Concern | None:
        """The concern of this natural key, None if it does not hold."""
        return next((concern for concern in self.concerns if concern.key == key), None)

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
            first = min(first, Day(self.today - READ_DAYS))
            known = self._registers[child] = first, Register(seen_weeks(self.children[child], first, NEVER))
        return known[1]

    def facts(self, child: ChildId) -> Iterator[tuple[FactKey, KnownFact]]:
        """What holds of a child: under each natural key the newest, retractions left out."""
        yield from _facts(self.children[child])

    def plans(self) -> list[Plan]:
        """All plans and placements, in order of their start."""
        found: list[Plan] = []
        for child, strands in self.children.items():
            told = [(key, known) for key, known in self.facts(child) if isinstance(known.saying, Outcome)]
            for key, known in told:
                start = known.saying
                plan = plan_of(start) if start is not None and starts_a_plan(start) else None
                if plan not in PLAN_KINDS or start is None:
                    continue
                ends = [end.saying.on for _, end in told if end.saying is not None and ends_a_plan(end.saying, plan)]
                until = min((end for end in ends if end > start.on), default=None)
                holder = min(identifier for identifier, strand in strands.items() if key in strand.facts)
                found.append(Plan(plan, start.on, until, child, known.agency, fact_id(key, holder)))
        return sorted(found, key=lambda plan: (plan.on, plan.plan, plan.child, plan.fact))

    def open_plans(self, day: Day | None = None) -> list[Plan]:
        """The plans and placements that are open on a day, by default today."""
        today = self.today if day is None else day
        return [plan for plan in self.plans() if plan.is_open(today)]


@lru_cache(maxsize=16_384)
def fact_id(key: FactKey, holder: IdentifierId) -> str:
    """The published id of a fact about one child; ``holder`` is the smallest of its identifiers that hold it."""
    return derive("fact", key, holder)


@lru_cache(maxsize=16_384)
def mark_id(identifier: IdentifierId, school: str, on: Day, session: int) -> str:
    """The published id of a session mark."""
    return derive("fact", identifier, school, on, session)


def origin_of(source_code: str) -> str:
    """Whence a referral came, by its CIN source code (EVENTS section 4)."""
    return _ORIGINS_WHOLE.get(source_code) or (
        "other" if source_code in {"8", "9", "10"} else _ORIGINS.get(source_code[:1], "other")
    )


def _facts(strands: Mapping[IdentifierId, Strand]) -> Iterator[tuple[FactKey, KnownFact]]:
    if len(strands) == 1:
        (strand,) = strands.values()
        for key, known in strand.facts.items():
            if known.saying is not None:
                yield key, known
        return
    newest: dict[FactKey, KnownFact] = {}
    for strand in strands.values():
        for key, known in strand.facts.items():
            held = newest.get(key)
            if held is None or known.version > held.version:
                newest[key] = known
            elif known.version == held.version and known.saying is not None:
                newest[key] = replace(known, part=fuller(known.part, held.part))
    for key, known in newest.items():
        if known.saying is not None:
            yield key, known


Occurrence = tuple[AgencyId, str]


def _concerns(
    children: Mapping[ChildId, Mapping[IdentifierId, Strand]],
) -> tuple[tuple[Concern, ...], frozenset[Occurrence]]:
    known: dict[FactKey, KnownFact] = {}
    about: dict[FactKey, list[About]] = {}
    grades: dict[Occurrence, Grade] = {}
    encompass: set[Occurrence] = set()
    for child, strands in children.items():
        for key, fact in _facts(strands):
            saying = fact.saying
            if isinstance(saying, Notification):
                if saying.notice_type == "ENCOMPASS":
                    encompass.add((fact.agency, saying.occurrence))
                    continue
                if saying.grade is not None:
                    occurrence = (fact.agency, saying.occurrence)
                    grades[occurrence] = max(grades.get(occurrence, 1), saying.grade)
            elif not isinstance(saying, Referral):
                continue
            holder = min(identifier for identifier, strand in strands.items() if key in strand.facts)
            about.setdefault(key, []).append(About(child, key, holder, fact.part))
            held = known.get(key)
            if held is None or fact.version > held.version:
                known[key] = fact
    concerns = [_concern(key, fact, grades, tuple(about[key])) for key, fact in known.items()]
    return tuple(sorted(concerns, key=lambda concern: (concern.at, concern.key))), frozenset(encompass)


def _concern(key: FactKey, fact: KnownFact, grades: Mapping[Occurrence, Grade], about: tuple[About, ...]) -> Concern:
    saying = fact.saying
    if isinstance(saying, Referral):
        origin = origin_of(saying.source_code)
        return Concern(key, fact.agency, "referral", saying.referred_at, saying.on, origin, None, None, saying, about)
    assert isinstance(saying, Notification)  # noqa: S101  # _concerns keeps nothing else
    return Concern(
        key,
        fact.agency,
        "police-notification",
        saying.occurred_at,
        saying.on,
        "police",
        grades.get((fact.agency, saying.occurrence)),
        saying.occurrence,
        saying,
        about,
    )
