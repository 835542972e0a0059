"""Small towns told as tables, rehearsed under small packs: each test says only what matters to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from models.calendar.local_time import to_moment
from models.family.rules import RulePack, parse_pack
from streams.hub import parse_hub
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.rehearsal import Rehearsal, rehearse
from streams.simulator.days import local
from streams.simulator.stories import START
from streams.simulator.telling import tell, to_lines
from streams.simulator.town import DEMO

SAYS = "The police told of {count} separate incidents of the lowest grade between {first} and {last}."


def pack_text(
    at_least: int = 3, *, name: str = "mine", rule: str = "several-notifications", says: str = SAYS, version: int = 1
) -> str:
    """A pack of one rule: so many police incidents, of whatever grade, within 90 days."""
    return f"""
id = "{name}"
version = {version}
[[rule]]
id = "{rule}"
version = 1
owner = "Hub practice lead"
evidence = "For tests."
review_on = 2030-01-01
kind = "review"
title = "several police notifications"
question = "Has anyone looked at these police notifications together?"
says = "{says}"
[rule.when]
form = "incidents"
grades = ["green", "standard", "amber", "medium", "red", "high"]
at_least = {at_least}
within_days = 90
"""


def a_pack(at_least: int = 3, **said: object) -> RulePack:
    """That pack, read."""
    return parse_pack(pack_text(at_least, **said))  # type: ignore[arg-type]


def hub_text(budget: int = 4) -> str:
    """The hub of the town, its first team with this budget."""
    return DEMO.hub().replace("daily_budget = 4", f"daily_budget = {budget}", 1)


def write_events(path: Path, table: str) -> Path:
    """A file of what this table tells; day +0 is a Monday."""
    path.write_bytes(to_lines(tell(table, START)))
    return path


def rehearsed(table: str, pack: RulePack, *, budget: int = 4, until: int | None = None) -> Rehearsal:
    """What this table tells, rehearsed up to 24:00 of day ``until``."""
    end = None if until is None else to_moment(local(START + timedelta(days=until + 1), 0))
    return rehearse(to_lines(tell(table, START)).splitlines(), parse_hub(hub_text(budget)), pack, PUBLISHED_KEY, end)
