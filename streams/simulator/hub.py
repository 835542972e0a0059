"""The hub.toml that goes with a town: its teams, terms, agencies and agreements (EVENTS section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from schemas.hub import Period
from streams.simulator.agencies import KINDS, MILLBROOK, SYSTEMS
from streams.simulator.days import Calendar

# How often each kind comes, in days of the calendar named: what the freshness of a feed is measured against.
_CADENCE: Final = {
    "referral": (3, "working-days"),
    "outcome": (3, "working-days"),
    "police-notification": (3, "every-day"),
    "family-link": (7, "every-day"),
}

_HEAD: Final = """\
# A made-up hub for a made-up town.
[hub]
id = "riverton"
name = "Riverton multi-agency safeguarding hub"
open_case_team = "family-help"

[[team]]
id = "front-door"
daily_budget = 4
hours = { mon = "08:30-17:30", tue = "08:30-17:30", wed = "08:30-17:30", thu = "08:30-17:30", fri = "08:30-17:00" }

[[team]]
id = "family-help"
daily_budget = 3
hours = { mon = "09:00-17:00", tue = "09:00-17:00", wed = "09:00-17:00", thu = "09:00-17:00", fri = "09:00-16:30" }
"""


def write_hub(calendar: Calendar, start: date, days: int, last_day_of_millbrook: date) -> str:
    """The text of hub.toml: agreements for every agency and kind of the town, over the whole of its days."""
    return "\n".join((_HEAD, *_periods("term", calendar.terms), *_periods("closure", calendar.closures), *_agencies(),
                      *_sources(start, start + timedelta(days=days + 400), last_day_of_millbrook)))  # fmt: skip


def _periods(name: str, periods: tuple[Period, ...]) -> Iterator[str]:
    for period in periods:
        yield f"[[{name}]]\nfrom = {period.first.isoformat()}\nto = {period.last.isoformat()}\n"


def _agencies() -> Iterator[str]:
    for agency in KINDS:
        systems = ", ".join(f'"{system.source}"' for system in SYSTEMS if system.agency == agency)
        yield f'[[agency]]\nid = "{agency}"\nsystems = [{systems}]\n'


def _sources(start: date, until: date, last_day_of_millbrook: date) -> Iterator[str]:
    number = 0
    for agency, kinds in KINDS.items():
        for kind in kinds:
            number += 1
            every, calendar = _CADENCE.get(kind, (2 if agency == "harbour-schools" else 6, "school-days"))
            last = last_day_of_millbrook if agency == MILLBROOK.agency else until
            yield (
                f'[[source]]\nagency = "{agency}"\nkind = "{kind}"\n'
                'lawful_basis = "public task; DPA 2018 sch 1 para 18"\n'
                f'agreement = "DSA-{start.year}-{number:03d}"\n'
                f"from = {(start - timedelta(days=30)).isoformat()}\nuntil = {last.isoformat()}\n"
                f'expected_every_days = {every}\ncalendar = "{calendar}"\n'
            )
