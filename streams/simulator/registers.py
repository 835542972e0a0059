"""What is marked for each pupil on each school day: spells of absence for a reason, otherwise present.

A pupil's year is a chain of days present and spells of absence. A spell has one code and one form (whole days, one
session, mornings, afternoons). More spells begin than the habit asks for, and on quieter days some of them are
interrupted: so Fridays and the weeks before holidays have the published excess. Shocks (an incident at home, a bad
time) add absence without leave on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from streams.simulator.agencies import School
from streams.simulator.days import Calendar
from streams.simulator.dice import Wheel, geometric
from streams.simulator.habits import Habit
from streams.simulator.numbers import (
    AUTHORISED,
    LAST_WEEK_BEFORE_CHRISTMAS,
    MARKS_PER_100,
    PRESENT,
    SPELLS,
    UNAUTHORISED,
    WEEK_ABSENCE,
    WEEK_ABSENCE_OTHERWISE,
    WEEKDAY_ABSENCE,
)

Session = tuple[str, str]
"""The codes of a day, morning and afternoon."""

REASON_MAY_COME_LATER: Final = frozenset({"I", "O", "G"})
"""Codes that may first stand as N, until the school knows."""

_SHARPER: Final = 1.5  # weekdays and weeks count more for most, because for the most absent they count less: ours
_GOES_HOME_AT_NOON: Final = 0.1  # spells of illness that begin in the afternoon: ours
_RARE: Final = 0.0002  # a school day with one of the codes for "not a possible session": ours
_NOT_POSSIBLE: Final = Wheel({"Q": 3.0, "X": 3.0, "Y1": 3.0, "Y2": 2.0, "Y3": 2.0, "Y5": 1.0, "Y6": 1.0, "Y7": 2.0})
_INTERVIEW: Final = 0.0002  # a secondary pupil's school day with an interview or a licensed performance: ours


@dataclass(frozen=True, slots=True)
class Shock:
    """School days from ``first`` to ``last`` on each of which a child is absent without leave with this chance."""

    first: date
    last: date
    chance: float


@dataclass(frozen=True, slots=True)
class Marked:
    """A pupil's day at a school: the codes in the end, and whether absence first stood as N (no reason yet)."""

    day: date
    am: str
    pm: str
    first_as_n: bool = False


