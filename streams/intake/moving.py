"""From link statements to moves: which identifiers each of them takes to another child or family.

One record for each way goes to the family that the identifiers belonged to before; that family sends the story on. The
links lie in one partition, so their order is the same for everybody and one process at a time does this.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from models.intake.links import LinkMap
from models.intake.moving import moves_of
from schemas.events import LINKS_LOG, FamilyRecord, Origin
from schemas.statements import LinkStated
from streams.engine.outputs import Output
from streams.topics import FAMILY_EVENTS

_encode = msgspec.msgpack.Encoder().encode


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
            for index, forwarded in enumerate(moves_of(self._links, stated)):
                record = FamilyRecord(Origin(LINKS_LOG, offset, index), forwarded.event)
                outputs.append(Output(FAMILY_EVENTS, forwarded.family.encode(), _encode(record)))
        return outputs
