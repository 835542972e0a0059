"""From a link statement to moves: which identifiers it takes to another child or family.

What goes from one family to another goes in one event, so that nobody looks at half a child. What leaves a family goes
before what comes into it, or is only named anew in it: prompts that come with a child must not leave with another.
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

    def in_turn(way: tuple[FamilyId, FamilyId]) -> tuple[bool, bool, tuple[FamilyId, FamilyId]]:
        before, after = way
        return before == after, before not in sources, way

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
                is_home=links.is_home(before),
            ),
        )
        for (before, after), going in sorted(ways.items(), key=lambda entry: in_turn(entry[0]))
    )
