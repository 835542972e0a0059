"""What partners said of a family, marks aside, as a reader sees it: facts under one natural key as one.

It follows from the facts alone and never changes with a mark, so it is put together once for the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import midnight
from models.calendar.retention import PLAN_KINDS, ends_a_plan, plan_of, starts_a_plan
from models.family.facts import KnownFact, unpack_facts
from models.ids import derive
from models.parts import fuller
from schemas.facts import Grade, Notification, Outcome, Part, Referral
from schemas.identifiers import AgencyId, ChildId, Day, FactKey, IdentifierId, Moment

SCHOOL = "school"

_ORIGINS = {"1": "individual", "2": SCHOOL, "3": "health", "5": "council"}
_ORIGINS_WHOLE = {"4": "housing", "6": "police", "7": "legal"}


class About(Struct, frozen=True, gc=False):
    """A child that a concern is about, and the fact's published id for that child.

    ``holders`` are identifiers of the child: the smallest under which the fact holds, then those that only earlier
    statements named.
    """

    child: ChildId
    key: FactKey
    holders: tuple[IdentifierId, ...]
    part: Part | None

    @property
    def fact(self) -> str:
        """The published id of the fact for this child."""
        return fact_id(self.key, self.holders[0])

    @property
    def names(self) -> tuple[str, ...]:
        """All ids under which it may have been published: a correction may come under another identifier."""
        return tuple([fact_id(self.key, holder) for holder in self.holders])


class Concern(Struct, frozen=True, gc=False):
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


class Plan(Struct, frozen=True, gc=False):
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


class Holder(NamedTuple):
    """A child, one of its identifiers, and the packed facts that were told under it."""

    child: ChildId
    identifier: IdentifierId
    facts: bytes


Occurrence: TypeAlias = tuple[AgencyId, str]
Facts: TypeAlias = tuple[tuple[FactKey, KnownFact], ...]


class Told:
    """The concerns of a family in order of time, and its plans. Not to be changed: many share it.

    ``encompass`` are the occurrences of which a school was told by a notice that names a child of this family.
    """

    def __init__(self, holders: tuple[Holder, ...]) -> None:
        self._holders: dict[ChildId, dict[IdentifierId, Mapping[FactKey, KnownFact]]] = {}
        for child, identifier, packed in holders:
            self._holders.setdefault(child, {})[identifier] = unpack_facts(packed)
        self._facts = {child: tuple(_newest(held)) for child, held in self._holders.items()}
        concerns, encompass = self._find_concerns()
        self.concerns: tuple[Concern, ...] = tuple(sorted(concerns, key=lambda concern: (concern.at, concern.key)))
        self.encompass: frozenset[Occurrence] = frozenset(encompass)

    def facts(self, child: ChildId) -> Facts:
        """What holds of a child: under each natural key the newest, retractions left out."""
        return self._facts.get(child, ())

    def holders_of(self, child: ChildId, key: FactKey) -> tuple[IdentifierId, ...]:
        """A child's smallest identifier under which a fact holds, then those that only earlier statements named."""
        held = {identifier: facts[key] for identifier, facts in self._holders[child].items() if key in facts}
        if len(held) == 1:
            return tuple(held)
        newest = max(known.version for known in held.values())
        holding = {i for i, known in held.items() if known.version == newest and known.saying is not None}
        return (min(holding), *sorted(held.keys() - holding))

    def names_of(self, key: FactKey) -> set[str]:
        """All ids under which the fact of this natural key may have been published, for whichever child here."""
        everyone = (held for child in self._holders.values() for held in child.items())
        return {fact_id(key, identifier) for identifier, facts in everyone if key in facts}

    @cached_property
    def by_key(self) -> Mapping[FactKey, Concern]:
        """The concerns by their natural keys."""
        return {concern.key: concern for concern in self.concerns}

    @cached_property
    def by_fact(self) -> Mapping[str, tuple[Concern, About]]:
        """The concerns by the ids under which their facts may have been published, each with the child it is about."""
        return {name: (concern, about) for concern in self.concerns for about in concern.about for name in about.names}

    @cached_property
    def signatures(self) -> dict[str, str]:
        """By the published id of a fact, what it says in a few letters: filled by whoever works one out."""
        return {}

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """All plans and placements, in order of their start."""
        found: list[Plan] = []
        for child, facts in self._facts.items():
            told = [(key, known) for key, known in facts if isinstance(known.saying, Outcome)]
            for key, known in told:
                start = known.saying
                plan = plan_of(start) if start is not None and starts_a_plan(start) else None
                if plan not in PLAN_KINDS or start is None:
                    continue
                ends = [end.saying.on for _, end in told if end.saying is not None and ends_a_plan(end.saying, plan)]
                until = min((end for end in ends if end > start.on), default=None)
                fact = fact_id(key, self.holders_of(child, key)[0])
                found.append(Plan(plan, start.on, until, child, known.agency, fact))
        return tuple(sorted(found, key=lambda plan: (plan.on, plan.plan, plan.child, plan.fact)))

    def _find_concerns(self) -> tuple[list[Concern], set[Occurrence]]:
        known: dict[FactKey, KnownFact] = {}
        about: dict[FactKey, list[About]] = {}
        grades: dict[Occurrence, Grade] = {}
        encompass: set[Occurrence] = set()
        for child, facts in self._facts.items():
            for key, fact in facts:
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
                about.setdefault(key, []).append(About(child, key, self.holders_of(child, key), fact.part))
                held = known.get(key)
                if held is None or fact.version > held.version:
                    known[key] = fact
        return [_concern(key, fact, grades, tuple(about[key])) for key, fact in known.items()], encompass


@lru_cache(maxsize=2048)
def what_was_told(holders: tuple[Holder, ...]) -> Told:
    """What these say, in order of child and identifier; who was told nothing may be left out."""
    return Told(holders)


@lru_cache(maxsize=16_384)
def fact_id(key: FactKey, holder: IdentifierId) -> str:
    """The published id of a fact about one child; ``holder`` is its smallest identifier under which it holds."""
    return derive("fact", key, holder)


def origin_of(source_code: str) -> str:
    """Whence a referral came, by its CIN source code (EVENTS section 4)."""
    return _ORIGINS_WHOLE.get(source_code) or (
        "other" if source_code in {"8", "9", "10"} else _ORIGINS.get(source_code[:1], "other")
    )


def _newest(held: Mapping[IdentifierId, Mapping[FactKey, KnownFact]]) -> Iterator[tuple[FactKey, KnownFact]]:
    newest: dict[FactKey, KnownFact] = {}
    for facts in held.values():
        for key, known in facts.items():
            other = newest.get(key)
            if other is None or known.version > other.version:
                newest[key] = known
            elif known.version == other.version and known.saying is not None:
                newest[key] = replace(known, part=fuller(known.part, other.part))
    for key, known in newest.items():
        if known.saying is not None:
            yield key, known


def _concern(key: FactKey, fact: KnownFact, grades: Mapping[Occurrence, Grade], about: tuple[About, ...]) -> Concern:
    saying = fact.saying
    if isinstance(saying, Referral):
        origin = origin_of(saying.source_code)
        return Concern(key, fact.agency, "referral", saying.referred_at, saying.on, origin, None, None, saying, about)
    assert isinstance(saying, Notification)  # noqa: S101  # only these are concerns
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
