"""The town's families and children: made up, with identifiers that every agency knows by its own name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from streams.simulator.agencies import SCHOOLS, School
from streams.simulator.dice import Wheel
from streams.simulator.identifiers import nhs_numbers, pupil_number
from streams.simulator.numbers import FAMILY_SIZES
from streams.simulator.statements import Data, child, identifier
from streams.simulator.trouble import Trouble, draw_troubles

_SPECIAL_SHARE: Final = 0.04  # of pupils; above England's 2 % so that small towns have some. Ours.
_TWO_SCHOOLS_SHARE: Final = 0.012  # of secondary pupils, also at the referral unit. Ours.
_TWO_NOMINALS_SHARE: Final = 0.08  # of children the police have on record twice. Ours.


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """A child, by age at the start and by the references of those who write about it.

    ``nominals`` are the police's: sometimes two for one child. ``goes_missing`` is heavy-tailed: a few children make
    most of the missing episodes. ``second_school`` is the referral unit of a child registered at two schools.
    """

    number: int
    age: int
    nhs_number: str
    council_id: str
    nominals: tuple[str, ...]
    upn: str | None
    school: School | None
    second_school: School | None
    goes_missing: float

    @property
    def pupil_reference(self) -> str:
        """The school's own reference of the pupil."""
        return f"P-{self.number:06d}"

    def for_school(self) -> Data:
        """The child as a school names it."""
        upns = () if self.upn is None else (identifier("upn", self.upn),)
        return child(*upns, identifier("local", self.pupil_reference))

    def for_council(self) -> Data:
        """The child as the council names it."""
        return child(identifier("la-child-id", self.council_id))

    def for_health(self) -> Data:
        """The child as health names it."""
        return child(identifier("nhs-number", self.nhs_number))

    def for_police(self, nominal: int = 0) -> Data:
        """The child as the police name it, under the first or a later nominal."""
        return child(identifier("police-nominal", self.nominals[nominal % len(self.nominals)]))


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of the town, with the council's reference of it and its hidden trouble."""

    number: int
    reference: str
    children: tuple[Child, ...]
    trouble: Trouble


def draw_families(rng: Random, count: int, start: date, days: int, daily_share: float) -> tuple[Family, ...]:
    """``count`` families; about ``daily_share`` of the pupils go to schools that send marks every day."""
    troubles = draw_troubles(rng, count, days)
    sizes = Wheel(FAMILY_SIZES)
    make = _ChildMaker(rng, start, daily_share)
    return tuple(
        Family(number, f"F-{number:05d}", tuple(make.child() for _ in range(sizes.pick(rng))), trouble)
        for number, trouble in enumerate(troubles)
    )


class _ChildMaker:
    """Makes children one after the other, each with identifiers that no other has."""

    def __init__(self, rng: Random, start: date, daily_share: float) -> None:
        self._rng = rng
        self._start = start
        self._nhs_numbers = nhs_numbers()
        self._serials: Counter[tuple[int, int]] = Counter()
        self._count = 0
        self._schools = {
            phase: Wheel(dict(_weights(phase, daily_share))) for phase in ("primary", "secondary", "special")
        }
        self._unit = next(school for school in SCHOOLS if school.phase == "referral-unit")

    def child(self) -> Child:
        rng, number = self._rng, self._count
        self._count += 1
        age = rng.randrange(18)
        school = self._school(age)
        nominals = 2 if rng.random() < _TWO_NOMINALS_SHARE else 1
        at_two = school is not None and school.phase == "secondary" and rng.random() < _TWO_SCHOOLS_SHARE
        return Child(
            number=number,
            age=age,
            nhs_number=next(self._nhs_numbers),
            council_id=f"RND{number * 7919 % 1_000_003:09d}",
            nominals=tuple(f"N{number * 9973 % 1_000_003:07d}{'AB'[place]}" for place in range(nominals)),
            upn=None if school is None else self._upn(school, age),
            school=school,
            second_school=self._unit if at_two else None,
            goes_missing=min(rng.paretovariate(1.1), 60.0) if 10 <= age <= 17 else 0.0,
        )

    def _school(self, age: int) -> School | None:
        if not 4 <= age <= 15:
            return None
        phase = "primary" if age <= 10 else "secondary"
        if self._rng.random() < _SPECIAL_SHARE:
            phase = "special"
        return self._schools[phase].pick(self._rng)

    def _upn(self, school: School, age: int) -> str:
        year = (self._start.year - age + 4) % 100
        place = (school.establishment, year)
        self._serials[place] += 1
        block, serial = divmod(self._serials[place], 1000)  # a large town runs over into further establishments
        return pupil_number((school.establishment + 100 * block) % 10_000, year, serial)


def _weights(phase: str, daily_share: float) -> list[tuple[School, float]]:
    """The schools of a phase with weights: those that send daily share ``daily_share``, Millbrook is small."""
    schools = [school for school in SCHOOLS if school.phase == phase]
    daily = [school for school in schools if school.daily]
    weekly = [school for school in schools if not school.daily]
    size = {school: 0.2 if school.system.agency == "millbrook-academy" else 1.0 for school in weekly}
    return [(school, daily_share / len(daily)) for school in daily] + [
        (school, (1 - daily_share) * size[school] / sum(size.values())) for school in weekly
    ]
