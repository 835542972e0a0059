"""All link statements so far, read whole by every intake process, and the map that they draw."""

from __future__ import annotations

from models.intake.links import LinkMap
from schemas.statements import LinkStated
from streams.codecs import read_link
from streams.engine.batch import Batch


class LinkHistory:
    """Fed by a follower of ``earlyword.links.v1``. The map is swapped forward between two batches, never inside one."""

    def __init__(self) -> None:
        self.links = LinkMap()
        self.stated: list[LinkStated] = []

    def take(self, batch: Batch) -> None:
        """Learn more of the log; what is known already is passed over, so being told twice does no harm."""
        for record in batch:
            if record.offset != len(self.stated):
                if record.offset < len(self.stated):
                    continue
                raise ValueError("the log of links has a gap: it must keep every statement")
            stated = read_link(record.value or b"")
            self.stated.append(stated)
            self.links.apply(stated)
