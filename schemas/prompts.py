"""What earlyword publishes: the review prompt (EVENTS section 3), field for field.

A prompt is a request that a person looks. There is no score, probability, band, rank, colour, decision or
recommendation in it, and a contract test fails if one is added.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.identifiers import AgencyId, ChildId, FamilyId, PromptId, ReasonId, RuleId, TeamId

PromptKind: TypeAlias = Literal["review", "step-down"]
PromptStatus: TypeAlias = Literal["open", "waiting", "snoozed", "closed"]

NOTHING_AGAINST = "Nothing recorded that speaks against."
"""The sentence in ``notes`` that must accompany an empty ``speaks_against``."""


class RuleVersion(Struct, frozen=True, kw_only=True):
    """The rule that gave a reason."""

    id: RuleId
    version: int


class ModelVersion(Struct, frozen=True, kw_only=True):
    """The model that gave a reason."""

    specification: str
    version: str


class FactNamed(Struct, frozen=True, kw_only=True):
    """A fact that a reason rests on; ``on`` is its local date, ``text`` says it in words."""

    fact: str
    agency: AgencyId
    kind: str
    on: date
    text: str

    def __repr__(self) -> str:
        return f"FactNamed({self.kind})"


class Reason(Struct, frozen=True, kw_only=True):
    """Why a person is asked to look: a sentence and every fact that counts towards it."""

    id: ReasonId
    text: str
    since: datetime
    rule: RuleVersion | None
    model: ModelVersion | None
    facts: tuple[FactNamed, ...]

    def __repr__(self) -> str:
        return f"Reason({self.id})"


class SpeaksAgainst(Struct, frozen=True, kw_only=True):
    """What speaks the other way."""

    text: str
    facts: tuple[FactNamed, ...]

    def __repr__(self) -> str:
        return "SpeaksAgainst(...)"


class NotKnown(Struct, frozen=True, kw_only=True):
    """A silent or stale feed, or an unknown calendar. ``since`` is null when nothing was ever received."""

    agency: AgencyId
    kind: str
    since: datetime | None
    text: str

    def __repr__(self) -> str:
        return "NotKnown(...)"


class Prompt(Struct, frozen=True, kw_only=True):
    """One revision of a prompt, whole, as published on ``earlyword.prompts.v1`` under ``prompt_id``."""

    prompt_id: PromptId
    revision: int
    family: FamilyId
    children: tuple[ChildId, ...]
    team: TeamId
    kind: PromptKind
    status: PromptStatus
    question: str
    reasons: tuple[Reason, ...]
    speaks_against: tuple[SpeaksAgainst, ...]
    not_known: tuple[NotKnown, ...]
    notes: tuple[str, ...]
    raised_at: datetime
    due_at: datetime
    updated_at: datetime
    basis_changed: bool

    def __repr__(self) -> str:
        return f"Prompt({self.prompt_id}, revision {self.revision})"


PromptActionKind: TypeAlias = Literal[
    "acknowledged", "assigned", "noted", "snoozed", "disposed", "reopened", "contested", "withdrawn"
]
Disposition: TypeAlias = Literal[
    "information-gathered",
    "referred-on",
    "strategy-discussion",
    "early-help-offered",
    "already-known",
    "no-action-needed",
    "not-our-area",
    "wrong-family",
    "data-wrong",
]
Usefulness: TypeAlias = Literal["yes", "partly", "no"]