class Registers:
    """The registers of the town: school days, their weight, and the codes of each phase."""

    def __init__(self, rng: Random, start: date, days: int, calendar: Calendar) -> None:
        self._rng = rng
        self.days = calendar.school_days(start, days)
        self._weights = _day_weights(self.days)
        self._most = max(self._weights, default=1.0)
        self._present = {phase: _present_wheel(marks) for phase, marks in MARKS_PER_100.items()}
        self._codes = {phase: _Codes(marks) for phase, marks in MARKS_PER_100.items()}
        self.snow_day = self.days[len(self.days) * 2 // 3] if self.days else None

    def mark(self, school: School, habit: Habit, shocks: Sequence[Shock], first_as_n: float) -> list[Marked]:
        """Every school day of one pupil. ``first_as_n`` is the share of spells that are first marked N."""
        rng, codes = self._rng, self._codes[_phase(school)]
        evenness = _SHARPER * max(0.0, 1 - habit.absent * 1.6)  # who is hardly ever there stays away on all days alike
        kept = [(weight / self._most) ** evenness for weight in self._weights]
        begin = codes.chance_to_begin(habit, len(kept) / max(sum(kept), 1e-6))
        marked: list[Marked] = []
        left, code, form, as_n = 0, "", "days", False
        for place, day in enumerate(self.days):
            fresh = left == 0 and rng.random() < (begin if place else habit.absent)
            if fresh:
                code = codes.pick(rng, habit)
                mean, form = SPELLS[code]
                left = geometric(rng, mean * stretch(habit))
                as_n = rng.random() < first_as_n
            here = self._here(school)
            if left:
                left -= 1
                if rng.random() < kept[place]:
                    here = _absent(rng, code, form, here, fresh=fresh)
            shocked = any(shock.first <= day <= shock.last and rng.random() < shock.chance for shock in shocks)
            if shocked and here[0] not in UNAUTHORISED:
                here, as_n = ("O", "O"), rng.random() < first_as_n
            am, pm = self._unusual(school, day, here)
            unknown = as_n and (am in REASON_MAY_COME_LATER or pm in REASON_MAY_COME_LATER)
            marked.append(Marked(day, am, pm, first_as_n=unknown))
        return marked

    def _here(self, school: School) -> Session:
        am, pm = (self._present[_phase(school)].pick(self._rng) for _ in range(2))
        if pm == "L":  # late is late in the morning
            am, pm = pm, am
        return am, "\\" if pm == "/" else pm

    def _unusual(self, school: School, day: date, here: Session) -> Session:
        """Days on which there was no session to miss."""
        if day == self.snow_day and school.establishment % 2:
            return "Y4", "Y4"
        luck = self._rng.random()
        if luck < _RARE:
            return (
                (self._rng.choice(("X", "Y3")), here[1]) if luck < _RARE / 2 else (_NOT_POSSIBLE.pick(self._rng),) * 2
            )
        if luck < _RARE + _INTERVIEW and school.phase == "secondary":
            return (here[0], "J1") if luck < _RARE + _INTERVIEW / 2 else ("C1", "C1")
        return here


class _Codes:
    """The reasons for absence in one phase, weighted so that *sessions* come out in the published shares."""

    def __init__(self, marks: dict[str, float]) -> None:
        self._authorised = _Reasons(marks, AUTHORISED)
        self._unauthorised = _Reasons(marks, UNAUTHORISED)

    def pick(self, rng: Random, habit: Habit) -> str:
        """A reason for a spell."""
        reasons = self._unauthorised if rng.random() < self._spells_without_leave(habit) else self._authorised
        return reasons.wheel.pick(rng)

    def chance_to_begin(self, habit: Habit, weight: float) -> float:
        """The chance that a day at school is the first of a spell, so that ``habit.absent`` times ``weight`` is missed.

        A cycle is the days between two spells and a spell: the sessions missed in it are the share to be missed.
        """
        without_leave = self._spells_without_leave(habit)
        with_leave = 1 - without_leave
        sessions = without_leave * self._unauthorised.sessions + with_leave * self._authorised.sessions
        days = without_leave * self._unauthorised.days + with_leave * self._authorised.days
        missed = min(max(habit.absent * weight, 1e-6), 0.97)
        between = (sessions / (2 * missed) - days) * stretch(habit)
        return 1 / max(between + 1, 1.0)

    def _spells_without_leave(self, habit: Habit) -> float:
        """The share of spells without leave, where the habit knows the share of sessions."""
        without_leave = habit.unauthorised / self._unauthorised.sessions
        return without_leave / (without_leave + (1 - habit.unauthorised) / self._authorised.sessions)


class _Reasons:
    """Some codes by number of spells, with the mean days and sessions of a spell."""

    def __init__(self, marks: dict[str, float], codes: tuple[str, ...]) -> None:
        spells = {code: marks[code] / _sessions(code) for code in codes}
        self.wheel = Wheel(spells)
        self.days = sum(count * SPELLS[code][0] for code, count in spells.items()) / sum(spells.values())
        self.sessions = sum(marks[code] for code in codes) / sum(spells.values())


def stretch(habit: Habit) -> float:
    """How much longer spells are for a pupil who misses much: away for weeks, not more often. Ours."""
    return 1 + 8 * habit.absent


def _absent(rng: Random, code: str, form: str, here: Session, *, fresh: bool) -> Session:
    if form == "session":
        return (code, here[1]) if rng.random() < 0.5 else (here[0], code)
    if form == "morning":
        return code, here[1]
    if form == "afternoons" or (fresh and code == "I" and rng.random() < _GOES_HOME_AT_NOON):
        return here[0], code
    return code, code


def _sessions(code: str) -> float:
    days, form = SPELLS[code]
    return days * (2 if form == "days" else 1)


def _present_wheel(marks: dict[str, float]) -> Wheel[str]:
    return Wheel({code: marks[code] for code in PRESENT})


def _phase(school: School) -> str:
    return "special" if school.phase == "referral-unit" else school.phase


def _day_weights(days: tuple[date, ...]) -> list[float]:
    """How much absence each school day has, with mean 1: weekday times week of the year."""
    christmas = {day.isocalendar()[:2] for day in days if day.month == 12 and day.day >= 15}
    raw = []
    for day in days:
        week = WEEK_ABSENCE.get(day.isocalendar()[1], WEEK_ABSENCE_OTHERWISE)
        if day.isocalendar()[:2] in christmas:
            week = LAST_WEEK_BEFORE_CHRISTMAS
        raw.append(week * WEEKDAY_ABSENCE[day.weekday()])
    mean = sum(raw) / max(len(raw), 1)
    return [weight / mean for weight in raw]
