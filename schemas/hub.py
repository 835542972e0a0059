"""What a hub agrees on: the content of ``hub.toml`` (EVENTS section 5) after it was read and checked."""

from __future__ import annotations

from datetime import date, time
from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.facts import WireKind
from schemas.identifiers import AgencyId, TeamId

Cadence: TypeAlias = Literal["every-day", "working-days", "school-days"]


class Team(Struct, frozen=True, kw_only=True):
    """A duty team. ``daily_budget`` is prompts opened a local day, None for no budget; ``hours`` by weekday 0-6."""

    id: TeamId
    daily_budget: int | None
    hours: tuple[tuple[time, time] | None, ...]


class Period(Struct, frozen=True, kw_only=True):
    """First and last day, both included: a school term or a closure."""

    first: date
    last: date


class Agency(Struct, frozen=True, kw_only=True):
    """An agency and the prefixes of CloudEvents ``source`` that are its own."""

    id: AgencyId
    systems: tuple[str, ...]


class Source(Struct, frozen=True, kw_only=True):
    """An agreement under which an agency may send a kind, in force from ``first`` to ``last``, both included."""

    agency: AgencyId
    kind: WireKind
    lawful_basis: str
    agreement: str
    first: date
    last: date
    expected_every_days: int | None
    calendar: Cadence


class Hub(Struct, frozen=True, kw_only=True):
    """The hub as agreed. With ``open_agreement`` (the built-in hub of ``earlyword rehearse``) each source is its
    own agency, the last non-empty part of its name, and every kind is agreed."""

    id: str
    name: str
    open_case_team: TeamId
    teams: tuple[Team, ...]
    terms: tuple[Period, ...]
    closures: tuple[Period, ...]
    agencies: tuple[Agency, ...]
    sources: tuple[Source, ...]
    open_agreement: bool = False
