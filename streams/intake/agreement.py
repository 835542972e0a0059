"""Who is speaking, and may they? The hub's agencies by their systems, its agreements by kind and day.

The agency is named by the longest prefix of ``systems`` that the event's ``source`` begins with. Prefixes are plain
text: ``.../riverton-police`` also begins ``.../riverton-police-2``; a hub that minds ends its prefix with a slash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.facts import WireKind
from schemas.hub import Hub
from schemas.identifiers import AgencyId, Day
from streams.topics import parse_partner_topic

_AGENCY: Final = re.compile(r"[a-z0-9-]{1,64}")


class Route(NamedTuple):
    """Whose topic it is and what belongs on it. The broker's access list lets nobody else write there."""

    agency: AgencyId
    kind: WireKind


@lru_cache(maxsize=4096)
def route_of(topic: str) -> Route | None:
    """What a partner's topic says about the events on it; None if it is not a partner's topic."""
    found = parse_partner_topic(topic)
    return None if found is None else Route(*found)


class Agreements:
    """What the hub agreed on, laid out for looking up."""

    agency_of: Callable[[str], AgencyId | None]
    """The agency whose system a CloudEvents ``source`` is; None if it is nobody's."""

    def __init__(self, hub: Hub) -> None:
        systems = [(system, agency.id) for agency in hub.agencies for system in agency.systems]
        self._longest_first = sorted(systems, key=lambda system: -len(system[0]))
        self._open = hub.open_agreement
        self._periods: dict[tuple[AgencyId, WireKind], list[tuple[Day, Day]]] = {}
        for source in hub.sources:
            period = (Day(source.first.toordinal()), Day(source.last.toordinal()))
            self._periods.setdefault((source.agency, source.kind), []).append(period)
        self.agency_of = lru_cache(maxsize=1024)(_last_part if hub.open_agreement else self._match)

    def cover(self, agency: AgencyId, kind: WireKind, on: Day) -> bool:
        """Whether an agreement for this agency and kind is in force on this local day, first and last included."""
        if self._open:
            return True
        return any(first <= on <= last for first, last in self._periods.get((agency, kind), ()))

    def _match(self, source: str) -> AgencyId | None:
        return next((agency for system, agency in self._longest_first if source.startswith(system)), None)


def _last_part(source: str) -> AgencyId | None:
    parts = [part for part in re.split(r"[/:]", source) if part]
    return AgencyId(parts[-1]) if parts and _AGENCY.fullmatch(parts[-1]) else None
