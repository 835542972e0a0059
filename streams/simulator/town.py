"""The simulated town: a seed gives a year of what its agencies send, in the order in which the broker receives it.

``arrivals`` reads from top to bottom: people and their hidden trouble, what happens to them, what the agencies say
about it, how it is sent. No clock, no I/O, no dice but the seeded ones: the same town gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from streams.simulator.arrivals import Arrival, Medium
from streams.simulator.contacts import Contact, draw_contacts
from streams.simulator.council import tell_course, tell_old_cases, tell_open_plans
from streams.simulator.courses import Course, choose_courses
from streams.simulator.days import Calendar, local
from streams.simulator.faults import spoil_some
from streams.simulator.habits import hand_out_habits
from streams.simulator.hub import write_hub
from streams.simulator.links import hear_first, tell_links
from streams.simulator.occurrences import Occurrence, draw_occurrences
from streams.simulator.people import Family, draw_families
from streams.simulator.police import Desk
from streams.simulator.registers import Registers
from streams.simulator.schooling import draw_shocks, shocked_shares, tell_planned_closures, tell_school
from streams.simulator.sending import draw_outages, refuse_after_the_agreement, send, send_some_twice
from streams.simulator.statements import Statement


@dataclass(frozen=True, kw_only=True)
class Town:
    """What decides a town. The rates are far above those of a real authority, the shares are not.

    The families are those of whom an agency writes at all: a real town has many more about whom nobody does.
    ``referrals_a_year`` are first contacts for each family, ``occurrences_a_year`` what the police attend for each
    family, ``malformed`` a share of all messages. ``daily_share`` of the pupils go to schools that send marks every
    day. ``with_schools`` False leaves school out, for what needs many families.
    """

    seed: int = 1
    families: int = 300
    start: date = date(2025, 9, 1)
    days: int = 365
    referrals_a_year: float = 0.8
    occurrences_a_year: float = 2.4
    daily_share: float = 0.5
    malformed: float = 0.01
    with_schools: bool = True
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.start + timedelta(days=self.days)

    @property
    def last_day_of_millbrook(self) -> date:
        """The last day of the agreement with Millbrook, which goes on sending for two weeks."""
        return self.start + timedelta(days=self.days * 3 // 5)

    def hub(self) -> str:
        """The text of the hub.toml that agrees to what this town sends."""
        return write_hub(self.calendar, self.start, self.days, self.last_day_of_millbrook)


DEMO: Final = Town(families=400)
"""About a year and 70,000 messages: plays through the whole pipeline in well under a minute."""

SMALL: Final = Town(families=36, days=60, referrals_a_year=3.0, occurrences_a_year=9.0, malformed=0.03)
"""Two busy months of 36 families and about 1,400 messages, for tests."""


@dataclass(frozen=True)
class Life:
    """What happens in a town, before anybody writes about it: the truth behind the messages, for tests and labels."""

    families: tuple[Family, ...]
    contacts: tuple[Contact, ...]
    courses: tuple[Course, ...]
    occurrences: tuple[Occurrence, ...]


def live(town: Town) -> Life:
    """The people of a town and what happens to them."""
    families = draw_families(_dice(town, "families"), town.families, town.start, town.days, town.daily_share)
    contacts = draw_contacts(
        _dice(town, "contacts"), families, town.start, town.days, town.calendar, town.referrals_a_year
    )
    courses = choose_courses(_dice(town, "courses"), contacts)
    occurrences = draw_occurrences(
        _dice(town, "occurrences"), families, contacts, town.start, town.days, town.occurrences_a_year
    )
    return Life(families, contacts, courses, occurrences)


def tell(town: Town, life: Life) -> list[Statement]:
    """Everything the agencies say about it."""
    said = [*tell_open_plans(_dice(town, "plans"), life.families, town.start)]
    said += tell_old_cases(_dice(town, "old cases"), life.families, town.start, town.days)
    rng = _dice(town, "council")
    for number, course in enumerate(life.courses, start=1):
        said += tell_course(rng, course, f"R-{number:06d}")
    desk = Desk(_dice(town, "police"), town.calendar)
    for occurrence in life.occurrences:
        said += desk.tell(occurrence)
    said += tell_links(_dice(town, "links"), life.families, hear_first(said), town.start, town.days)
    if town.with_schools:
        said += _tell_schools(town, life)
    return said


def arrivals(town: Town) -> list[Arrival]:
    """Every message of the town, in the order of receipt."""
    rng = _dice(town, "sending")
    stream: Iterable[Arrival] = send(rng, tell(town, live(town)), draw_outages(rng, town.start, town.days))
    stream = spoil_some(_dice(town, "faults"), stream, town.malformed)
    stream = send_some_twice(_dice(town, "twice"), stream)
    stream = refuse_after_the_agreement(stream, town.last_day_of_millbrook)
    first_ms, end_ms = _ms(town.start), _ms(town.end)
    return sorted(
        (arrival for arrival in stream if first_ms <= arrival.received_ms < end_ms),
        key=lambda arrival: arrival.received_ms,
    )


def balance(arrived: Iterable[Arrival], medium: Medium) -> dict[str, object]:
    """What should become of these messages, in the form in which ``earlyword rehearse --json`` counts them.

    ``expired`` is part of ``accepted``. What a file cannot hold is not counted for it.
    """
    fates = Counter(arrival.fate if medium == "broker" else arrival.fate_in_file for arrival in arrived)
    read = sum(count for fate, count in fates.items() if fate is not None)
    return {
        "read": read,
        "accepted": fates["accepted"] + fates["expired"],
        "duplicates": fates["duplicate"],
        "expired": fates["expired"],
        "set_aside": {fate: fates[fate] for fate in sorted(filter(None, fates)) if fate.isupper()},
    }


def _tell_schools(town: Town, life: Life) -> Iterator[Statement]:
    rng = _dice(town, "schools")
    shocks = draw_shocks(rng, life.families, life.occurrences, town.start)
    registers = Registers(rng, town.start, town.days, town.calendar)
    habits = hand_out_habits(rng, life.families, shocked_shares(shocks, registers.days))
    for family in life.families:
        yield from tell_school(rng, family, habits, shocks, registers)
    yield from tell_planned_closures(life.families, town.calendar, town.start, town.days)


def _dice(town: Town, name: str) -> Random:
    """Dice of its own for each part: to change one part does not shake the others."""
    return Random(f"{town.seed}/{name}")


def _ms(day: date) -> int:
    return int(local(day, 0).timestamp() * 1000)
