"""All that can happen to a desk: the closed union of ``earlyword.desk-events.v1`` (one total order, MessagePack)."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from schemas.events import Origin, TimePassed
from schemas.facts import WireKind
from schemas.identifiers import AgencyId, ChildId, Day, FamilyId, Moment, ReasonId
from schemas.prompts import NotKnown, Reason, SpeaksAgainst


class Raised(Struct, frozen=True, array_like=True, tag="raised"):
    """A candidate: what a family's story puts to the desk. Its id is ``reason.id``."""

    family: FamilyId
    kind: str
    at: Moment
    question: str
    reason: Reason
    children: tuple[ChildId, ...]
    speaks_against: tuple[SpeaksAgainst, ...]
    notes: tuple[str, ...]
    open_case: bool
    bypasses_budget: bool
    not_known: tuple[NotKnown, ...] = ()

    def __repr__(self) -> str:
        return f"Raised({self.reason.id})"


class Restated(Struct, frozen=True, array_like=True, tag="restated"):
    """A fact that a raised reason named was corrected, retracted or moved, and what the reason says changed.

    ``reason`` is None when it no longer holds; then ``note`` is the sentence that names it.
    """

    family: FamilyId
    at: Moment
    reason_id: ReasonId
    reason: Reason | None
    children: tuple[ChildId, ...]
    note: str | None

    def __repr__(self) -> str:
        return f"Restated({self.reason_id})"


class Renamed(Struct, frozen=True, array_like=True, tag="renamed"):
    """A link gave the children another name that a raised reason is about. What the reason says is as it was."""

    family: FamilyId
    at: Moment
    reason_id: ReasonId
    children: tuple[ChildId, ...]

    def __repr__(self) -> str:
        return f"Renamed({self.reason_id})"


class Emptied(Struct, frozen=True, array_like=True, tag="emptied"):
    """A family was left without children: its open prompts go to the family its last child went to."""

    family: FamilyId
    to: FamilyId
    at: Moment

    def __repr__(self) -> str:
        return "Emptied(...)"


class ActionTaken(Struct, frozen=True, array_like=True, tag="action"):
    """A prompt-action of ``earlyword.prompt-actions.v1``, checked and re-keyed for the desk."""

    at: Moment
    action_id: str
    prompt_id: str
    revision: int
    action: str
    by: str
    taken_at: Moment
    to: str | None = None
    until: Moment | None = None
    note: str | None = None
    disposition: str | None = None
    useful: str | None = None
    withdraws: str | None = None

    def __repr__(self) -> str:
        return f"ActionTaken({self.action})"


class Heard(Struct, frozen=True, array_like=True, tag="heard"):
    """An event of this agency and kind was accepted on this local day.

    It tells the desk no time and may come in any order and any number of times: what counts is the set of days.
    """

    agency: AgencyId
    kind: WireKind
    day: Day


DeskEvent: TypeAlias = Raised | Restated | Renamed | Emptied | ActionTaken | Heard | TimePassed


class DeskRecord(Struct, frozen=True, array_like=True):
    """A desk event as it lies on ``earlyword.desk-events.v1``. ``origin`` is None for the passing of time."""

    origin: Origin | None
    event: Raised | Restated | Renamed | Emptied | ActionTaken | Heard | TimePassed
