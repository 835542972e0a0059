"""What the town's agencies say, before it is sent: one statement, and the words that every kind shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from streams.simulator.agencies import Kind, System

Data: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an agency, complete but for its event id.

    ``key`` is the agency's own reference of the subject (never an NHS number): the Kafka key. ``recorded_at`` becomes
    the event's ``time``. ``too_old`` says that all of it is older than the retention.
    """

    kind: Kind
    system: System
    recorded_at: datetime
    key: str
    data: Data
    too_old: bool = False

    def __repr__(self) -> str:
        return f"Statement({self.kind}, {self.system.agency})"


def identifier(scheme: str, value: str, agency: str | None = None) -> Data:
    """An identifier as it is written; ``agency`` only where a link names another agency's."""
    named: Data = {"scheme": scheme, "value": value}
    return named if agency is None else named | {"agency": agency}


def child(*identifiers: Data) -> Data:
    """A child: nothing but its identifiers."""
    return {"identifiers": list(identifiers)}


def retraction(of: Data) -> Data:
    """The same statement taken back: whole and valid, as EVENTS section 1 wants it."""
    return {"action": "retract"} | of
