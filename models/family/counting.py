"""The ways in which a feature reads a story: each gives a raw value, and afterwards the facts that it counted.

``measure`` is asked for every row and every score, ``gather`` only where a reason is put into words. 0 means that
nothing is recorded; of days, -1 does.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from models.family.reading import ENOUGH_RECENT, RECENT_DAYS, YEAR, Item, Reading
from models.family.view import Absence
from schemas.identifiers import Day

NEVER = -1.0
STEADY_PART = 10
"""A tenth of the possible sessions, as in the step-down rule of EVENTS section 4."""


class Gathered(Struct, frozen=True):
    """The facts that a feature counted, and what its sentence is filled with. ``latest`` is the day of the newest."""

    count: int
    latest: Day | None
    items: tuple[Item, ...] = ()
    absences: tuple[Absence, ...] = ()
    places: tuple[str, ...] = ()


class Reads(Protocol):
    """A way to read a story at a moment."""

    def measure(self, reading: Reading) -> float:
        """The raw value."""

    def gather(self, reading: Reading) -> Gathered:
        """What made it so."""


class Times(Struct, frozen=True):
    """How often this was told within the days: once an incident, once a day, whatever the number of children."""

    word: str
    days: int = YEAR

    def measure(self, reading: Reading) -> float:
        """The number of times."""
        if self.word not in reading.items:
            return 0.0
        first = reading.today - self.days
        return float(len({item.unit for item in reading.items[self.word] if item.on >= first}))

    def gather(self, reading: Reading) -> Gathered:
        """All that was told of it within the days."""
        items = tuple(reading.within(self.word, self.days))
        return Gathered(len({item.unit for item in items}), max((item.on for item in items), default=None), items)


class Ever(Struct, frozen=True):
    """Whether this was so at any time within the days."""

    word: str
    days: int = YEAR

    def measure(self, reading: Reading) -> float:
        """1 or 0."""
        first = reading.today - self.days
        return float(any(item.on >= first for item in reading.items.get(self.word, ())))

    def gather(self, reading: Reading) -> Gathered:
        """All that was told of it within the days."""
        return Times(self.word, self.days).gather(reading)


class Standing(Struct, frozen=True):
    """Whether something stands open, since whenever it began."""

    word: str

    def measure(self, reading: Reading) -> float:
        """1 or 0."""
        return float(self.word in reading.items)

    def gather(self, reading: Reading) -> Gathered:
        """What stands open."""
        items = tuple(reading.items.get(self.word, ()))
        return Gathered(len({item.unit for item in items}), max((item.on for item in items), default=None), items)


class Places(Struct, frozen=True):
    """From how many places concerns came within the days, where there was more than one."""

    days: int

    def measure(self, reading: Reading) -> float:
        """The number of places, 0 for one."""
        first = reading.today - self.days
        places = {item.unit for item in reading.items.get("place", ()) if item.on >= first}
        return float(len(places)) if len(places) > 1 else 0.0

    def gather(self, reading: Reading) -> Gathered:
        """The concerns, and the places they came from."""
        items = tuple(reading.within("place", self.days))
        places = tuple(sorted({str(item.unit) for item in items}))
        if len(places) <= 1:
            return Gathered(0, None)
        return Gathered(len(places), max(item.on for item in items), items, (), places)


class DaysSince(Struct, frozen=True):
    """Days since the newest concern of the year, or since the one of an earlier date before it."""

    before_newest: bool = False

    def measure(self, reading: Reading) -> float:
        """Whole days from 0; -1 if there was none."""
        on = self._day(reading)
        return NEVER if on is None else float(reading.today - on)

    def gather(self, reading: Reading) -> Gathered:
        """The concerns of that day."""
        on = self._day(reading)
        if on is None:
            return Gathered(0, None)
        return Gathered(1, on, tuple(item for item in reading.items["concern"] if item.on == on))

    def _day(self, reading: Reading) -> Day | None:
        items = reading.items.get("concern")
        if not items:
            return None
        on = items[-1].on
        if self.before_newest:
            newest = on
            on = next((item.on for item in reversed(items) if item.on < newest), Day(0))
        return on if on >= reading.today - YEAR else None


class Missed(Struct, frozen=True):
    """The sessions missed without leave in the recent days by the child that missed most."""

    def measure(self, reading: Reading) -> float:
        """The number of sessions."""
        return float(max((seen.recent.unauthorised for seen in reading.attendance), default=0))

    def gather(self, reading: Reading) -> Gathered:
        """These sessions, of the children that missed most."""
        most = self.measure(reading)
        if not most:
            return Gathered(0, None)
        who = [seen.child for seen in reading.attendance if seen.recent.unauthorised == most]
        absences = tuple(absence for child in who for absence in reading.absences(child))
        return Gathered(int(most), max(absence.seen.on for absence in absences), (), absences)


class MissedMore(Struct, frozen=True):
    """By how much the share missed without leave rose above the child's own; the most of any child."""

    def measure(self, reading: Reading) -> float:
        """The difference of two shares, 0 to 1; 0 where too little is known."""
        return max((seen.rise for seen in reading.attendance), default=0.0)

    def gather(self, reading: Reading) -> Gathered:
        """The sessions missed in the recent days by the children with that rise."""
        most = self.measure(reading)
        if not most:
            return Gathered(0, None)
        who = [seen.child for seen in reading.attendance if seen.rise == most]
        absences = tuple(absence for child in who for absence in reading.absences(child))
        return Gathered(len(absences), max(absence.seen.on for absence in absences), (), absences)


class Steady(Struct, frozen=True):
    """Whether school is attended: each child of whom enough is known missed at most a tenth without leave."""

    def measure(self, reading: Reading) -> float:
        """1 if so, 0 if not or if nothing is known."""
        known = [seen.recent for seen in reading.attendance if seen.recent.possible >= ENOUGH_RECENT]
        return float(bool(known) and all(one.unauthorised * STEADY_PART <= one.possible for one in known))

    def gather(self, reading: Reading) -> Gathered:
        """No fact is named for what was attended."""
        return Gathered(int(self.measure(reading)), Day(reading.today - RECENT_DAYS))
