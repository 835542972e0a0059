"""What happens that brings the police to a family: when, of which sort, with which children, how grave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import log
from random import Random
from typing import Final, Literal

from streams.simulator.contacts import Contact
from streams.simulator.days import LONDON, local
from streams.simulator.dice import Wheel
from streams.simulator.numbers import CHILD_PRESENT, GRADE_MEDIUM, GRADE_STANDARD, OCCURRENCES
from streams.simulator.people import Child, Family

Sort = Literal["domestic-abuse", "missing", "custody", "other"]
Grade = Literal["standard", "medium", "high"]

_OTHER_FAMILY_TOO: Final = 0.02  # occurrences with a child of another family: ours
_MISSING_AGAIN: Final = 0.6  # brings the share of missing episodes back to that of the table: ours
_CHANCE: Final = 1.2  # of grades, beside the logarithm of trouble: ours


@dataclass(frozen=True, slots=True, eq=False)
class Occurrence:
    """One occurrence: ``subject`` is the missing or detained child, ``guests`` are children of other families."""

    family: Family
    day: int
    at: datetime
    sort: Sort
    subject: Child | None
    child_present: bool
    guests: tuple[Child, ...] = ()
    grade: Grade = "standard"

    @property
    def on(self) -> date:
        """The local date."""
        return self.at.astimezone(LONDON).date()


def draw_occurrences(
    rng: Random,
    families: tuple[Family, ...],
    contacts: tuple[Contact, ...],
    start: date,
    days: int,
    per_family_year: float,
) -> tuple[Occurrence, ...]:
    """Every occurrence of the town by time: as trouble has it, and one before each referral by the police."""
    levels = [family.trouble.levels(days) for family in families]
    mean = sum(map(sum, levels)) / max(days * len(families), 1)
    rate = per_family_year / mean / 365
    found: list[Occurrence] = []
    for family, each_day in zip(families, levels, strict=True):
        sorts = _sorts(family)
        for day, level in enumerate(each_day):
            if rng.random() < rate * level:
                found.append(_occur(rng, family, day, start, sorts.pick(rng)))
    for contact in contacts:
        if contact.source_code == "6":
            before = contact.referred_at - timedelta(minutes=rng.randint(90, 30 * 60))
            sort: Sort = "domestic-abuse" if rng.random() < 0.6 else "other"
            found.append(replace(_occur(rng, contact.family, contact.day, start, sort), at=before))
    found.sort(key=lambda occurrence: (occurrence.at, occurrence.family.number))
    return _with_grades(rng, [_with_guests(rng, occurrence, families) for occurrence in found])


def _sorts(family: Family) -> Wheel[Sort]:
    """What the police come for; where a child goes missing again and again, mostly for that."""
    most = max(child.goes_missing for child in family.children)
    return Wheel({**OCCURRENCES, "missing": OCCURRENCES["missing"] * most * _MISSING_AGAIN})


def _occur(rng: Random, family: Family, day: int, start: date, sort: Sort) -> Occurrence:
    subject = _subject(rng, family, sort)
    if sort in ("missing", "custody") and subject is None:
        sort = "other"
    minute = rng.triangular(6 * 60, 30 * 60, 21 * 60) % (24 * 60)
    at = local(start + timedelta(days=day), minute)
    return Occurrence(family, day, at, sort, subject, child_present=rng.random() < CHILD_PRESENT)


def _subject(rng: Random, family: Family, sort: Sort) -> Child | None:
    """The child who is missing (a few go missing again and again) or detained (from ten years of age)."""
    if sort not in ("missing", "custody"):
        return None
    weights = {child: child.goes_missing for child in family.children if child.goes_missing}
    return Wheel(weights).pick(rng) if weights else None


def _with_guests(rng: Random, occurrence: Occurrence, families: tuple[Family, ...]) -> Occurrence:
    if occurrence.sort in ("missing", "custody") or rng.random() >= _OTHER_FAMILY_TOO:
        return occurrence
    other = rng.choice(families)
    return occurrence if other is occurrence.family else replace(occurrence, guests=(rng.choice(other.children),))


def _with_grades(rng: Random, occurrences: list[Occurrence]) -> tuple[Occurrence, ...]:
    """Grades in the shares of the handbook, the graver where trouble is greater."""
    scores = [log(found.family.trouble.at(found.day)) + rng.gauss(0, _CHANCE) for found in occurrences]
    ranking = sorted(range(len(occurrences)), key=lambda place: scores[place])
    grades: dict[int, Grade] = {}
    for rank, place in enumerate(ranking):
        share = rank / len(ranking)
        medium = share >= GRADE_STANDARD
        grades[place] = "high" if share >= GRADE_STANDARD + GRADE_MEDIUM else "medium" if medium else "standard"
    return tuple(replace(found, grade=grades[place]) for place, found in enumerate(occurrences))
