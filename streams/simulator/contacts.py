"""When somebody refers a family, and who: first contacts, and further ones within a year.

The published share of re-referrals within twelve months (22.6 %) is met by construction: after a first contact a
family has no other first contact for a year, and each contact leads to at most one further contact within the year,
with 22.6 % on average and more often where trouble is greater.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from streams.simulator.days import Calendar, is_working_day, local
from streams.simulator.dice import Wheel
from streams.simulator.numbers import MONTHS, RE_REFERRED, REFERRAL_SOURCES, SCHOOL_REFERRALS_LOST_WHEN_SHUT
from streams.simulator.people import Child, Family

_YEAR: Final = 365
_ONLY_WORKING_DAYS: Final = 0.94  # the rest reach the out-of-hours team: ours
_EACH_CHILD_TOO: Final = 0.7  # that a brother or sister is referred with the child: ours


@dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """A family referred: on which day of the town, when, by whom (source code), about which children."""

    family: Family
    day: int
    referred_at: datetime
    source_code: str
    children: tuple[Child, ...]
    again: bool


def draw_contacts(
    rng: Random, families: tuple[Family, ...], start: date, days: int, calendar: Calendar, per_family_year: float
) -> tuple[Contact, ...]:
    """Every contact of the town, by time."""
    diary = _Diary(rng, start, days, calendar)
    mean = sum(family.trouble.base for family in families) / max(len(families), 1)
    waves = [[contact for family in families for contact in diary.first_contacts(family, per_family_year / mean)]]
    while waves[-1]:
        waves.append(diary.further_contacts(waves[-1]))
    return tuple(_without_close_first_contacts([contact for wave in waves for contact in wave]))


class _Diary:
    """The days of the town, and how likely a contact is on each."""

    def __init__(self, rng: Random, start: date, days: int, calendar: Calendar) -> None:
        self._rng = rng
        self._days = days
        self._dates = [start + timedelta(days=day) for day in range(days)]
        self._open = [calendar.is_school_day(day) for day in self._dates]
        self._working = [is_working_day(day) for day in self._dates]
        self._month = [MONTHS[day.month - 1] for day in self._dates]
        self._sources = Wheel(REFERRAL_SOURCES)

    def first_contacts(self, family: Family, rate: float) -> list[Contact]:
        """Contacts that follow from no other; ``rate`` is those a year at trouble 1."""
        found: list[Contact] = []
        levels = family.trouble.levels(self._days)
        free = 0
        for day, level in enumerate(levels):
            if day >= free and self._rng.random() < rate * level**0.7 * self._month[day] / _YEAR:
                found.append(self._contact(family, day, None))
                free = day + _YEAR + 1
        return found

    def further_contacts(self, earlier: list[Contact]) -> list[Contact]:
        """For some of these contacts the next one, within the year."""
        weights = [contact.family.trouble.at(contact.day) ** 0.5 for contact in earlier]
        mean = sum(weights) / len(weights)
        further = []
        for contact, weight in zip(earlier, weights, strict=True):
            if self._rng.random() < min(RE_REFERRED * weight / mean, 0.75):
                day = contact.day + self._delay(contact)
                if day < self._days:
                    further.append(self._contact(contact.family, day, contact))
        return further

    def _delay(self, contact: Contact) -> int:
        """Days to the next contact, 4 to 355: soon rather than late, and rather in a bad time."""
        trouble = contact.family.trouble
        most = trouble.base * 6
        while True:
            days = 4 + int(self._rng.expovariate(1 / 130))
            if days <= _YEAR - 10 and self._rng.random() < 0.3 + 0.7 * trouble.at(contact.day + days) / most:
                return days

    def _contact(self, family: Family, day: int, before: Contact | None) -> Contact:
        rng = self._rng
        source = self._sources.pick(rng)
        if source == "6":
            minute = rng.triangular(0, 24 * 60 - 1, 20 * 60)
        elif source[0] == "2":
            day, minute = self._move(day, self._open, SCHOOL_REFERRALS_LOST_WHEN_SHUT), rng.uniform(8.5 * 60, 16.5 * 60)
        else:
            day, minute = self._move(day, self._working, _ONLY_WORKING_DAYS), rng.triangular(8.5 * 60, 19 * 60, 11 * 60)
        children = family.children if before is None else before.children
        if before is None:
            index = rng.choice(family.children)
            children = tuple(child for child in family.children if child is index or rng.random() < _EACH_CHILD_TOO)
        return Contact(family, day, local(self._dates[day], minute), source, children, again=before is not None)

    def _move(self, day: int, is_open: list[bool], share: float) -> int:
        """The next open day, for this share of the contacts that fall on a closed one."""
        if is_open[day] or self._rng.random() >= share:
            return day
        return next((later for later in range(day, self._days) if is_open[later]), day)


def _without_close_first_contacts(contacts: list[Contact]) -> list[Contact]:
    """Leave out first contacts within a year of another contact of the family, or re-referrals would be too many."""
    kept: list[Contact] = []
    last: dict[int, int] = {}
    for contact in sorted(contacts, key=lambda contact: (contact.referred_at, contact.family.number)):
        if contact.again or contact.day - last.get(contact.family.number, -_YEAR - 1) > _YEAR:
            kept.append(contact)
            last[contact.family.number] = contact.day
    return kept
