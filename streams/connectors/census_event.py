"""The envelope of the events made from one census file, and their ids.

Ids are digests: the same file converted twice gives the same bytes, a later census of the same agency gives the same
natural keys (and so corrects what was said before) under other event ids, and no id shows what it was made from.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from msgspec import Struct

from streams.connectors.london_time import day_of
from streams.connectors.reports import WireEvent


class Census(Struct, frozen=True, kw_only=True):
    """What holds for a whole file: who says it, as which system, and when it was recorded."""

    agency: str
    source: str
    recorded_at: datetime
    """Aware. The ``time`` of every event."""
    valid_from: date
    """From when the links of the file hold: its reference date, else the date on which it was recorded."""

    @property
    def last_day(self) -> date:
        """The latest date that a fact of this file may have."""
        return day_of(self.recorded_at)

    def state(self, kind: str, natural_key: tuple[str, ...], fields: dict[str, Any]) -> WireEvent:
        """An event of this kind; ``fields`` is its ``data``, ``natural_key`` what EVENTS names beside the agency."""
        moment = self.recorded_at.astimezone(UTC).isoformat()
        event_id = derive_id("event", kind, self.agency, *natural_key, moment)
        envelope = {
            "specversion": "1.0",
            "id": event_id,
            "source": self.source,
            "type": f"org.earlyword.{kind}.v1",
            "time": self.recorded_at.isoformat(),
            "data": fields,
        }
        return WireEvent(kind=kind, event_id=event_id, content=envelope)


def derive_id(*parts: str) -> str:
    """An id of 44 characters that depends on every part and on their order."""
    return f"cin-{sha256(dumps(parts).encode()).hexdigest()[:40]}"  # JSON keeps ("a", "b") and ("ab",) apart
