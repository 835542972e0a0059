"""Reads ``hub.toml``, what the hub agreed on (EVENTS section 5), and checks all of it before anything starts.

Strict: an unknown word is a mistyped one, and a mistyped agreement would let data in or keep it out unnoticed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final, get_args

from schemas.facts import WireKind
from schemas.hub import Agency, Cadence, Hub, Period, Source, Team
from schemas.identifiers import AgencyId, TeamId
from streams.hub_tables import HubError, Table

__all__ = ["BUILT_IN_HUB", "HubError", "parse_hub", "read_hub"]

_KINDS: Final = get_args(WireKind)
_CADENCES: Final = get_args(Cadence)


def read_hub(path: Path) -> Hub:
    """The hub of this file. Raises HubError, with one sentence, if it cannot be read or does not hold together."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise HubError(f"{path.name}: the file cannot be read as UTF-8 text; check that it is there") from None
    return parse_hub(text)


def parse_hub(text: str) -> Hub:
    """The hub that a ``hub.toml`` of this text describes. Raises HubError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise HubError(f"hub.toml: not TOML ({broken}); mend it there") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits; brackets without end
        raise HubError(
            "hub.toml: not TOML that can be read (a number too long, or nested too deep); mend it there"
        ) from None
    top = Table("hub.toml", document)
    about = top.table("hub")
    teams = tuple(map(_team, top.tables("team")))
    if not teams:
        raise HubError("hub.toml: there is no [[team]]; prompts need at least one team to go to")
    open_case_team = TeamId(about.name("open_case_team", default=teams[0].id))
    if open_case_team not in {team.id for team in teams}:
        # As in the example of EVENTS section 5: the team of allocated workers keeps no duty queue.
        teams = (*teams, Team(id=open_case_team, daily_budget=None, hours=(None,) * 7))
    hub = Hub(
        id=about.name("id"),
        name=about.text("name"),
        teams=teams,
        open_case_team=open_case_team,
        terms=_refuse_overlaps(top.tables("term")),
        closures=tuple(period for _, period in _periods(top.tables("closure"))),  # a day may be closed twice over
        agencies=tuple(map(_agency, top.tables("agency"))),
        sources=tuple(map(_source, top.tables("source"))),
    )
    about.finish()
    top.finish()
    return _check(hub)


def _team(table: Table) -> Team:
    team = Team(
        id=TeamId(table.name("id")),
        daily_budget=table.count("daily_budget"),
        hours=table.hours("hours"),
    )
    table.finish()
    return team


def _periods(tables: Iterable[Table]) -> list[tuple[str, Period]]:
    periods = []
    for table in tables:
        periods.append((table.place, Period(first=table.date("from"), last=table.date("to"))))
        table.finish()
        _refuse_reversed(table.place, "to", periods[-1][1].first, periods[-1][1].last)
    return sorted(periods, key=lambda placed: placed[1].first)


def _refuse_overlaps(tables: Iterable[Table]) -> tuple[Period, ...]:
    in_order = _periods(tables)
    for (earlier, one), (later, other) in pairwise(in_order):
        if other.first <= one.last:
            raise HubError(f"{later}: overlaps with {earlier}; let each day be in one of them")
    return tuple(period for _, period in in_order)


def _agency(table: Table) -> Agency:
    agency = Agency(id=AgencyId(table.name("id")), systems=table.texts("systems"))
    table.finish()
    return agency


def _source(table: Table) -> Source:
    source = Source(
        agency=AgencyId(table.name("agency")),
        kind=table.one_of("kind", _KINDS),
        lawful_basis=table.text("lawful_basis"),
        agreement=table.text("agreement"),
        first=table.date("from"),
        last=table.date("until"),
        expected_every_days=table.count("expected_every_days"),
        calendar=table.one_of("calendar", _CADENCES, default="every-day"),
    )
    table.finish()
    _refuse_reversed(table.place, "until", source.first, source.last)
    return source


def _check(hub: Hub) -> Hub:
    """What only shows when the tables are seen together."""
    _refuse_twins("team", "id", [team.id for team in hub.teams])
    _refuse_twins("agency", "id", [agency.id for agency in hub.agencies])
    _refuse_shared_systems(hub.agencies)
    known = {agency.id for agency in hub.agencies}
    for index, source in enumerate(hub.sources, 1):
        if source.agency not in known:
            raise HubError(f"source {index}: agency is not the id of an [[agency]]; add it or mend the name")
    _refuse_overlapping_agreements(hub.sources)
    return hub


def _refuse_shared_systems(agencies: Sequence[Agency]) -> None:
    owner: dict[str, int] = {}
    for index, agency in enumerate(agencies, 1):
        for system in agency.systems:
            if system in owner:
                raise HubError(f"agency {index}: has a system of agency {owner[system]}; name each system once")
            owner[system] = index


def _refuse_overlapping_agreements(sources: Sequence[Source]) -> None:
    for index, later in enumerate(sources, 1):
        for place, earlier in enumerate(sources[: index - 1], 1):
            same = (earlier.agency, earlier.kind) == (later.agency, later.kind)
            if same and later.first <= earlier.last and earlier.first <= later.last:
                raise HubError(f"source {index}: same agency, kind and days as source {place}; let only one apply")


def _refuse_reversed(place: str, word: str, first: date, last: date) -> None:
    if last < first:
        raise HubError(f"{place}: {word} is before from; change one of them")


def _refuse_twins(table: str, word: str, values: Sequence[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            twin = values.index(value) + 1
            raise HubError(f"{table} {index + 1}: the same {word} as {table} {twin}; give each its own")


def _terms(*periods: tuple[str, str]) -> tuple[Period, ...]:
    return tuple(Period(first=date.fromisoformat(first), last=date.fromisoformat(last)) for first, last in periods)


BUILT_IN_HUB: Final = Hub(
    id="built-in",
    name="Example hub, built in",
    open_case_team=TeamId("front-door"),
    teams=(Team(id=TeamId("front-door"), daily_budget=None, hours=(None,) * 7),),
    terms=_terms(
        *(("2024-09-02", "2024-10-25"), ("2024-11-04", "2024-12-20"), ("2025-01-06", "2025-02-14")),
        *(("2025-02-24", "2025-04-04"), ("2025-04-22", "2025-05-23"), ("2025-06-02", "2025-07-22")),
        *(("2025-09-01", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-05", "2026-02-13")),
        *(("2026-02-23", "2026-03-27"), ("2026-04-13", "2026-05-22"), ("2026-06-01", "2026-07-21")),
        *(("2026-09-01", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-02-12")),
        *(("2027-02-22", "2027-03-25"), ("2027-04-12", "2027-05-28"), ("2027-06-07", "2027-07-22")),
    ),
    closures=(),
    agencies=(),
    sources=(),
    open_agreement=True,
)
"""The hub of ``earlyword rehearse`` without a hub file (EVENTS section 6): every agency, every kind, no budget."""
