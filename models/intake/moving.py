"""From a link statement to moves: which identifiers it takes to another child or family.

What goes from one family to another goes in one event, so that nobody looks at half a child. What leaves a family goes
before what is only named anew in it, for the same reason.
"""

from __future__ import annotations

from collections import Counter

from models.intake.links import LinkMap
from schemas.events import Forwarded, Moved, Placed
from schemas.identifiers import FamilyId
from schemas.statements import LinkStated


def moves_of(links: LinkMap, stated: LinkStated) -> tuple[Forwarded, ...]:
    """Apply one link statement; the moves that follow from it, each for the family that it is to be told to."""
    ways: dict[tuple[FamilyId, FamilyId], list[Placed]] = {}
    for replaced in links.apply(stated):
        way = (replaced.before.family, replaced.after.family)
        ways.setdefault(way, []).append(Placed(replaced.identifier, replaced.after.child))
    sources = Counter(after for before, after in ways if before != after)
    return tuple(
        Forwarded(
            before,
            Moved(
                at=stated.received_at,
                links=links.links,
                placed=going[0],
                family=after,
                others=tuple(going[1:]),
                sources=sources[after] or 1,
            ),
        )
        for (before, after), going in sorted(ways.items(), key=lambda way: (way[0][0] == way[0][1], way[0]))
    )
