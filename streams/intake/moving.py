"""From link statements to moves: which identifiers each of them takes to another child or family.

One record per identifier goes to the family that it belonged to before; that family sends the story on. The links lie
in one partition, so their order is the same for everybody and one process at a time does this.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from models.intake.links import LinkMap
from schemas.events import LINKS_LOG, FamilyRecord, Moved, Origin, Placed
from schemas.statements import LinkStated
from streams.engine.outputs import Output
from streams.topics import FAMILY_EVENTS

_encode = msgspec.msgpack.Encoder().encode


def moves_of(links: LinkMap, stated: LinkStated) -> tuple[tuple[str, Moved], ...]:
    """Apply one link statement; the moves that follow from it, each with the family it is to be told to."""
    return tuple(
        (
            replaced.before.family,
            Moved(
                at=stated.received_at,
                links=links.links,
                placed=Placed(replaced.identifier, replaced.after.child),
                family=replaced.after.family,
            ),
        )
        for replaced in links.apply(stated)
    )


class Mover:
    """The link map as it stood before the batch in hand.

    It is drawn anew whenever a batch does not begin where the last one ended: after a start, a rebalance, a repeat.
    """

    def __init__(self) -> None:
        self._links = LinkMap()

    def move(self, history: Sequence[LinkStated], start: int, batch: Sequence[tuple[int, LinkStated]]) -> list[Output]:
        """The records for families that follow from a batch of (offset, statement).

        ``history`` holds at least all statements before ``start``, by offset.
        """
        if self._links.links != start:
            self._links = LinkMap()
            for stated in history[:start]:
                self._links.apply(stated)
        outputs: list[Output] = []
        for offset, stated in batch:
            for index, (family, moved) in enumerate(moves_of(self._links, stated)):
                record = FamilyRecord(Origin(LINKS_LOG, offset, index), moved)
                outputs.append(Output(FAMILY_EVENTS, family.encode(), _encode(record)))
        return outputs
