"""What schools send: the marks of a day or of a week, one child a message, and corrections days later.

Absence whose reason nobody has given yet stands as N and is corrected when the school knows. A pupil registered at two
schools is marked by both. A few messages are taken back, because they were sent in error, and sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import prod
from random import Random
from typing import Final

from streams.simulator.agencies import School
from streams.simulator.days import Calendar, each_day, local
from streams.simulator.habits import Habit
from streams.simulator.occurrences import Occurrence
from streams.simulator.people import Child, Family
from streams.simulator.registers import REASON_MAY_COME_LATER, Marked, Registers, Shock
from streams.simulator.statements import Data, Statement, retraction

# All ours.
_FIRST_AS_N_DAILY: Final = 0.35  # spells whose reason is not known when the day's marks are sent
_FIRST_AS_N_WEEKLY: Final = 0.12
_TAKEN_BACK: Final = 0.0004  # of messages
_DAYS_AT_THE_UNIT: Final = (1, 3)  # Tuesday and Thursday
_TOUCHED_AT_SCHOOL: Final = 0.3  # domestic-abuse occurrences after which a child stays away
_PRIMARY_AGE: Final = 10
_YOUNG: Final = 0.4  # how much less that touches primary pupils, who are brought to school
_SLUMP: Final = 0.12  # bad times in which the oldest child all but stops attending

_MOST_MARKS: Final = 20


def tell_school(
    rng: Random, family: Family, habits: Mapping[Child, Habit], shocks: Mapping[Child, Sequence[Shock]], town: Registers
) -> Iterator[Statement]:
    """Every message about the marks of a family's children."""
    for child in family.children:
        if child.school is None:
            continue
        first_as_n = _FIRST_AS_N_DAILY if child.school.daily else _FIRST_AS_N_WEEKLY
        marked = town.mark(child.school, habits[child], shocks.get(child, ()), first_as_n)
        if child.second_school is not None:
            away = [mark for mark in marked if mark.day.weekday() in _DAYS_AT_THE_UNIT]
            yield from _send(rng, child, child.second_school, away)
            marked = [Marked(mark.day, "D", "D") if mark in away else mark for mark in marked]
        yield from _send(rng, child, child.school, marked)


def tell_planned_closures(
    families: tuple[Family, ...], calendar: Calendar, start: date, days: int
) -> Iterator[Statement]:
    """The special school that sends daily marks its closures, too: # for every pupil."""
    closed = {day for each in calendar.closures for day in each_day(each.first, (each.last - each.first).days + 1)}
    for day in sorted(closed & set(each_day(start, days))):
        for family in families:
            for child in family.children:
                if child.school is not None and child.school.phase == "special" and child.school.daily:
                    writer = _Writer(child, child.school)
                    yield writer.statement(day, 9 * 60, writer.message([(day, "AM", "#"), (day, "PM", "#")]))


def draw_shocks(
    rng: Random, families: tuple[Family, ...], occurrences: tuple[Occurrence, ...], start: date
) -> dict[Child, list[Shock]]:
    """Absence without leave that follows from what happens at home."""
    shocks: dict[Child, list[Shock]] = defaultdict(list)
    for occurrence in occurrences:
        on = occurrence.on
        if occurrence.sort == "domestic-abuse" and rng.random() < _TOUCHED_AT_SCHOOL:
            for child in occurrence.family.children:
                chance = rng.uniform(0.2, 0.6) * (1.0 if child.age > _PRIMARY_AGE else _YOUNG)
                shocks[child].append(Shock(on, on + timedelta(days=rng.randint(5, 14)), chance))
        elif occurrence.sort == "missing" and occurrence.subject is not None:
            last = on + timedelta(days=rng.randint(1, 6))
            shocks[occurrence.subject].append(Shock(on, last, rng.uniform(0.3, 0.9)))
    for family in families:
        for bad in family.trouble.bad_times:
            if rng.random() < _SLUMP:
                first, last = start + timedelta(days=bad.first), start + timedelta(days=bad.end)
                oldest = max(family.children, key=lambda child: (child.age if child.upn else 0, child.number))
                shocks[oldest].append(Shock(first, last, rng.uniform(0.3, 0.8)))
    return shocks


def shocked_shares(shocks: Mapping[Child, Sequence[Shock]], days: Sequence[date]) -> dict[Child, float]:
    """The share of sessions that each child is expected to miss by its shocks."""
    shares = {}
    for child, several in shocks.items():
        here = (prod(1 - shock.chance for shock in several if shock.first <= day <= shock.last) for day in days)
        shares[child] = sum(1 - chance for chance in here) / max(len(days), 1)
    return shares


def _send(rng: Random, child: Child, school: School, marked: list[Marked]) -> Iterator[Statement]:
    """The messages for one child and school: day by day, or at the end of each week."""
    batches = (
        [[mark] for mark in marked]
        if school.daily
        else [list(week) for _, week in groupby(marked, key=lambda mark: mark.day.isocalendar()[:2])]
    )
    writer = _Writer(child, school)
    minute = (15 * 60 + 20 if school.daily else 16 * 60) + school.establishment % 40
    for batch in batches:
        data = writer.message([session for mark in batch for session in _sessions(mark, first=True)])
        yield writer.statement(batch[-1].day, minute, data)
        if rng.random() < _TAKEN_BACK:
            yield writer.statement(batch[-1].day + timedelta(days=1), minute, retraction(data))
            yield writer.statement(batch[-1].day + timedelta(days=2), minute, data)
    sent_on = {mark.day: batch[-1].day for batch in batches for mark in batch}
    for as_n, spell in groupby(marked, key=lambda mark: mark.first_as_n):
        if as_n:
            yield from _correct(rng, writer, list(spell), sent_on)


def _correct(rng: Random, writer: _Writer, spell: list[Marked], sent_on: Mapping[date, date]) -> Iterator[Statement]:
    """What first stood as N, by its reason: one message a spell, when the school has asked."""
    sessions = [session for mark in spell for session in _sessions(mark, first=False)]
    known = [(day, session, code) for day, session, code in sessions if code in REASON_MAY_COME_LATER]
    for place in range(0, len(known), _MOST_MARKS):
        part = known[place : place + _MOST_MARKS]
        asked = sent_on[part[-1][0]] + timedelta(days=rng.randint(1, 6))
        yield writer.statement(asked, 10 * 60 + rng.uniform(0, 90), writer.message(part))


def _sessions(mark: Marked, *, first: bool) -> tuple[tuple[date, str, str], tuple[date, str, str]]:
    """Both sessions of a day; ``first`` as they were first sent."""
    am, pm = mark.am, mark.pm
    if first and mark.first_as_n:
        am, pm = ("N" if code in REASON_MAY_COME_LATER else code for code in (am, pm))
    return (mark.day, "AM", am), (mark.day, "PM", pm)


class _Writer:
    """Writes the messages about one child at one school."""

    def __init__(self, child: Child, school: School) -> None:
        self._named = child.for_school()
        self._school = school
        self._reference = child.pupil_reference
        self._turn = child.number % 240 / 60  # minutes into the sending: one child after the other

    def message(self, sessions: Sequence[tuple[date, str, str]]) -> Data:
        marks = [{"date": day.isoformat(), "session": session, "code": code} for day, session, code in sessions]
        return {"child": self._named, "school": self._school.urn, "marks": marks}

    def statement(self, on: date, minute: float, data: Data) -> Statement:
        recorded_at = local(on, minute + self._turn)
        return Statement("school-absence", self._school.system, recorded_at, self._reference, data)
