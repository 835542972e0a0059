"""How a check says no: a reason and where, never what."""

from __future__ import annotations

from schemas.wire.dead_letter_v1 import Reason


class Refused(Exception):  # noqa: N818 - not an error of ours: it is an answer, and never leaves the door
    """The event is to be set aside for this reason. Caught by ``streams.intake.accept`` and turned into its answer."""

    def __init__(self, reason: Reason, *fields: str) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.fields = fields
